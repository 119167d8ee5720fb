// Colours as they are on the bus: those of the Homie convention, of LEDs, and of the web.

/** How a colour is written: by its value, else by the format of its meta or the members of its schema; null if it is none. */
export function colorStyle(value, format = "", members = null) {
    const names = members ?? (value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [])
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
    return `#${parts.map((part) => Math.min(255, Math.max(0, Math.round(part))).toString(16).padStart(2, "0")).join("")}`
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
