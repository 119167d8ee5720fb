// What an element is, judged by its path, its meta and the shape of its value; so the states of any agent that
// describes them well look as good as those of jet-agent. Nothing here touches the page.

/** The longest schema that is read, in characters. */
const longestSchema = 65536

/** The part of the machine that is at a path of jet-agent(8). */
const places = new Map(Object.entries({
    "system/hostname": ["machine", "hostname"],
    "system/os": ["machine", "os"],
    "system/kernel": ["machine", "kernel"],
    "system/uptime": ["machine", "uptime"],
    "system/time": ["machine", "time"],
    "system/timezone": ["machine", "timezone"],
    "system/shutdown": ["machine", "shutdown"],
    "system/load": ["load", "load"],
    "system/pressure": ["load", "pressure"],
    "system/memory": ["load", "memory"],
    "cpu/info": ["load", "info"],
    "cpu/usage": ["load", "usage"],
    "cpu/frequency": ["load", "frequency"],
    "cpu/throttling": ["load", "throttling"],
    "cpu/temperature": ["load", "temperature"],
    "network/default-route": ["links", "route"],
    "network/dns": ["links", "dns"],
    "devices/event": ["devices", "event"],
    "settings/net/pending": ["settings", "pending"],
    "settings/net/last": ["settings", "last"],
}))

/** Members of jet-agent's tree that have a card of their own elsewhere, or none. */
const unshown = /^(agent\/|system\/boot-id$|network\/routes$|thermal\/event$|devices\/)/

const temperatureUnits = new Set(["°C", "℃", "°F", "℉", "K"])

/**
 * Says on which card an element is shown, and as what: `{card, part}`; null for what is not shown on Home.
 *
 * Cards: machine, load, temperatures, sensors, power, storage, links, leds, devices, services, update, settings,
 * others.
 */
export function classify(entry) {
    const { path, value } = entry
    if (typeof path !== "string" || value === undefined) return null
    const place = places.get(path)
    if (place) return { card: place[0], part: place[1] }
    const meta = object(entry.meta)
    if (typeof value === "number") return ofNumber(path, meta)
    if (typeof value === "boolean") return unshown.test(path) ? null : { card: "others", part: "boolean" }
    if (value === null || typeof value !== "object" || Array.isArray(value)) return null
    return ofObject(path, value, meta, schemaOf(meta))
}

function ofNumber(path, meta) {
    if (unshown.test(path)) return null
    const unit = text(meta.unit)
    if (temperatureUnits.has(unit)) return { card: "temperatures", part: "temperature" }
    if (unit === "rpm") return { card: "sensors", part: "fan" }
    if (path.startsWith("sensors/")) return { card: "sensors", part: unit === "%" ? "meter" : "number" }
    if (unit === "%" || bounds(meta)) return { card: "others", part: "meter" }
    return { card: "others", part: "number" }
}

function ofObject(path, value, meta, schema) {
    const members = object(schema?.properties)
    if (members.brightness) return { card: "leds", part: "led" }
    if (isLinkSettings(members) || (has(value, "mode", "addresses", "gateway", "dns"))) {
        return { card: "settings", part: "link" }
    }
    if (temperatureUnits.has(text(meta.unit)) && typeof value.temperature === "number") {
        return { card: "temperatures", part: "zone" }
    }
    if (typeof value.phase === "string" && Array.isArray(value.upgradable)) return { card: "update", part: "job" }
    if (typeof value.active === "string" && "sub" in value) return { card: "services", part: "service" }
    if (typeof value.size === "number" && typeof value.used === "number") return { card: "storage", part: "filesystem" }
    if (Array.isArray(value.addresses) && typeof value.state === "string") return { card: "links", part: "link" }
    if (isSupply(value)) return { card: "power", part: "supply" }
    if (typeof value.busyPercent === "number") return { card: "storage", part: "disk" }
    const link = /^(.*)\/(rates|counters|wireless|networkd)$/s.exec(path)
    if (link && path.startsWith("network/")) return { card: "links", part: link[2], of: link[1] }
    if (path.startsWith("devices/")) return { card: "devices", part: "device" }
    return null
}

