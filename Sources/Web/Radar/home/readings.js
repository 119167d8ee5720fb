import { h, setText } from "../dom.js"
import { duration, quantity } from "../format.js"
import { t } from "../texts.js"
import { bounds, groupOf, judge, limits, object, shorten } from "./classify.js"
import {
    addTo, Card, chartOf, elementLink, endCharts, fact, fixed, itemsOf, linkTo, markStale, Meter, Rows, setAttribute,
    shortTitle, size, Tag, words,
} from "./parts.js"

/** From which percentage on a core is called busy, and file systems nearly full and full. */
const busy = 90
const nearlyFull = 0.85
const full = 0.95
const mostCores = 128

/** A card that begins with a percentage and its line. */
class Share extends Card {
    facts = h("dl", { class: "facts" })
    rows = new Rows(this.facts, fact)

    constructor(name, path) {
        super(name, { prefix: path })
        this.path = path
        this.big = h("a", { class: "big number", href: linkTo(path) })
        this.chart = chartOf(path, t(`home.${name}`), "%", [0, 100])
        this.headline = h("div", { class: "headline" }, this.big, this.chart.element)
    }

    /** Shows the percentage. */
    share(item, percent) {
        setText(this.big, `${fixed(percent, 0)} %`)
        addTo(this.chart, item, percent)
        markStale(this.element, item)
    }
}

/** The processor: its use with a line of the last minutes, each core, frequency, temperature, load. */
export class Processor extends Share {
    #cores = h("div", { class: "cores", role: "img" })
    #bars = []

