import { h, setText } from "../dom.js"
import { time } from "../format.js"
import { href } from "../router.js"
import { t } from "../texts.js"
import { object } from "./classify.js"
import { areas } from "./source.js"
import "../widgets/age.js"
import { Card, elementLink, Rows, setAttribute, words } from "./parts.js"

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
