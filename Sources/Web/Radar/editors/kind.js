// What an element is edited with, from its meta, its JSON schema and its present value; and how colours are written.

import { textMeta } from "../explore/brief.js"
import { isObject, resolve, schemaOf } from "../schema.js"

const mostChoices = 200
const mostMembers = 40
const mostPlaces = 2000

/**
 * What edits a value: { type, schema?, min?, max?, step?, values?, unit?, … }. The types: "number", "slider",
 * "switch", "choice", "text", "color", "datetime", "duration", "form" (an object, with `members`) and "json".
 */
export function editorKind(meta, value) {
    const { datatype, format = "", unit } = textMeta(meta)
    const schema = schemaOf(meta)
    if (schema) return { ...fromSchema(schema, schema, value), unit }
    switch (datatype ?? typeof value) {
    case "integer": case "float": case "number": return { ...numberKind(format, datatype === "integer"), unit }
    case "boolean": return { type: "switch", labels: format.includes(",") ? format.split(",", 2) : null }
    case "enum": {
        const values = format.split(",").filter((each) => each !== "").slice(0, mostChoices)
        return values.length > 0 ? { type: "choice", values } : { type: "text" }
    }
    case "color": return { type: "color", style: colorStyle(value, format) }
    case "datetime": return { type: typeof value === "number" ? "number" : "datetime" }
    case "duration": return typeof value === "number" ? { type: "number", min: 0, unit: unit ?? "s" } : { type: "text" }
    case "string": return { type: "text" }
    default: return { type: "json" }
    }
}

function numberKind(format, isInteger) {
    const [min, max, step] = format.split(":").map((part) => (part.trim() === "" ? undefined : finite(Number(part))))
    return numeric(min, max, step > 0 ? step : undefined, isInteger)
}

function numeric(min, max, step, isInteger) {
    // A slider with very many places cannot be placed.
    const places = (max - min) / (step ?? (isInteger ? 1 : (max - min) / 100))
    const isSlider = min !== undefined && max !== undefined && min < max && places <= mostPlaces
    return { type: isSlider ? "slider" : "number", min, max, step: step ?? (isInteger ? 1 : undefined), isInteger }
}

function finite(number) { return typeof number === "number" && Number.isFinite(number) ? number : undefined }

/** What edits a part of a value, by its schema. */
export function fromSchema(root, given, value, depth = 0) {
    const schema = resolve(root, given)
    if (!isObject(schema)) return { type: "json", schema: true }
    const about = {
        schema, isReadOnly: schema.readOnly === true, title: text(schema.title), hint: text(schema.description),
        initial: schema.default,
    }
    if ("const" in schema) return { ...about, type: "const", value: schema.const }
    if (Array.isArray(schema.enum)) return { ...about, type: "choice", values: schema.enum.slice(0, mostChoices) }
    const types = Array.isArray(schema.type) ? schema.type : [schema.type]
    const mayBeNull = types.includes("null")
    const rest = types.filter((type) => type !== "null")
    if (rest.length !== 1) return { ...about, type: "json" }
    switch (rest[0]) {
    case "boolean":
        return mayBeNull ? { ...about, type: "choice", values: [true, false, null] } : { ...about, type: "switch" }
    case "integer": case "number": {
        const bounds = [schema.minimum, schema.maximum, schema.multipleOf].map(finite)
        return { ...about, ...numeric(...bounds, rest[0] === "integer"), mayBeNull }
    }
    case "string":
        if (schema.format === "date-time") return { ...about, type: "datetime", mayBeNull }
        return { ...about, type: "text", isSecret: schema.writeOnly === true, mayBeNull }
    case "object": return { ...about, ...objectKind(root, schema, value, depth), mayBeNull }
    default: return { ...about, type: "json" }
    }
}

function objectKind(root, schema, value, depth) {
    const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
    const style = colorStyle(value, "", properties.map(([name]) => name))
    if (style?.startsWith("object")) return { type: "color", style }
    if (properties.length > mostMembers || depth > 1) return { type: "json" }
    if (properties.length === 0 && schema.additionalProperties !== false) return { type: "json" }
    const required = Array.isArray(schema.required) ? schema.required : []
    const members = properties.map(([name, each]) => {
        const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
        return { name, isRequired: required.includes(name), kind: fromSchema(root, each, inner, depth + 1) }
    })
    // What is not simple is clearer as a whole.
    if (members.some(({ kind }) => kind.type === "json" && !kind.isReadOnly)) return { type: "json" }
    return { type: "form", members, isPartial: required.length === 0 }
}

function text(value) { return typeof value === "string" ? value.slice(0, 300) : undefined }

/** How a colour is written: by its value, else by the format of its meta or the members of its schema; null if none. */
export function colorStyle(value, format = "", members = null) {
    const names = members ?? (isObject(value) ? Object.keys(value) : [])
    if (names.length === 3 && ["red", "green", "blue"].every((name) => names.includes(name))) return "object"
    if (names.length === 3 && ["r", "g", "b"].every((name) => names.includes(name))) return "object-short"
    if (members) return null
    if (typeof value === "string") {
        if (value.startsWith("#")) return "hex"
        if (value.startsWith("hsv,")) return "hsv"
        if (value.startsWith("rgb,")) return "rgb"
        if (/^\d+,\d+,\d+$/.test(value)) return format.startsWith("hsv") ? "hsv-list" : "rgb-list"
    }
    return format.split(",")[0] === "hsv" ? "hsv" : "rgb"
}

/** A colour as #rrggbb; null if it is none. */
export function toHex(value, style) {
    let parts
    if (style === "object") parts = [value?.red, value?.green, value?.blue]
    else if (style === "object-short") parts = [value?.r, value?.g, value?.b]
    else if (typeof value !== "string") return null
    else if (style === "hex") return /^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : null
    else {
        parts = value.replace(/^(rgb|hsv),/, "").split(",").map(Number)
        if (style.startsWith("hsv")) parts = fromHSV(...parts)
    }
    if (parts.length !== 3 || !parts.every((part) => Number.isFinite(part))) return null
    const digits = (part) => Math.min(255, Math.max(0, Math.round(part))).toString(16).padStart(2, "0")
    return `#${parts.map(digits).join("")}`
}

/** The value of a colour #rrggbb. */
export function fromHex(hex, style) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
    switch (style) {
    case "object": return { red, green, blue }
    case "object-short": return { r: red, g: green, b: blue }
    case "hex": return hex
    case "hsv": return `hsv,${toHSV(red, green, blue).join(",")}`
    case "hsv-list": return toHSV(red, green, blue).join(",")
    case "rgb-list": return `${red},${green},${blue}`
    default: return `rgb,${red},${green},${blue}`
    }
}

function fromHSV(hue, saturation, value) {
    const level = (n) => {
        const k = (n + hue / 60) % 6
        return 255 * (value / 100) * (1 - (saturation / 100) * Math.max(0, Math.min(k, 4 - k, 1)))
    }
    return [level(5), level(3), level(1)]
}

function toHSV(red, green, blue) {
    const most = Math.max(red, green, blue)
    const span = most - Math.min(red, green, blue)
    let hue = 0
    if (span > 0 && most === red) hue = ((green - blue) / span + 6) % 6
    else if (span > 0 && most === green) hue = (blue - red) / span + 2
    else if (span > 0) hue = (red - green) / span + 4
    return [hue * 60, most === 0 ? 0 : (span / most) * 100, (most / 255) * 100].map(Math.round)
}
