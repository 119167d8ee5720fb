import { announce, h, setText } from "../dom.js"
import { time } from "../format.js"
import { t } from "../texts.js"
import { titleOf } from "./classify.js"
import {
    act, allow, Card, confirm, elementLink, fixed, itemsOf, markStale, problemPlace, Rows, setAttribute, size, Tag, words,
} from "./parts.js"

const verbs = ["start", "restart", "stop"]
const levels = { active: "good", reloading: "good", activating: "warn", deactivating: "warn", failed: "bad" }

/** The services with their states, and what may be done with them. */
export class Services extends Card {
    #list = h("ul", { class: "services" })
    #rows = new Rows(this.#list, service)

    constructor() {
        super("services", { prefix: "services/", max: 16 })
        this.body.append(this.#list)
    }

    take(model) {
        const items = itemsOf(model, "services").sort((left, right) => failed(right) - failed(left))
        this.#rows.update(this.cut(items, model.hidden("services/")).map((item) => [item.path, {
            item, methods: new Map(verbs.map((verb) => [verb, model.items.get(`${item.path}/${verb}`)])),
        }]))
        this.explain(items.flatMap((item) => verbs.map((verb) => model.items.get(`${item.path}/${verb}`))))
        const count = items.filter(failed).length
        this.note(count ? t("home.failedServices", { n: count }) : "")
        return items.length > 0
    }
}

function failed(item) { return item.value.active === "failed" ? 1 : 0 }

function service(path, { item }) {
    const name = path.split("/").pop()
    const tag = new Tag()
    const detail = h("span", { class: "soft cut" })
    const problem = problemPlace()
    const buttons = new Map(verbs.map((verb) => [verb, h("button", {
        type: "button", class: "small", hidden: true, "aria-label": t(`home.service.${verb}Name`, { name }),
        on: { click: () => run(verb) },
    }, t(`home.service.${verb}`))]))
    const element = h("li", { class: "service" },
        h("div", { class: "names" }, elementLink(path, words(name, 60)), detail),
        tag.element, h("div", { class: "row actions" }, ...buttons.values()), problem)
    async function run(verb) {
        const isSure = verb !== "stop" || await confirm({
            title: t("home.service.stopTitle", { name }), text: t("home.service.stopText"),
            action: t("home.service.stop"), isDangerous: true,
        })
        if (!isSure) return
        await act(buttons.get(verb), problem, async (jet) => {
            await jet.call(`${path}/${verb}`, {}, { timeout: 30 })
            announce(t(`home.service.${verb}Done`, { name }))
        })
    }
    return {
        element,
        update({ item, methods }) {
            const value = item.value
            const isFailed = value.active === "failed"
            const state = value.active === value.sub || !value.sub ? words(value.active, 30)
                : `${words(value.active, 30)} (${words(value.sub, 30)})`
            tag.update(state, levels[value.active] ?? "")
            const title = titleOf(item)
            const parts = [title === name ? "" : title]
            if (isFailed && value.result) parts.push(t("home.service.result", { result: words(value.result, 40) }))
            if (value.restarts > 0) parts.push(t("home.service.restarts", { n: fixed(value.restarts, 0) }))
            if (typeof value.memory === "number") parts.push(size(value.memory))
            setText(detail, parts.filter(Boolean).join(" · "))
            setAttribute(detail, "title", value.since ? t("home.since", { time: words(time(value.since), 60) }) : null)
            const isRunning = ["active", "activating", "reloading"].includes(value.active)
            for (const [verb, method] of methods) {
                const button = buttons.get(verb)
                button.hidden = !method || (verb === "start") === isRunning
                if (method) allow(button, method)
            }
            markStale(element, item)
        },
    }
}
