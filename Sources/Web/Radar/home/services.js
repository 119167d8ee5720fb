import { announce, fill, h, setText } from "../dom.js"
import { time } from "../format.js"
import { hasText, t } from "../texts.js"
import { object, titleOf } from "./classify.js"
import {
    act, allow, Card, confirm, elementLink, fixed, itemsOf, markStale, Meter, problemPlace, Rows, setAttribute, size,
    Tag, words,
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
        this.note(count ? t("home.failedServices", { n: count }) : "", "bad")
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

const running = new Set(["checking", "downloading", "installing"])
const phaseLevels = { failed: "bad", succeeded: "good", "restart-required": "warn" }
const mostPackages = 200

/** The system's updates as a job: what can be updated, how far it is, what has become of it. */
export class Update extends Card {
    #tag = new Tag()
    #phase = h("div", { class: "row" }, this.#tag.element)
    #message = h("p", { class: "update-message" })
    #meter = new Meter(t("home.updateProgress"), "progressbar")
    #percent = h("span", { class: "number" })
    #progress
    #detail = h("p", { class: "soft" })
    #packages = h("details", { class: "packages", hidden: true })
    #summary = h("summary")
    #list = h("ul")
    #problem = problemPlace()
    #buttons
    #shown = null
    #listed = null
    #item = null

    constructor() {
        super("update", { prefix: "system/update" })
        this.#progress = h("div", { class: "row progress", hidden: true },
            h("div", { class: "grow" }, this.#meter.element), this.#percent)
        this.#packages.append(this.#summary, this.#list)
        this.#buttons = Object.fromEntries(["check", "start", "cancel"].map((verb) => [verb, h("button", {
            type: "button", class: verb === "start" ? "primary" : "", hidden: true,
                on: { click: () => this.#run(verb) },
        }, t(`home.update${verb[0].toUpperCase()}${verb.slice(1)}`))]))
        this.body.append(this.#phase, this.#message, this.#progress, this.#detail,
            this.#packages,
            h("div", { class: "row" }, Object.values(this.#buttons)), this.#problem)
    }

    take(model) {
        const item = itemsOf(model, "update")[0]
        this.#item = item ?? null
        if (!item) return false
        const job = item.value
        const isRunning = running.has(job.phase)
        const upgradable = Array.isArray(job.upgradable) ? job.upgradable : []
        this.#tag.update(hasText(`home.phase.${job.phase}`) ? t(`home.phase.${job.phase}`) : words(job.phase, 30),
            isRunning ? "warn" : phaseLevels[job.phase] ?? "")
        // That nothing happens is no news, and what a check has found says the sentence.
        this.#phase.hidden = job.phase === "idle" || (job.kind === "check" && job.phase === "succeeded")
        setText(this.#message, this.#sentence(job, upgradable, isRunning))
        this.#progress.hidden = !isRunning
        this.#meter.update((job.percent ?? 0) / 100, "good", t("home.updatePercent", { n: fixed(job.percent ?? 0, 0) }))
        setText(this.#percent, typeof job.percent === "number" ? `${fixed(job.percent, 0)} %` : "…")
        const detail = isRunning ? (job.package ? t("home.updatePackage", { name: words(job.package, 60) }) : "")
            : job.checkedAt ? t("home.checkedAt", { time: time(String(job.checkedAt).slice(0, 40)) }) : ""
        setText(this.#detail,
            [detail, job.by && isRunning ? t("home.askedBy", { by: words(job.by, 60) })
            : ""].filter(Boolean).join(" · "))
        this.#detail.hidden = this.#detail.textContent === ""
        if (job !== this.#shown) this.#showPackages(upgradable)
        this.#shown = job
        this.#showButtons(model, item, job, isRunning, upgradable)
        this.explain(["check", "start"].map((verb) => model.items.get(`${item.path}/${verb}`)))
        markStale(this.element, item)
        return true
    }

    #sentence(job, upgradable, isRunning) {
        if (isRunning || job.phase === "failed") return words(job.message ?? "", 400)
        if (upgradable.length) {
            const security = upgradable.filter((one) => object(one).security === true).length
            return security ? t("home.upgradableSecurity", { n: upgradable.length, security })
                : t("home.upgradable", { n: upgradable.length })
        }
        if (job.message) return words(job.message, 400)
        return job.checkedAt ? t("home.upToDate") : t("home.neverChecked")
    }

    #showPackages(upgradable) {
        this.#packages.hidden = upgradable.length === 0
        const key = JSON.stringify(upgradable.slice(0, mostPackages))
        if (key === this.#listed) return
        this.#listed = key
        setText(this.#summary, t("home.packages", { n: upgradable.length }))
        fill(this.#list, upgradable.slice(0, mostPackages).map((one) => {
            const { name, from, to, security } = object(one)
            return h("li", { class: "package" }, h("span", { class: "names" }, h("span", {}, words(name, 60)),
                security === true && h("span", { class: "tag warn" }, t("home.security"))),
                h("span", { class: "soft mono" }, from ? `${words(from, 40)} → ${words(to, 40)}` : words(to, 40)))
        }), upgradable.length > mostPackages
            && h("li", {}, elementLink(this.#item.path, t("home.more", { n: upgradable.length - mostPackages }))))
    }

    #showButtons(model, item, job, isRunning, upgradable) {
        const shown = { check: !isRunning, start: !isRunning && upgradable.length > 0,
            cancel: isRunning && job.cancellable === true }
        for (const [verb, button] of Object.entries(this.#buttons)) {
            const method = model.items.get(`${item.path}/${verb}`)
            button.hidden = !method || !shown[verb]
            if (method) allow(button, method)
        }
    }

    async #run(verb) {
        const path = this.#item?.path
        const count = this.#item?.value.upgradable?.length ?? 0
        const isSure = verb !== "start" || await confirm({
            title: t("home.updateTitle"), text: t("home.updateText", { n: count }), action: t("home.updateDo"),
        })
        if (!isSure) return
        await act(this.#buttons[verb], this.#problem, async (jet) => {
            await jet.call(`${path}/${verb}`, {})
            announce(t(`home.update${verb[0].toUpperCase()}${verb.slice(1)}Done`))
        })
    }
}