    constructor() {
        super("processor", "cpu/usage")
        this.body.append(this.headline, this.#cores, this.facts)
    }

    take(model) {
        const item = model.items.get(this.path)
        const { total, cores } = object(item?.value)
        const hasUsage = typeof total === "number"
        this.headline.hidden = !hasUsage
        if (hasUsage) this.share(item, total)
        this.#showCores(Array.isArray(cores) ? cores : [])
        const rows = [...this.#facts(model), ...pressure(model, "cpu")]
        this.rows.update(rows)
        return hasUsage || rows.length > 0
    }

    #showCores(cores) {
        const shown = cores.slice(0, mostCores)
        this.#cores.hidden = shown.length < 2
        while (this.#bars.length > shown.length) this.#bars.pop().parentElement.remove()
        while (this.#bars.length < shown.length) {
            const bar = h("span", {})
            this.#bars.push(bar)
            this.#cores.append(h("span", { class: "core" }, bar))
        }
        shown.forEach((share, index) => {
            const height = `${Math.round(Math.min(100, Math.max(0, Number(share) || 0)))}%`
            if (this.#bars[index].style.height !== height) this.#bars[index].style.height = height
        })
        setAttribute(this.#cores, "aria-label",
            t("home.cores", { n: cores.length, busy: shown.filter((share) => share >= busy).length }))
    }

    #facts(model) {
        const rows = []
        const load = object(model.value("system/load"))
        if (typeof load["1m"] === "number") {
            const text = ["1m", "5m", "15m"].map((span) => fixed(load[span], 2)).join("   ")
            rows.push(["system/load", { name: t("home.load"), text, hint: t("home.loadHint") }])
        }
        const frequencies = object(model.value("cpu/frequency")).cores
        const known = Array.isArray(frequencies) ? frequencies.slice(0, mostCores).filter((one) => one > 0) : []
        if (known.length) {
            const ends = [Math.min(...known), Math.max(...known)].map((one) => fixed(one / 1000, 1))
            rows.push(["cpu/frequency", { name: t("home.frequency"), text: `${[...new Set(ends)].join(" – ")} GHz` }])
        }
        const heat = model.items.get("cpu/temperature")
        if (typeof heat?.value === "number") {
            const { level } = judge(heat.value, limits(heat.meta))
            rows.push([heat.path, { name: t("home.temperature"), text: `${fixed(heat.value)} °C`, level }])
        }
        return rows
    }
}

/** Memory: how much is in use, what is available, swap. */
export class Memory extends Share {
    #meter = new Meter(t("home.memory"))

    constructor() {
        super("memory", "system/memory")
        this.body.append(this.headline, this.#meter.element, this.facts)
    }

    take(model) {
        const item = model.items.get(this.path)
        const { total, available = 0, swapTotal, swapFree = 0 } = object(item?.value)
        if (!(total > 0)) return false
        const share = 1 - available / total
        const used = t("home.usedOf", { used: size(total - available), total: size(total) })
        this.share(item, share * 100)
        this.#meter.update(share, share > 0.97 ? "bad" : share > 0.9 ? "warn" : "good", used)
        const { path } = this
        const rows = [
            ["available", { path, name: t("home.available"), text: size(available) }],
            ["total", { path, name: t("home.total"), text: size(total) }],
        ]
        if (swapTotal > 0) {
            const text = t("home.usedOf", { used: size(swapTotal - swapFree), total: size(swapTotal) })
            rows.push(["swap", { path, name: t("home.swap"), text }])
        }
        this.rows.update([...rows, ...pressure(model, "memory"), ...pressure(model, "io")])
        return true
    }
}

/** How much of the last ten seconds something was waited for. */
function pressure(model, kind) {
    const { avg10 } = object(object(object(model.value("system/pressure"))[kind]).some)
    if (typeof avg10 !== "number") return []
    return [[`pressure-${kind}`, {
        path: "system/pressure", name: t(`home.pressure.${kind}`), text: `${fixed(avg10, 0)} %`,
        level: avg10 >= 40 ? "warn" : "", hint: t("home.pressureHint"),
    }]]
}

/** A card that is a list with a row for each item. */
class List extends Card {
    #rows

    constructor(name, prefix, max, make, className = "lines") {
        super(name, { prefix, max })
        const list = h("ul", { class: className })
        this.body.append(list)
        this.#rows = new Rows(list, make)
    }

    take(model) {
        const items = this.items(model)
        const hidden = model.hidden(this.prefix)
        this.#rows.update(this.cut(items, hidden).map((item) => [item.path, { item, model }]))
        return items.length > 0
    }
}

/** Temperatures, each with a line of the last minutes, its limits, and its state in words. */
export class Temperatures extends List {
    constructor() { super("temperatures", "sensors/", 10, temperature, "temperatures") }

    items(model) {
        const sensors = itemsOf(model, "temperatures", "temperature")
        // A zone that a chip shows, too, has no sensor of its own: it would be the same line twice.
        const hasChips = sensors.some((item) => item.path.startsWith("sensors/"))
        const all = hasChips ? sensors : [...sensors, ...itemsOf(model, "temperatures", "zone")]
        return all.sort((left, right) => excess(right) - excess(left))
    }
}

/** How badly a limit is exceeded, if one is: then the item goes first, and is not among those that are left out. */
function excess({ value, meta }) {
    return typeof value === "number" ? ["good", "warn", "bad"].indexOf(judge(value, limits(meta)).level) : 0
}

function temperature(path, { item }) {
    const unit = shorten(item.meta?.unit ?? "°C", 8)
    const group = groupOf(path)
    const title = shortTitle(item, group)
    const chart = chartOf(path, title, unit)
    const [value, state, hint] = ["reading number", "state", "limits"].map((name) => h("span", { class: name }))
    const element = h("li", { class: "temperature" },
        h("span", { class: "names" }, elementLink(path, title),
            h("span", { class: "soft group" }, h("span", {}, group), " ", hint)), chart.element,
        h("span", { class: "readings" }, value, state))
    return {
        element,
        update({ item, model }) {
            const number = typeof item.value === "number" ? item.value : object(item.value).temperature
            // The zone of a sensor that is called after it has the trips.
            const hasZone = /^sensors\/thermal\/[^/]+$/.test(path)
            const zone = hasZone ? model.value(path.replace("sensors/thermal", "thermal/zone")) : item.value
            const known = limits(item.meta, zone)
            const { level, limit } = judge(number, known)
            const most = known.filter((one) => !one.isLower)
            setText(value, `${fixed(number)} ${unit}`)
            setText(state, known.length ? t(`home.level.${limit ? (limit.isLower ? "low" : limit.name) : "good"}`) : "")
            setAttribute(state, "class", `state ${level}`)
            const words = most.map((one) => t(`home.limit.${one.name}`, { value: fixed(one.value, 0) }))
            setText(hint, words.join(" · "))
            chart.limits = most.map((one) => ({ ...one, label: t(`home.level.${one.name}`) }))
            addTo(chart, item, number)
            markStale(element, item)
        },
        end: () => endCharts([chart]),
    }
}

/** Makes rows with a name, a value and perhaps a bar: `describe` says `{title, group, text, share, level, tag}`. */
function row(describe) {
    return (path, { item }) => {
        const first = describe(item)
        const meter = first.share === undefined ? null : new Meter(first.title)
        const tag = new Tag()
        const text = h("span", { class: "reading number" })
        const group = h("span", { class: "soft group" })
        const element = h("li", { class: "line" },
            h("span", { class: "names" }, elementLink(path, first.title), group), tag.element, text, meter?.element)
        return {
            element,
            update({ item }) {
                const now = describe(item)
                setText(group, now.group ?? "")
                setText(text, now.text)
                tag.update(now.tag ?? "", now.level ?? "")
                meter?.update(now.share, now.level, now.text)
                markStale(element, item)
            },
        }
    }
}

/** Fans, voltages, currents, power. */
export class Sensors extends List {
    constructor() { super("sensors", "sensors/", 14, row(describeNumber)) }

    items(model) {
        const rank = (item) => 2 * excess(item) + (item.is.part === "fan" ? 1 : 0)
        return itemsOf(model, "sensors").sort((left, right) => rank(right) - rank(left))
    }
}

/** Numbers of other agents; those that are described best go first. */
export class Others extends List {
    constructor() { super("others", "", 14, row(describeNumber)) }

    items(model) {
        const rank = ({ meta }) => (meta?.unit ? 2 : 0) + (meta?.title ? 1 : 0)
        return itemsOf(model, "others").sort((left, right) => rank(right) - rank(left))
    }
}

function describeNumber({ path, value, meta, is }) {
    const group = groupOf(path)
    const title = shortTitle({ path, meta }, group)
    if (typeof value !== "number") return { title, group, text: t(value === true ? "home.on" : "home.off") }
    const range = is?.part === "meter" ? bounds(meta) : null
    const { level, limit } = judge(value, limits(meta).filter((one) => !range || one.name !== "max"))
    return {
        title, group, text: amount(value, meta ?? {}), level: limit ? level : "",
        tag: limit ? t(`home.level.${limit.isLower ? "low" : limit.name}`) : "",
        share: range ? (value - range[0]) / (range[1] - range[0]) : undefined,
    }
}

/** A number with as many digits as its unit deserves, so that it does not jump. */
function amount(value, meta) {
    const unit = shorten(typeof meta.unit === "string" ? meta.unit : "", 16)
    const digits = { V: 2, A: 2, W: 1, "%": 1, Hz: 1, J: 1 }[unit]
    if (Math.abs(value) >= 1e15 || digits) return `${fixed(value, digits)} ${unit}`
    return quantity(unit === "rpm" || meta.datatype === "integer" ? Math.round(value) : value, { ...meta, unit })
}

/** File systems as bars, and what the disks do. */
export class Storage extends List {
    constructor() {
        super("storage", "storage/", 10, row(({ path, value, is }) =>
            (is?.part === "disk" ? disk(path, value) : filesystem(path, value))))
    }

    items(model) {
        // What has no size, as a file system of the kernel's own, has nothing to be shown as a bar.
        const sized = itemsOf(model, "storage", "filesystem").filter((item) => item.value.size > 0)
        sized.sort((left, right) => (String(left.value.mountPoint) < String(right.value.mountPoint) ? -1 : 1))
        return [...sized, ...itemsOf(model, "storage", "disk")]
    }
}

function filesystem(path, { size: total, used, available = total - used, readOnly, mountPoint, type }) {
    // As df(1) computes it: what only root may use is not available.
    const share = used / Math.max(1, used + available)
    const level = readOnly || !(share >= nearlyFull) ? "" : share >= full ? "bad" : "warn"
    return {
        title: words(mountPoint ?? path.split("/").pop(), 60), group: words(type ?? "", 20), share, level,
        text: t("home.availableOf", { available: size(available), total: size(total) }),
        tag: readOnly ? t("home.readOnly") : level ? t(level === "bad" ? "home.full" : "home.nearlyFull") : "",
    }
}

function disk(path, { model, busyPercent, readRate, writeRate }) {
    return {
        title: path.split("/").pop(),
        group: [words(model ?? "", 40), t("home.busy", { busy: fixed(busyPercent, 0) })].join(" · "),
        text: t("home.disk", { read: rate(readRate), write: rate(writeRate) }),
    }
}

/** A rate in bytes per second. */
export function rate(value) { return typeof value === "number" ? `${size(Math.max(0, value))}/s` : "–" }

/** Mains adapters and batteries. */
export class Power extends List {
    constructor() { super("power", "power/", 6, row(({ path, value }) => supply(path, value))) }

    items(model) { return itemsOf(model, "power") }
}

function supply(path, value) {
    const { capacity, status, online, power, voltage, timeToEmpty, timeToFull } = value
    const isBattery = typeof capacity === "number"
    const isLow = isBattery && capacity <= 15 && status === "discharging"
    const parts = []
    if (isBattery) parts.push(`${fixed(capacity, 0)} %`)
    if (typeof power === "number") parts.push(`${fixed(power)} W`)
    else if (!isBattery && typeof voltage === "number") parts.push(`${fixed(voltage)} V`)
    if (timeToEmpty > 0) parts.push(t("home.toEmpty", { time: shorten(duration(timeToEmpty), 20) }))
    else if (timeToFull > 0) parts.push(t("home.toFull", { time: shorten(duration(timeToFull), 20) }))
    return {
        title: path.split("/").pop(), group: words(value.model ?? value.type, 40), text: parts.join(" · "),
        share: isBattery ? capacity / 100 : undefined, level: isLow ? (capacity <= 5 ? "bad" : "warn") : "",
        tag: isLow ? t("home.batteryLow") : isBattery ? words(status, 30) : t(online ? "home.online" : "home.offline"),
    }
}
