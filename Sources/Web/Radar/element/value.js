import { fill, h, setText } from "../dom.js"
import { brief, innerUnit, pretty } from "../explore/brief.js"
import { isObject, memberAt } from "../schema.js"
import { t } from "../texts.js"

/** The numbers inside a value: [{ at, steps, value }], at most `limit`, not deeper than `depth`. */
export function numericFields(value, { limit = 60, depth = 3 } = {}) {
    if (typeof value === "number") return [{ at: "", steps: [], value }]
    const found = []
    walk(found, value, "", [], { limit, depth, looked: 0 })
    return found
}

function walk(found, value, at, steps, bounds) {
    if (found.length >= bounds.limit || steps.length > bounds.depth) return
    if (typeof value === "number") {
        found.push({ at, steps, value })
    } else if (Array.isArray(value)) {
        value.slice(0, 32).forEach((each, index) => walk(found, each, memberAt(at, index), [...steps, index], bounds))
    } else if (isObject(value)) {
        for (const name in value) {
            bounds.looked += 1
            if (bounds.looked > 1000) return
            walk(found, value[name], memberAt(at, name), [...steps, name], bounds)
        }
    }
}

/** The number at a place of a value; null if there is none. */
export function numberAt(value, steps) {
    for (const step of steps) {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return null
        value = value[step]
    }
    return typeof value === "number" ? value : null
}

const firstShown = 2000
const mostShown = 200_000
const mostFields = 60

/** Shows a value: numbers and short texts large, objects by their members, all else as JSON, in bounded length. */
export class ValueView {
    #kind = null
    #names = ""
    #limit = firstShown
    /** How long it took to write the value as text, in milliseconds, and when: large ones are written less often. */
    #cost = 0
    #writtenAt = 0
    #timer = null

    constructor() {
        this.element = h("div", { class: "value-view" })
    }

    show(value, meta) {
        const isShort = typeof value === "string" ? value.length <= 60 && !value.includes("\n")
            : typeof value !== "object" || value === null
        const names = isObject(value) ? Object.keys(value).slice(0, mostFields + 1) : []
        const kind = isShort ? "short" : names.length > 0 && names.length <= mostFields ? "fields" : "text"
        const key = kind === "fields" ? JSON.stringify(names) : ""
        if (kind !== this.#kind || key !== this.#names) this.#build(kind, key, names)
        if (kind === "short") {
            setText(this.big, brief(value, meta))
            this.big.classList.toggle("is-text", typeof value === "string")
        } else if (kind === "fields") {
            const unit = innerUnit(meta)
            names.forEach((name, place) => {
                const inner = typeof value[name] === "number" ? { unit } : {}
                setText(this.cells[place], brief(value[name], inner, 400))
            })
        } else {
            this.#showText(value)
        }
    }

    #build(kind, key, names) {
        this.#kind = kind
        this.#names = key
        this.#limit = firstShown
        if (kind === "short") {
            this.big = h("p", { class: "big number", dir: "auto" })
            fill(this.element, this.big)
        } else if (kind === "fields") {
            this.cells = names.map(() => h("dd", { class: "number" }))
            fill(this.element, h("dl", { class: "members" }, names.map((name, place) =>
                h("div", {}, h("dt", { class: "soft" }, brief(name, {}, 80)), this.cells[place]))))
        } else {
            this.pre = h("pre", { class: "pretty", tabindex: "0", "aria-label": t("element.value") })
            const showMore = () => {
                this.#limit = mostShown
                this.#showText(this.value)
            }
            this.more = h("button", { class: "quiet small", type: "button", hidden: true, on: { click: showMore } })
            fill(this.element, this.pre, this.more)
        }
    }

    #showText(value) {
        this.value = value
        const rest = this.#writtenAt + 20 * this.#cost - performance.now()
        if (rest > 0) {
            this.#timer ??= setTimeout(() => { this.#timer = null; this.#showText(this.value) }, rest)
            return
        }
        const started = performance.now()
        const { text, isCut, length } = pretty(value, this.#limit)
        setText(this.pre, isCut ? `${text}…` : text)
        this.#writtenAt = performance.now()
        this.#cost = this.#writtenAt - started
        this.more.hidden = !isCut
        if (!isCut) return
        const isAll = this.#limit === mostShown
        setText(this.more, t(isAll ? "element.cutAt" : "element.showMore", { count: length.toLocaleString("en") }))
        this.more.disabled = isAll
    }
}
