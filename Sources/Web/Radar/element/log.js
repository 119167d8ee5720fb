import { clock } from "../chart/draw.js"
import { h } from "../dom.js"
import { brief } from "../explore/brief.js"
import { isEqual, isObject } from "../schema.js"
import { t } from "../texts.js"

/**
 * What came of a set: "taken", "adjusted", or "accepted" if the State has not shown it yet.
 *
 * `result` is that of the request, and `value` what the State is; of an object, only the members that were asked for
 * count.
 */
export function outcomeOf(asked, result, before, value) {
    const told = result === true && asked !== true ? undefined : result
    if (told !== undefined && told !== null && typeof told === typeof asked) {
        return matches(asked, told) ? { kind: "taken", value: told } : { kind: "adjusted", value: told }
    }
    if (matches(asked, value)) return { kind: "taken", value }
    return before === value || isEqual(before, value) ? { kind: "accepted" } : { kind: "adjusted", value }
}

/** Whether a value is what was asked for; numbers may differ in the last digits. */
export function matches(asked, value) {
    if (typeof asked === "number" && typeof value === "number") {
        return Math.abs(asked - value) <= 1e-9 * Math.max(1, Math.abs(asked))
    }
    if (!isObject(asked) || !isObject(value)) return isEqual(asked, value)
    return Object.keys(asked).every(name => Object.hasOwn(value, name) && matches(asked[name], value[name]))
}

/** The part of a value that was asked for. */
export function partOf(asked, value) {
    if (!isObject(asked) || !isObject(value)) return value
    const names = Object.keys(asked).filter(name => Object.hasOwn(value, name))
    return Object.fromEntries(names.map(name => [name, partOf(asked[name], value[name])]))
}

const most = 20

/** What this page has asked an element for, and what came of it, the latest first. */
export class Log {
    constructor(meta, headingLevel) {
        this.meta = meta
        this.list = h("ol", { class: "log" })
        const heading = h(`h${headingLevel}`, {}, t("element.log"))
        this.element = h("section", { class: "card", hidden: true }, heading, this.list)
    }

    /** Adds a line for what is asked; returns the function that says what came of it. */
    add(asked) {
        this.element.hidden = false
        const tag = h("span", { class: "tag" }, t("element.outcome.asking"))
        const text = h("span", { class: "grow" }, asked)
        this.list.prepend(h("li", {}, h("time", { class: "soft number" }, clock(Date.now())), text, tag))
        while (this.list.childElementCount > most) this.list.lastElementChild.remove()
        return (kind, more) => {
            tag.textContent = t(`element.outcome.${kind}`)
            tag.className = `tag ${{ taken: "good", adjusted: "warn", refused: "bad" }[kind] ?? ""}`
            text.textContent = more ? `${asked} – ${more}` : asked
        }
    }

    /** A value as the log shows it. */
    show(value) { return brief(value, this.meta, 120) }
}
