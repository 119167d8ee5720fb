// The rule of a fetch as a form has it, and as JSON: jet-protocol(7) §4. Nothing here touches the page.

/** Predicates on the path, each with what its operand is: "text" or "list". */
export const pathPredicates = {
    startsWith: "text", startsNotWith: "text", endsWith: "text", endsNotWith: "text", contains: "text",
    containsNot: "text", equals: "text", equalsNot: "text",
    equalsOneOf: "list", equalsNotOneOf: "list", containsOneOf: "list", containsAllOf: "list",
}

/** Predicates on a value, each with what its operand is: "json", "type" or "array". */
export const valuePredicates = {
    equals: "json", equalsNot: "json", lessThan: "json", greaterThan: "json", isType: "type",
    hasOneOf: "array", hasAllOf: "array",
}

export const types = ["number", "string", "boolean", "object", "array", "null"]
export const sortTypes = ["number", "string", "boolean"]

const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value)
const isGiven = value => value !== undefined && value !== null

/** An empty form: it selects every element. */
export function emptyForm() {
    return { path: [], caseInsensitive: false, value: [], fields: [], sort: null, max: "", interval: "", rest: {} }
}

/**
 * The form of a rule. What a form cannot show, such as the members of the older form and parts of the wrong shape, is
 * kept in `rest`, and is part of the rule that the form makes.
 */
export function formOf(rule) {
    const form = emptyForm()
    for (const [name, part] of Object.entries(rule)) {
        if (!isGiven(part) || !readers[name]?.(form, part)) form.rest[name] = part
    }
    return form
}

const readers = {
    path(form, part) {
        if (!isObject(part)) return false
        const rows = []
        for (const [predicate, operand] of Object.entries(part)) {
            if (predicate === "caseInsensitive" && typeof operand === "boolean") continue
            if (!Object.hasOwn(pathPredicates, predicate)) return false
            const isList = pathPredicates[predicate] === "list"
            if (isList ? !isLines(operand) : typeof operand !== "string") return false
            rows.push({ predicate, operand: isList ? operand.join("\n") : operand })
        }
        form.path = rows
        form.caseInsensitive = part.caseInsensitive === true
        return true
    },
    value(form, part) {
        const rows = rowsOf(part)
        if (rows) form.value = rows
        return rows !== null
    },
    valueField(form, part) {
        if (!isObject(part)) return false
        const rows = []
        for (const [field, predicates] of Object.entries(part)) {
            const some = rowsOf(predicates)
            if (!some?.length) return false
            rows.push(...some.map(row => ({ field, ...row })))
        }
        form.fields = rows
        return true
    },
    sort(form, part) {
        if (!isObject(part)) return false
        const { byPath, byValue, byValueField, descending, from, to, ...others } = part
        const field = isObject(byValueField) ? Object.entries(byValueField) : []
        if (Object.keys(others).length || [byPath, byValue, byValueField].filter(isGiven).length > 1) return false
        if (isGiven(byPath) && byPath !== true || isGiven(byValue) && !sortTypes.includes(byValue)) return false
        if (isGiven(byValueField) && (field.length !== 1 || !sortTypes.includes(field[0][1]))) return false
        if (isGiven(descending) && typeof descending !== "boolean") return false
        if ([from, to].some(place => isGiven(place) && !Number.isInteger(place))) return false
        form.sort = {
            by: byValue ? "value" : field.length ? "field" : "path", type: byValue ?? field[0]?.[1] ?? "number",
            field: field[0]?.[0] ?? "", descending: descending === true, from: text(from), to: text(to),
        }
        return true
    },
    max: (form, part) => Number.isInteger(part) && part >= 0 && (form.max = text(part), true),
    interval: (form, part) => typeof part === "number" && part >= 0 && (form.interval = text(part), true),
}

const text = number => isGiven(number) ? String(number) : ""

/** Whether a list can be shown with one string on each line, and read again as the same list. */
function isLines(list) {
    return Array.isArray(list) && list.every(one => typeof one === "string" && one !== "" && !/[\r\n]/.test(one))
}

function rowsOf(part) {
    if (!isObject(part)) return null
    const rows = []
    for (const [predicate, operand] of Object.entries(part)) {
        const kind = Object.hasOwn(valuePredicates, predicate) ? valuePredicates[predicate] : null
        if (kind === null || kind === "type" && !types.includes(operand)) return null
        if (kind === "array" && !Array.isArray(operand)) return null
        rows.push({ predicate, operand: kind === "type" ? operand : written(operand) })
    }
    return rows
}

/** How an operand is written in a form: a text without quotes if it could be nothing else. */
export function written(operand) {
    const isPlain = typeof operand === "string" && operand !== "" && read(operand) === operand
    return isPlain ? operand : JSON.stringify(operand)
}

/** The operand that a text in a form means: JSON, or else the text itself. */
export function read(typed) {
    try {
        return JSON.parse(typed)
    } catch {
        return typed
    }
}

/**
 * The rule of a form, and what is wrong with it: a list of `{ at, problem }`, where `at` is the place as the daemon
 * names it, such as "value.lessThan", and `problem` a key of texts.
 */
