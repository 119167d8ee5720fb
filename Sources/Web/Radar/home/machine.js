import { announce, h, setText } from "../dom.js"
import { duration, time } from "../format.js"
import { t } from "../texts.js"
import { object, shorten } from "./classify.js"
import { act, allow, commonReason, linkTo, markStale, openDialog, problemPlace, setAttribute, words } from "./parts.js"

const actions = [
    { path: "system/reboot", name: "reboot" },
    { path: "system/poweroff", name: "poweroff" },
]
const delays = [10, 60, 300, 3600]

/** The head of Home: which machine this is, since when it runs, and what will become of it. */
export class Machine {
    #name = h("h1", { class: "machine-name" })
    #facts = h("p", { class: "machine-facts" })
    #uptime = h("span", { class: "number" })
    #notices = h("div", { class: "notices stack" })
    #buttons = h("div", { class: "row machine-actions" })
    #problem = problemPlace()
    #reason = h("p", { class: "soft reason", hidden: true })
    #reboot = this.#notice("note warn")
    #shutdown = this.#notice("note warn")
    #boot = null

    constructor() {
        this.element = h("header", { class: "machine" },
            h("div", { class: "row spread machine-head" },
                h("div", { class: "machine-title" }, this.#name, this.#facts), this.#buttons),
            this.#reason, this.#problem, this.#notices)
        this.#notices.append(this.#shutdown.element, this.#reboot.element)
        for (const action of actions) {
            action.button = h("button", { type: "button", hidden: true, on: { click: () => this.#ask(action) } },
                t(`home.${action.name}`))
        }
        this.#buttons.append(...actions.map((action) => action.button))
        this.#cancel = h("button", { type: "button", on: { click: () => this.#callOff() } }, t("home.cancelShutdown"))
        this.#shutdown.element.append(this.#cancel)
    }

    #cancel

    #notice(className) {
        const text = h("span", { class: "grow" })
        return { element: h("div", { class: `row ${className}`, hidden: true }, text), text }
    }

    take(model) {
        const os = object(model.value("system/os"))
        const kernel = object(model.value("system/kernel"))
        const cpu = object(model.value("cpu/info"))
        const name = model.value("system/hostname") ?? location.hostname
        setText(this.#name, words(name, 80))
        markStale(this.#facts, model.items.get("system/os") ?? { goneAt: null })
        const facts = [
            os.prettyName ?? os.name, kernel.release && `Linux ${words(kernel.release, 60)}`,
            kernel.machine ?? cpu.machine, cpu.model && shorten(String(cpu.model), 60),
        ].filter((fact) => typeof fact === "string" && fact !== "").map((fact) => shorten(fact, 90))
        this.#showFacts(facts, model)
        this.#showNotices(model)
        for (const { path, button } of actions) {
            const item = model.items.get(path)
            button.hidden = !item
            if (item) allow(button, item)
        }
        const reason = commonReason(actions.map(({ path }) => model.items.get(path)))
        setText(this.#reason, reason)
        this.#reason.hidden = reason === ""
        return true
    }

    #showFacts(facts, model) {
        const uptime = model.items.get("system/uptime")
        if (uptime && typeof uptime.value === "number" && uptime.goneAt === null) {
            // Published once a minute: in between the page counts on.
            this.#boot = uptime.changedAt - uptime.value * 1000
        } else {
            this.#boot = null
        }
        const text = facts.join("  ·  ")
        if (this.#facts.dataset.text !== `${text}${this.#boot === null}`) {
            this.#facts.dataset.text = `${text}${this.#boot === null}`
            this.#facts.replaceChildren(...facts.map((fact) => h("span", {}, fact)))
            if (this.#boot !== null) this.#facts.append(h("a", { href: linkTo("system/uptime") }, this.#uptime))
        }
        this.tick()
    }

    /** Counts the uptime on. */
    tick() {
        if (this.#boot === null) return
        const seconds = (performance.now() - this.#boot) / 1000
        const shown = seconds < 60 ? seconds : Math.floor(seconds / 60) * 60
        setText(this.#uptime, t("home.up", { time: duration(shown) }))
        if (this.#pending) this.#count()
    }

    // MARK: What will become of it

    #pending = null

    #showNotices(model) {
        const update = model.items.get("system/update")
        const required = object(object(update?.value).rebootRequired)
        const packages = Array.isArray(required.packages) ? required.packages : []
        this.#reboot.element.hidden = required.required !== true
        if (required.required === true) {
            const shown = packages.slice(0, 5).map((name) => words(name, 40)).join(", ")
            const key = packages.length > 5 ? "home.rebootRequiredMore"
                : packages.length ? "home.rebootRequiredBy" : "home.rebootRequired"
            setText(this.#reboot.text, t(key, { packages: shown, n: packages.length - 5 }))
        }
        const pending = object(object(model.value("system/shutdown")).pending)
        this.#pending = typeof pending.type === "string" ? pending : null
        this.#shutdown.element.hidden = this.#pending === null
        const cancel = model.items.get("system/shutdown/cancel")
        this.#cancel.hidden = !cancel || pending.begun === true
        if (cancel) allow(this.#cancel, cancel)
        if (this.#pending) this.#count()
    }

    #count() {
        const { type, at, by, message, begun } = this.#pending
        const left = Math.max(0, Math.round((Date.parse(at) - Date.now()) / 1000))
        const what = t(type === "reboot" ? "home.willReboot" : "home.willPowerOff", { type: words(type, 40) })
        const when = begun || !Number.isFinite(left) ? t("home.now")
            : left < 3600 ? t("home.in", { time: duration(left) }) : time(at)
        const more = [by && t("home.askedBy", { by: words(by, 60) }),
            message && `“${words(message, 200)}”`].filter(Boolean)
        setText(this.#shutdown.text, `${what} ${when}${more.length ? ` · ${more.join(" · ")}` : ""}`)
        setAttribute(this.#shutdown.element, "class", `row note ${left < 60 ? "bad" : "warn"}`)
    }

    #callOff() {
        act(this.#cancel, this.#problem, async (jet) => {
            await jet.call("system/shutdown/cancel", {})
            announce(t("home.shutdownCancelled"))
        })
    }

    #ask({ path, name }) {
        const delay = h("select", { id: "home-delay" }, delays.map((seconds) =>
            h("option", { value: seconds }, duration(seconds))))
        const reason = h("input", { id: "home-reason", type: "text", maxlength: 200, autocomplete: "off" })
        const problem = problemPlace()
        openDialog({
            title: t(`home.${name}Title`, { host: words(this.#name.textContent, 60) }),
            body: [
                h("p", {}, t(`home.${name}Text`)),
                h("div", { class: "field" }, h("label", { for: "home-delay" }, t("home.delay")), delay),
                h("div", { class: "field" }, h("label", { for: "home-reason" }, t("home.reason")), reason,
                    h("span", { class: "hint" }, t("home.reasonHint"))),
                problem,
            ],
            focusCancel: true,
            actions: [{
                label: t(`home.${name}Do`), className: "danger",
                act: (button) => act(button, problem, async (jet) => {
                    const given = { delay: Number(delay.value) }
                    if (reason.value.trim()) given.reason = reason.value.trim()
                    await jet.call(path, given)
                    announce(t("home.shutdownScheduled"))
                }),
            }],
        })
    }
}
