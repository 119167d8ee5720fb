import { isObject, memberAt } from "../schema.js"

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
        for (let index = 0; index < value.length && index < 32; index++) walk(found, value[index], memberAt(at, index), [...steps, index], bounds)
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
