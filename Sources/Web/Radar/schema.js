// Checks values against the part of JSON Schema that is in use: that of jet-agent, and what is common besides.
//
// Schemas come from the bus, so they may be wrong, huge or endless: the work is bounded. What is not understood holds.

import { t } from "./texts.js"

const mostSteps = 20_000
const mostProblems = 50
const deepest = 64
/** How much a pattern may cost for one text; see `cost`. */
const mostPatternSteps = 200_000

/** The problems of a value: [{ at, problem }], places as in jet-protocol(7) §4.3; empty if it satisfies the schema. */
export function validate(schema, value) {
    const run = { root: schema, steps: 0, problems: [] }
    check(run, schema, value, "", 0)
    return run.problems
}

/** The JSON schema in the format of an element's meta; null if there is none that can be read. */
export function schemaOf(meta) {
    const format = meta?.format
    if (typeof format !== "string" || format.length > 1_000_000 || !format.trimStart().startsWith("{")) return null
    try {
        const schema = JSON.parse(format)
        return isObject(schema) ? schema : null
    } catch {
        return null
    }
}

/** The place of a member: a.b, a[0], a["b.c"]. */
export function memberAt(at, name) {
    if (typeof name === "number") return `${at}[${name}]`
    if (!/^[^.[\]"]{1,100}$/.test(name)) return `${at}[${JSON.stringify(name.slice(0, 100))}]`
    return at ? `${at}.${name}` : name
}

/** The type of a value, as schemas name it. */
export function typeOf(value) {
    if (value === null) return "null"
    if (Array.isArray(value)) return "array"
    return typeof value
}

export function isObject(value) { return typeof value === "object" && value !== null && !Array.isArray(value) }

/** Follows a reference inside the schema, "#/$defs/name"; what leads nowhere is a schema that always holds. */
export function resolve(root, schema) {
    for (let hops = 0; hops < 16 && isObject(schema) && typeof schema.$ref === "string"; hops++) {
        let target = schema.$ref.startsWith("#") && schema.$ref.length <= 1000 ? root : undefined
        if (target === undefined) return undefined
        for (const step of schema.$ref.slice(1).split("/").slice(1)) {
            const name = step.replaceAll("~1", "/").replaceAll("~0", "~")
            target = typeof target === "object" && target && Object.hasOwn(target, name) ? target[name] : undefined
        }
        schema = target
    }
    return schema
}

/**
 * Whether two values are equal: objects if they have the same members in any order. `run` counts the steps; beyond the
 * limit nothing is equal.
 */
export function isEqual(a, b, depth = 0, run = null) {
    if (a === b) return true
    if (run && (run.steps += 0.1) > mostSteps) return false
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || depth > 200) return false
    if (Array.isArray(a) !== Array.isArray(b)) return false
    if (Array.isArray(a)) {
        return a.length === b.length && a.every((each, index) => isEqual(each, b[index], depth + 1, run))
    }
    const names = Object.keys(a)
    return names.length === Object.keys(b).length
        && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name], depth + 1, run))
}

function check(run, given, value, at, depth) {
    run.steps += 1
    if (run.steps > mostSteps || depth > deepest || run.problems.length >= mostProblems) return
    const schema = resolve(run.root, given)
    if (schema === false) return add(run, at, "never")
    if (!isObject(schema)) return
    checkType(run, schema, value, at)
    if ("const" in schema && !isSame(run, schema.const, value)) add(run, at, "const", { value: brief(schema.const) })
    if (Array.isArray(schema.enum) && !schema.enum.some((each) => isSame(run, each, value))) {
        add(run, at, "enum", { values: schema.enum.slice(0, 20).map(brief).join(", ") })
    }
    if (typeof value === "number") checkNumber(run, schema, value, at)
    else if (typeof value === "string") checkString(run, schema, value, at)
    else if (Array.isArray(value)) checkArray(run, schema, value, at, depth)
    else if (isObject(value)) checkObject(run, schema, value, at, depth)
    checkCombined(run, schema, value, at, depth)
}

/** Whether two values are equal, as far as that can be found out: beyond the limit of steps, everything holds. */
function isSame(run, a, b) {
    run.steps += 0.1
    return isEqual(a, b, 0, run) || run.steps > mostSteps
}

function checkType(run, schema, value, at) {
    if (schema.type === undefined) return
    const types = Array.isArray(schema.type) ? schema.type.slice(0, 10) : [schema.type]
    const actual = typeOf(value)
    if (types.some((type) => type === actual || (type === "integer" && Number.isInteger(value)))) return
    const names = types.map((type) => typeName(type)).join(t("element.problem.or"))
    add(run, at, "type", { types: names, actual: typeName(actual) })
}

function typeName(type) { return t(`element.type.${type}`) }

function checkNumber(run, schema, value, at) {
    const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema
    if (typeof minimum === "number" && value < minimum) add(run, at, "minimum", { n: minimum })
    if (typeof maximum === "number" && value > maximum) add(run, at, "maximum", { n: maximum })
    if (typeof above === "number" && value <= above) add(run, at, "above", { n: above })
    if (typeof below === "number" && value >= below) add(run, at, "below", { n: below })
    if (typeof multipleOf === "number" && multipleOf > 0) {
        const times = value / multipleOf
        if (Math.abs(times - Math.round(times)) > 1e-9 * Math.max(1, Math.abs(times))) {
            add(run, at, "multipleOf", { n: multipleOf })
        }
    }
}

