// Values and paths of the bus on one line. They may have any length and any characters; the work is bounded by what is
// shown.

import { quantity } from "../format.js"

/** What would break a line, or change the direction of the text around it. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** Text with its invisible characters as escapes, cut to `limit`. */
export function visible(text, limit = 300) {
    const cut = text.length > limit ? `${text.slice(0, limit - 1)}…` : text
    return cut.replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** A value on one line: numbers with their unit, texts as they are, objects by their first members. */
export function brief(value, meta = {}, limit = 300) {
    if (value === undefined) return ""
    if (typeof value === "number") return amount(value, textMeta(meta))
    if (typeof value === "string") return value === "" ? "\"\"" : visible(value, limit)
    const out = { text: "", limit, unit: innerUnit(meta) }
    write(out, value, 0)
    return visible(out.text, limit)
}

/** The unit of the numbers in an object: that of its meta, unless that is a rate of what the members count. */
export function innerUnit(meta) {
    const { unit } = textMeta(meta)
    return unit === "1/s" ? undefined : unit
}

/** A number with its unit; very large and very small ones keep their leading digits. */
export function amount(value, { unit, datatype } = {}) {
    const size = Math.abs(value)
    if (size === 0 || (size >= 1 && size < 1e15)) return quantity(value, { unit, datatype })
    const text = size >= 1e15 || size < 1e-6 ? value.toExponential(3) : String(Number(value.toPrecision(4)))
    return unit ? `${text} ${unit}` : text
}

/** The meta of an element as far as it is text: owners may publish anything. */
export function textMeta(meta) {
    const text = {}
    for (const name of ["title", "unit", "datatype", "format"]) {
        if (typeof meta?.[name] !== "string") continue
        text[name] = name === "format" ? meta[name] : visible(meta[name], name === "unit" ? 24 : 200)
    }
    return text
}

function write(out, value, depth) {
    if (out.text.length > out.limit) return
    if (typeof value === "string") {
        out.text += JSON.stringify(value.length > out.limit ? value.slice(0, out.limit) : value)
    } else if (typeof value !== "object" || value === null) {
        out.text += String(value)
    } else if (Array.isArray(value)) {
        list(out, "[", "]", value.length, depth, (index) => write(out, value[index], depth + 1))
    } else {
        let names = []
        for (const name in value) {
            names.push(name)
            if (names.length > out.limit / 2) break
        }
        list(out, depth === 0 ? "" : "{", depth === 0 ? "" : "}", names.length, depth, (index) => {
            const name = names[index]
            out.text += `${name.length > out.limit ? name.slice(0, out.limit) : name}: `
            if (depth === 0 && typeof value[name] === "number") out.text += amount(value[name], { unit: out.unit })
            else write(out, value[name], depth + 1)
        })
        if (names.length === 0 && depth === 0) out.text += "{}"
    }
}

function list(out, open, close, count, depth, each) {
    out.text += open
    if (depth > 3 && count > 0) {
        out.text += "…"
    } else {
        for (let index = 0; index < count && out.text.length <= out.limit; index++) {
            if (index > 0) out.text += ", "
            each(index)
        }
    }
    out.text += close
}

/** A path in two parts, so that its middle is left out where there is no room: the last one is always seen. */
export function pathParts(path) {
    const text = visible(path, 1000)
    const slash = text.lastIndexOf("/", text.length - 2)
    const from = Math.max(slash < 0 ? 0 : slash, text.length - 28)
    return [text.slice(0, from), text.slice(from)]
}

/** A value with line breaks, cut to `limit`: { text, isCut, length }. */
export function pretty(value, limit = 2000) {
    let text
    if (typeof value === "string") text = value
    else try { text = JSON.stringify(value, null, 2) ?? "" } catch { text = brief(value, {}, limit) }
    const isCut = text.length > limit
    const shown = (isCut ? text.slice(0, limit) : text)
        .replace(unseen, (each) => (each === "\n" || each === "\t" ? each : visible(each)))
    return { text: shown, isCut, length: text.length }
}
