import { h, setText } from "../dom.js"
import { quantity } from "../format.js"
import { t } from "../texts.js"
import { bounds, groupOf, judge, limits, object } from "./classify.js"
import { Card, elementLink, fixed, itemsOf, markStale, Meter, Rows, setAttribute, shortTitle, Tag } from "./parts.js"
import { Spark } from "./spark.js"

/** Temperatures, each with a line of the last minutes, its limits, and its state in words. */
export class Temperatures extends Card {
    #list = h("ul", { class: "temperatures" })
    #rows = new Rows(this.#list, (path, item) => temperature(path, item))

    constructor() {
        super("temperatures", { prefix: "sensors/", max: 10 })
        this.body.append(this.#list)
    }

    take(model) {
        const sensors = itemsOf(model, "temperatures", "temperature")
        // A zone that a chip shows, too, has no sensor of its own: it would be the same line twice.
        const zones = sensors.some((item) => item.path.startsWith("sensors/")) ? [] : itemsOf(model, "temperatures", "zone")
        const shown = this.cut([...sensors, ...zones], model.hidden("sensors/"))
        this.#rows.update(shown.map((item) => [item.path, { item, zone: zoneOf(model, item) }]))
        return shown.length > 0
    }
}

/** The thermal zone of a sensor that is called after it: it has the trips. */
function zoneOf(model, item) {
    const [, name] = /^sensors\/thermal\/([^/]+)$/.exec(item.path) ?? []
    return name === undefined ? undefined : model.value(`thermal/zone/${name}`)
}

function temperature(path, { item }) {
    const unit = item.meta?.unit ?? "°C"
    const spark = new Spark(path, { unit, span: 6 })
    const value = h("span", { class: "reading number" })
    const state = h("span", { class: "state" })
    const hint = h("span", { class: "soft group" })
    const group = groupOf(path)
    const element = h("li", { class: "temperature" },
        h("span", { class: "names" }, elementLink(path, shortTitle(item, group)), hint),
        spark.element, h("span", { class: "readings" }, value, state))
    return {
        element,
        update({ item, zone }) {
            const number = typeof item.value === "number" ? item.value : object(item.value).temperature
            const known = limits(item.meta, zone ?? item.value)
            const { level, limit } = judge(number, known)
            setText(value, `${fixed(number)} ${unit}`)
            spark.limits = known
            if (item.goneAt === null) spark.push(number)
            setText(state, known.length ? t(`home.level.${level === "good" ? "good" : limit.isLower ? "low" : limit.name}`) : "")
            setAttribute(state, "class", `state ${level}`)
            setText(hint, [group, ...known.filter((one) => !one.isLower).map((one) => t(`home.limit.${one.name}`, { value: fixed(one.value, 0) }))].join(" · "))
            markStale(element, item)
        },
    }
}

/** Fans, voltages, currents, power: a short line each, with a bar where there are bounds. */
export class Sensors extends Card {
    #list = h("ul", { class: "lines" })
    #rows = new Rows(this.#list, (path, item) => line(path, item))

    constructor() {
        super("sensors", { prefix: "sensors/", max: 14 })
        this.body.append(this.#list)
    }

    take(model) {
        const items = itemsOf(model, "sensors").sort((left, right) => rank(left) - rank(right))
        this.#rows.update(this.cut(items).map((item) => [item.path, item]))
        return items.length > 0
    }
}

function rank(item) { return item.is.part === "fan" ? 0 : item.is.part === "meter" ? 1 : 2 }

/** Numbers of other agents: whatever has a unit, a meter where there are bounds. */
export class Others extends Card {
    #list = h("ul", { class: "lines" })
    #rows = new Rows(this.#list, (path, item) => line(path, item))

    constructor() {
        super("others", { prefix: "", max: 14 })
        this.body.append(this.#list)
    }

    take(model) {
        const items = itemsOf(model, "others").sort((left, right) => described(right) - described(left))
        this.#rows.update(this.cut(items, model.hidden("")).map((item) => [item.path, item]))
        return items.length > 0
    }
}

/** How well an element is described: what has a title and a unit goes first. */
function described(item) {
    return (item.meta?.unit ? 2 : 0) + (item.meta?.title ? 1 : 0)
}

function line(path, item) {
    const value = h("span", { class: "reading number" })
    const group = groupOf(path)
    const range = bounds(item.meta)
    const title = shortTitle(item, group)
    const meter = item.is.part === "meter" && range ? new Meter(title) : null
    const tag = new Tag()
    const element = h("li", { class: "line" },
        h("span", { class: "names" }, elementLink(path, title), h("span", { class: "soft group" }, group)),
        meter?.element, tag.element, value)
    return {
        element,
        update(item) {
            const isNumber = typeof item.value === "number"
            const known = isNumber ? limits(item.meta).filter((limit) => !meter || limit.name !== "max") : []
            const { level, limit } = isNumber ? judge(item.value, known) : { level: "good" }
            const text = isNumber ? shown(item.value, item.meta ?? {}) : item.value === true ? t("home.on") : t("home.off")
            setText(value, text)
            meter?.update((item.value - range[0]) / (range[1] - range[0]), level, text)
            tag.update(level === "good" ? "" : t(`home.level.${limit.isLower ? "low" : limit.name}`), level)
            markStale(element, item)
        },
    }
}

/** A number with as many digits as its unit deserves, so that it does not jump. */
function shown(value, meta) {
    const unit = typeof meta.unit === "string" ? meta.unit.slice(0, 16) : ""
    if (unit === "rpm" || meta.datatype === "integer") return quantity(Math.round(value), { ...meta, unit })
    if (["V", "A"].includes(unit)) return `${fixed(value, 2)} ${unit}`
    if (["W", "%", "Hz", "J"].includes(unit)) return `${fixed(value, 1)} ${unit}`
    return quantity(value, { ...meta, unit })
}