function isLinkSettings(members) { return Boolean(members.mode && members.addresses && members.gateway) }

function isSupply(value) {
    return typeof value.type === "string" && (typeof value.capacity === "number" || typeof value.online === "boolean")
}

function has(value, ...names) { return names.every((name) => name in value) }

/** A value as an object; an empty one for anything else. */
export function object(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {}
}

function text(value) { return typeof value === "string" ? value : "" }

/** The JSON schema in the format of an element; null if there is none. */
export function schemaOf(meta) {
    const format = object(meta).format
    if (typeof format === "object" && format !== null) return object(format)
    if (typeof format !== "string" || !format.startsWith("{") || format.length > longestSchema) return null
    try { return object(JSON.parse(format)) } catch { return null }
}

/** The number that a member of meta is, as a number or as text; null if it is none. */
export function numberOf(value) {
    if (typeof value === "number") return Number.isFinite(value) ? value : null
    if (typeof value !== "string" || value.trim() === "") return null
    const number = Number(value)
    return Number.isFinite(number) ? number : null
}

/** The ends of the format "min:max" or "min:max:step"; null for one that is open. */
function ends(meta) {
    const parts = text(object(meta).format).split(":")
    if (parts.length < 2 || parts.length > 3 || parts[0].startsWith("{")) return [null, null]
    return [numberOf(parts[0]), numberOf(parts[1])]
}

/** The bounds of a number whose format has both, or which is a percentage: `[min, max]`; null for others. */
export function bounds(meta) {
    const [low, high] = ends(meta)
    if (low !== null && high !== null && low < high) return [low, high]
    if (text(object(meta).unit) === "%" && (low === null || low < (high ?? 100))) return [low ?? 0, high ?? 100]
    return null
}

/**
 * The limits of a sensor, by `max` and `crit` of its meta, or else by the ends of its format, or by the trips of a
 * thermal zone: `[{value, kind: "warn" | "bad", name: "max" | "crit" | "min", isLower}]`, ascending.
 */
export function limits(meta, value) {
    const known = []
    const add = (value, kind, name, isLower = false) => {
        if (value !== null && !known.some((limit) => limit.value === value && limit.isLower === isLower)) {
            known.push({ value, kind, name, isLower })
        }
    }
    const own = object(meta)
    const [low, high] = ends(meta)
    const crit = numberOf(own.crit)
    const max = numberOf(own.max)
    add(crit, "bad", "crit")
    add(max, crit === null ? "bad" : "warn", "max")
    if (crit === null && max === null) add(high, "bad", "max")
    add(numberOf(own.min) ?? low, "warn", "min", true)
    for (const trip of list(object(value).trips).slice(0, 16)) {
        const type = text(object(trip).type)
        if (type === "critical" || type === "hot") add(numberOf(trip.temperature), "bad", "crit")
        else if (type === "passive") add(numberOf(trip.temperature), "warn", "max")
    }
    return known.sort((left, right) => left.value - right.value)
}

function list(value) { return Array.isArray(value) ? value : [] }

/** How a number stands to its limits: `{level: "good" | "warn" | "bad", limit}`; the limit is the one that is
 *  exceeded. */
export function judge(value, limits) {
    let worst = { level: "good", limit: null }
    for (const limit of limits) {
        const isExceeded = limit.isLower ? value < limit.value : value >= limit.value
        if (!isExceeded) continue
        if (limit.kind === "bad" || worst.level === "good") worst = { level: limit.kind, limit }
    }
    return worst
}

/** What an element is called: its title, or else the end of its path. */
export function titleOf(entry, length = 80) {
    const title = text(object(entry.meta).title).trim()
    return shorten(title || entry.path.split("/").filter(Boolean).slice(-2).join(" ") || entry.path || "—", length)
}

/** The name of the group that an element is in: what its path has before the last slash. */
export function groupOf(path) { return shorten(path.split("/").slice(0, -1).pop() ?? "", 40) }

/** A text that is cut to a length. */
export function shorten(text, length) { return text.length > length ? `${text.slice(0, length - 1)}…` : text }