const formats = {
    "date-time": /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
    date: /^\d{4}-\d\d-\d\d$/,
    time: /^\d\d:\d\d:\d\d/,
    ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/,
    ipv6: /^[0-9a-fA-F:.]{2,45}$/,
}

function checkString(run, schema, value, at) {
    const { minLength, maxLength, pattern, format } = schema
    if (typeof minLength === "number" && value.length < minLength) add(run, at, "minLength", { n: minLength })
    if (typeof maxLength === "number" && value.length > maxLength) add(run, at, "maxLength", { n: maxLength })
    if (typeof format === "string" && Object.hasOwn(formats, format) && !formats[format].test(value)) {
        add(run, at, "format", { format })
    }
    const steps = typeof pattern === "string" && pattern.length <= 200 ? cost(pattern, value.length) : Infinity
    if (steps > mostPatternSteps) return
    run.steps += steps / 100
    if (run.steps <= mostSteps && expressionOf(pattern)?.test(value) === false) add(run, at, "pattern", { pattern })
}

/**
 * How many steps a pattern can take for a text of this length, at most: each repetition may end at each place, and each
 * choice doubles what is tried. Infinity if a group is repeated. The owner checks what costs too much here.
 */
function cost(pattern, length) {
    const bare = pattern.replace(/\\[^]/g, "x").replace(/\[[^\]]*\]/g, "x").replace(/\{\d+\}/g, "")
    if (/\)[*+{?]/.test(bare) || /\)\{/.test(pattern)) return Infinity
    const count = (signs) => bare.match(signs)?.length ?? 0
    const repetitions = count(/[*+{]/g) + (bare.startsWith("^") && !bare.includes("|") ? 0 : 1)
    return pattern.length * Math.max(length, 1) ** repetitions * 2 ** count(/[?|]/g)
}

function expressionOf(pattern) {
    try { return new RegExp(pattern, "u") } catch { return null }
}

function checkArray(run, schema, value, at, depth) {
    const { minItems, maxItems, items, prefixItems, uniqueItems } = schema
    if (typeof minItems === "number" && value.length < minItems) add(run, at, "minItems", { n: minItems })
    if (typeof maxItems === "number" && value.length > maxItems) add(run, at, "maxItems", { n: maxItems })
    const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : []
    for (let index = 0; index < value.length && run.steps < mostSteps; index++) {
        const each = index < first.length ? first[index] : Array.isArray(items) ? true : items
        check(run, each, value[index], memberAt(at, index), depth + 1)
    }
    if (uniqueItems === true && value.length <= 200) {
        const again = value.findIndex((each, index) =>
            value.slice(0, index).some((other) => (run.steps += 0.1) < mostSteps && isEqual(each, other, 0, run)))
        if (again >= 0) add(run, memberAt(at, again), "unique")
    }
}

function checkObject(run, schema, value, at, depth) {
    const properties = isObject(schema.properties) ? schema.properties : {}
    for (const name of Array.isArray(schema.required) ? schema.required.slice(0, 1000) : []) {
        run.steps += 0.1
        if (typeof name === "string" && !Object.hasOwn(value, name)) add(run, memberAt(at, name), "required")
    }
    for (const name of Object.keys(value)) {
        if (run.steps >= mostSteps) return
        const place = memberAt(at, name)
        if (Object.hasOwn(properties, name)) check(run, properties[name], value[name], place, depth + 1)
        else if (schema.patternProperties !== undefined) continue
        else if (schema.additionalProperties === false) add(run, place, "unknown")
        else check(run, schema.additionalProperties, value[name], place, depth + 1)
    }
    const count = Object.keys(value).length
    if (typeof schema.minProperties === "number" && count < schema.minProperties) {
        add(run, at, "minProperties", { n: schema.minProperties })
    }
    if (typeof schema.maxProperties === "number" && count > schema.maxProperties) {
        add(run, at, "maxProperties", { n: schema.maxProperties })
    }
}

function checkCombined(run, schema, value, at, depth) {
    const list = (name) => (Array.isArray(schema[name]) ? schema[name].slice(0, 50) : null)
    const count = (name) => list(name)?.filter((each) => holds(run, each, value, depth)).length
    for (const each of list("allOf") ?? []) check(run, each, value, at, depth + 1)
    if (count("anyOf") === 0) add(run, at, "anyOf")
    if ((count("oneOf") ?? 1) !== 1) add(run, at, "oneOf")
    if (schema.not !== undefined && holds(run, schema.not, value, depth)) add(run, at, "not")
}

function holds(run, schema, value, depth) {
    const inner = { root: run.root, steps: run.steps, problems: [] }
    check(inner, schema, value, "", depth + 1)
    run.steps = inner.steps
    return inner.problems.length === 0
}

function add(run, at, key, values = {}) {
    if (run.problems.length < mostProblems) run.problems.push({ at, problem: t(`element.problem.${key}`, values) })
}

function brief(value) {
    const text = JSON.stringify(value) ?? ""
    return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
