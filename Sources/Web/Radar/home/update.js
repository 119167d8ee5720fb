import { announce, fill, h, setText } from "../dom.js"
import { time } from "../format.js"
import { t, hasText } from "../texts.js"
import { object } from "./classify.js"
import {
    act, allow, Card, confirm, elementLink, fixed, itemsOf, markStale, Meter, problemPlace, Tag, words,
} from "./parts.js"

const running = new Set(["checking", "downloading", "installing"])
const levels = { failed: "bad", succeeded: "good", "restart-required": "warn" }
const mostPackages = 200

/** The system's updates as a job: what can be updated, how far it is, what has become of it. */
export class Update extends Card {
    #tag = new Tag()
    #message = h("p", { class: "update-message" })
    #meter = new Meter(t("home.updateProgress"))
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
        this.body.append(h("div", { class: "row" }, this.#tag.element), this.#message, this.#progress, this.#detail,
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
            isRunning ? "warn" : levels[job.phase] ?? "")
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
