import { announce, h, setText } from "../dom.js"
import { duration, time } from "../format.js"
import { href } from "../router.js"
import { t } from "../texts.js"
import { object, shorten } from "./classify.js"
import {
    act, allow, ask, Card, elementLink, explainTo, linkTo, markStale, problemPlace, Rows, setAttribute, words,
} from "./parts.js"
import { areas } from "./source.js"
import "../widgets/age.js"

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
        explainTo(this.#reason, actions.map(({ path }) => model.items.get(path)))
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
        ask({
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

const mostEvents = 30
const shownEvents = 8
const mostCounts = 16
/** When more come or go at once, it is the program that publishes them, and not the devices. */
const mostAtOnce = 16
const area = areas.find((one) => one.prefix === "devices/")
/** What has happened while the page was open; it outlives the view. */
const log = []
let lastNumber = 0

/** Devices as they come and go, newest first, and how many there are of each kind. */
export class Devices extends Card {
    #counts = h("ul", { class: "counts" })
    #countRows = new Rows(this.#counts, count)
    #events = h("ol", { class: "events" })
    #eventRows = new Rows(this.#events, event)
    #quiet = h("p", { class: "soft" }, t("home.noDeviceEvents"))
    #known = null

    constructor() {
        super("devices", { prefix: "devices/" })
        this.body.append(this.#counts, this.#events, this.#quiet)
    }

    take(model) {
        const present = new Map()
        for (const item of model.items.values()) {
            if (item.path.startsWith("devices/") && item.path !== "devices/event"
                && item.goneAt === null) present.set(item.path, item)
        }
        this.#note(present)
        const counts = new Map()
        for (const path of present.keys()) {
            const subsystem = path.split("/")[1]
            counts.set(subsystem, (counts.get(subsystem) ?? 0) + 1)
        }
        const sorted = [...counts].sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
        this.#countRows.update(sorted.slice(0, mostCounts))
        this.#eventRows.update(log.slice(0, shownEvents).map((one) => [one.number, one]))
        this.#quiet.hidden = log.length > 0
        this.#events.hidden = log.length === 0
        this.note(present.size > 0
            ? t(present.size >= area.max - 1 ? "home.deviceCountMore" : "home.deviceCount", { n: present.size }) : "")
        return present.size > 0 || log.length > 0
    }

    /** Notes what has come and gone since the last time; not while the list is first received, and not if it is cut. */
    #note(present) {
        const known = this.#known
        // When all are gone, it is the program that publishes them; what differs is seen when it is back.
        if (known?.size > 0 && present.size === 0) return
        this.#known = new Map([...present].map(([path, item]) => [path, nameOf(item)]))
        const isReliable = present.size < area.max - 1 && area.window?.isCurrent !== false
        if (!known || known.size === 0 || !isReliable) return
        const events = []
        for (const [path, name] of this.#known) if (!known.has(path)) events.push(["added", path, name])
        for (const [path, name] of known) if (!present.has(path)) events.push(["removed", path, name])
        if (events.length <= mostAtOnce) for (const each of events) add(...each)
    }
}

function add(kind, path, name) {
    lastNumber += 1
    log.unshift({ number: lastNumber, kind, path, name, since: performance.now(), at: new Date() })
    log.length = Math.min(log.length, mostEvents)
}

/** The name of a device as people know it: by its model if udev has found one. */
function nameOf(item) {
    const value = object(item.value)
    const properties = object(value.properties)
    const model = properties.ID_MODEL_FROM_DATABASE ?? properties.ID_MODEL ?? properties.NAME
    const vendor = properties.ID_VENDOR_FROM_DATABASE ?? properties.ID_VENDOR
    const own = words(value.devnode ?? value.sysname ?? item.path.split("/").pop(), 40)
    const given = [vendor, model].filter((part) => typeof part === "string" && part).join(" ").replaceAll('"', "")
    return given ? `${words(given, 60)} (${own})` : own
}

function count(subsystem) {
    const number = h("span", { class: "number" })
    return {
        element: h("li", {}, h("a", { class: "chip", href: href("explore", { path: `devices/${subsystem}/` }) },
            words(subsystem, 30), number)),
        update(count) { setText(number, count) },
    }
}

function event(number, { kind, path, name, since, at }) {
    const age = document.createElement("radar-age")
    age.since = since
    setAttribute(age, "title", time(at))
    const tag = h("span", { class: `tag ${kind === "added" ? "good" : ""}` }, t(`home.device.${kind}`))
    const shown = kind === "added" ? elementLink(path, name) : h("span", { class: "item-link" }, name)
    return {
        element: h("li", { class: "event" }, tag,
            h("span", { class: "names" }, shown, h("span", { class: "soft group" }, path.split("/")[1] ?? "")),
            h("span", { class: "soft number" }, age)),
        update() {},
    }
}