export function ruleOf(form) {
    const problems = []
    const rule = {}
    const predicates = {}
    for (const [index, { predicate, operand }] of form.path.entries()) {
        const row = `path#${index}`
        if (predicate in predicates) problems.push({ at: row, problem: "twice" })
        if (pathPredicates[predicate] !== "list") predicates[predicate] = operand
        else predicates[predicate] = operand.split(/\r?\n/).filter(line => line !== "")
    }
    if (form.caseInsensitive) predicates.caseInsensitive = true
    if (form.path.length || form.caseInsensitive) rule.path = predicates
    const value = operandsOf(form.value, "value", problems)
    if (form.value.length) rule.value = value
    const fields = {}
    for (const [index, { field, ...row }] of form.fields.entries()) {
        if (!field) problems.push({ at: `field#${index}`, problem: "noField" })
        const some = operandsOf([row], "field", problems, index)
        const [predicate] = Object.keys(some)
        const others = Object.hasOwn(fields, field) ? fields[field] : {}
        if (predicate in others) problems.push({ at: `field#${index}`, problem: "twice" })
        // A field may have any name, such as __proto__.
        Object.defineProperty(fields, field, { value: { ...others, ...some }, enumerable: true, configurable: true })
    }
    if (form.fields.length) rule.valueField = fields
    if (form.sort) rule.sort = sortOf(form.sort, problems)
    for (const name of ["max", "interval"]) {
        if (form[name] === "") continue
        const number = Number(form[name])
        const isRight = name === "max" ? Number.isInteger(number) : number <= 86400
        if (isRight && number >= 0) rule[name] = number
        else problems.push({ at: name, problem: "number" })
    }
    const isSorted = rule.sort || form.rest.sort
    if (isGiven(rule.max) && rule.interval > 0 && !isSorted) {
        problems.push({ at: "interval", problem: "maxAndInterval" })
    }
    return { rule: { ...rule, ...form.rest }, problems }
}

function operandsOf(rows, place, problems, offset = 0) {
    const operands = {}
    for (const [index, { predicate, operand }] of rows.entries()) {
        const at = `${place}#${index + offset}`
        if (predicate in operands) problems.push({ at, problem: "twice" })
        const kind = valuePredicates[predicate]
        operands[predicate] = kind === "type" ? operand : read(operand)
        if (kind === "array" && !Array.isArray(operands[predicate])) problems.push({ at, problem: "array" })
        const isOrdered = ["number", "string"].includes(typeof operands[predicate])
        if (/^(less|greater)Than$/.test(predicate) && !isOrdered) problems.push({ at, problem: "ordered" })
    }
    return operands
}

function sortOf({ by, type, field, descending, from, to }, problems) {
    const sort = {}
    if (by === "path") sort.byPath = true
    else if (by === "value") sort.byValue = type
    else sort.byValueField = { [field]: type }
    if (by === "field" && field === "") problems.push({ at: "sort.byValueField", problem: "noField" })
    if (descending) sort.descending = true
    for (const [name, typed, least] of [["from", from, 1], ["to", to, 0]]) {
        if (typed === "") continue
        const place = Number(typed)
        if (Number.isInteger(place) && place >= least) sort[name] = place
        else problems.push({ at: `sort.${name}`, problem: "number" })
    }
    return sort
}

/**
 * Which control of the form a place of the daemon's error `badRule` is about: the same names as in `ruleOf`; null if
 * there is none.
 */
export function controlAt(at, form) {
    const [member, ...others] = at.split(".")
    const rest = others.join(".")
    if (member in form.rest) return null
    if (member === "path" || member === "value") {
        const index = form[member].findIndex(row => rest === row.predicate || rest.startsWith(`${row.predicate}[`))
        return index < 0 ? null : `${member}#${index}`
    }
    if (member === "valueField") {
        const index = form.fields.findIndex(({ field, predicate }) => rest === `${field}.${predicate}`)
        const first = form.fields.findIndex(({ field }) => rest === field || rest.startsWith(`${field}.`))
        return index >= 0 ? `field#${index}` : first >= 0 ? `field#${first}` : null
    }
    if (at === "sort.from" || at === "sort.to") return at
    if (at.startsWith("sort.byValueField")) return "sort.byValueField"
    return ["max", "interval"].includes(member) ? member : null
}

/** The predicates on the path that the daemon does not know: it ignores them, so the rule selects more than it says. */
export function ignoredPredicates(rule) {
    return Object.keys(isObject(rule.path) ? rule.path : {})
        .filter(name => name !== "caseInsensitive" && !Object.hasOwn(pathPredicates, name))
}

/** The longest rule that is kept in the address of the page, in characters. */
export const longestInAddress = 2000

/** The JSON of a rule for the address; undefined if it is empty or too long. */
export function addressOf(rule) {
    const json = JSON.stringify(rule)
    return json === "{}" || json.length > longestInAddress ? undefined : json
}

/** Reads the JSON of a rule: `{ rule }`, or `{ problem }` with the reason. */
export function parseRule(json) {
    try {
        const rule = JSON.parse(json)
        return isObject(rule) ? { rule } : { problem: "" }
    } catch (error) {
        return { problem: error.message }
    }
}
