// Numbers, units and times as people read them, in the language of the browser.

const numbers = new Map()

/** From here on all digits say less than the power of ten. */
const manyDigits = 1e15

/** A number with at most `digits` digits behind the point. */
export function number(value, digits = 2) {
    if (Math.abs(value) >= manyDigits) return value.toExponential(Math.min(digits, 6)).replace("e+", "e")
    if (!numbers.has(digits)) numbers.set(digits, new Intl.NumberFormat("en", { maximumFractionDigits: digits }))
    return numbers.get(digits).format(value)
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

/** A number of bytes: 1.5 GiB. */
export function bytes(value) {
    let power = 0
    let rest = Math.abs(value)
    while (rest >= 1024 && power < byteUnits.length - 1) { rest /= 1024; power += 1 }
    return `${number(Math.sign(value) * rest, rest < 10 && power > 0 ? 1 : 0)} ${byteUnits[power]}`
}

/** A duration in seconds: 3 d 4 h, 12 min, 42 s. */
export function duration(seconds) {
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]]
    let rest = Math.max(0, Math.round(seconds))
    const shown = []
    for (const [size, unit] of parts) {
        const count = Math.floor(rest / size)
        rest -= count * size
        if (count > 0 || (unit === "s" && shown.length === 0)) shown.push(`${count} ${unit}`)
        else if (shown.length > 0) break
        if (shown.length === 2) break
    }
    return shown.join(" ")
}

/** How long ago something was, from milliseconds: now, 12 s, 5 min, 3 h, 2 d. */
export function age(milliseconds) {
    const seconds = Math.floor(milliseconds / 1000)
    if (seconds < 1) return "now"
    if (seconds < 60) return `${seconds} s`
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`
    return `${Math.floor(seconds / 86400)} d`
}

/** A value of the bus on one line, with its unit as `meta` has it. */
export function value(json, meta = {}) {
    if (json === undefined) return ""
    if (typeof json === "number") return quantity(json, meta)
    if (typeof json === "string") return json
    if (typeof json === "boolean") return json ? "true" : "false"
    return JSON.stringify(json)
}

/** A number with its unit. */
export function quantity(amount, meta = {}) {
    const unit = meta.unit ?? ""
    if (unit === "B") return bytes(amount)
    if (unit === "B/s") return `${bytes(amount)}/s`
    if (meta.datatype === "duration" || (unit === "s" && Math.abs(amount) >= 60)) return duration(amount)
    return unit ? `${number(amount)} ${unit}` : number(amount)
}

/** A point in time, from text of RFC 3339 or milliseconds. */
export function time(moment) {
    const date = new Date(moment)
    if (Number.isNaN(date.getTime())) return String(moment)
    return date.toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" })
}
