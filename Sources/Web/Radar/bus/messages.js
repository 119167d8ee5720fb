// The messages of the connection, in a ring of a bounded size, without secrets. Nothing here touches the page.

/** How many messages are kept, and how much of one is shown, in characters. */
export const ringSize = 500
export const longestMessage = 20000

const hidden = "•••"
/** Members whose values are secret wherever they are. */
const secrets = /^(pass(word|phrase)?|psk|secret|token|pin|private_?key)$/i
/** Requests with a code that must not be shown. */
const withCode = new Set(["pair", "offerPairing"])

/** A copy of JSON in which secrets are replaced, and which has at most `room.left` characters or so. */
export function masked(value, room = { left: longestMessage }, also = null, depth = 0) {
    if (room.left <= 0) return "…"
    if (typeof value === "string") {
        const text = value.length > room.left ? `${value.slice(0, room.left)}…` : value
        room.left -= text.length + 2
        return text
    }
    if (typeof value !== "object" || value === null) {
        room.left -= 6
        return value
    }
    if (depth > 100) return "…"
    if (Array.isArray(value)) {
        const items = []
        for (const item of value) {
            if (room.left <= 0) { items.push("…"); break }
            items.push(masked(item, room, also, depth + 1))
        }
        room.left -= 2
        return items
    }
    const copy = {}
    for (const name in value) {
        if (!Object.hasOwn(value, name)) continue
        if (room.left <= 0) { copy["…"] = "…"; break }
        room.left -= Math.min(name.length, 200) + 4
        const isSecret = secrets.test(name) || also?.test(name)
        const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name
        Object.defineProperty(copy, shown, {
            value: isSecret && value[name] !== null ? hidden : masked(value[name], room, also, depth + 1),
            enumerable: true, configurable: true, writable: true,
        })
    }
    return copy
}

/** The kind of a message, and the line that stands for it. */
export function summary(message) {
    if (Array.isArray(message)) {
        return { kind: "batch", text: message.slice(0, 5).map(one => summary(one).text).join(", ") }
    }
    const { id, method, params, error } = Object(message)
    const path = typeof params?.path === "string" ? ` ${params.path}` : ""
    if (method === undefined && error) return { kind: "error", text: String(error.message ?? "").slice(0, 300) }
    if (method === undefined) return { kind: "response", text: `${id ?? ""}` }
    const isNotification = id === undefined
    const event = isNotification && typeof params?.event === "string" ? `${params.event}` : null
    return { kind: isNotification ? "notification" : "request", text: `${event ?? method}${path}`.slice(0, 300) }
}

/** The last messages of the connection. What is secret is removed before a message is kept. */
export class MessageRing {
    #ring = []
    #next = 0
    /** The ids of requests whose response has a code. */
    #withCode = new Set()
    /** What the requests that wait for a response are about, by direction and id. */
    #asked = new Map()
    /** How many messages there were. */
    count = 0

    add(direction, message, length, at = Date.now()) {
        const kept = Array.isArray(message) ? message.slice(0, 100).map(one => this.#safe(one)) : this.#safe(message)
        this.count += 1
        const entry = { number: this.count, at, direction, length, message: kept, ...summary(kept), search: null }
        for (const one of Array.isArray(kept) ? kept : [kept]) this.#note(direction, Object(one), entry)
        if (this.#ring.length < ringSize) this.#ring.push(entry)
        else this.#ring[this.#next] = entry
        this.#next = (this.#next + 1) % ringSize
        return entry
    }

    clear() {
        this.#ring = []
        this.#next = 0
    }

    /** The messages that have the text and go in the direction, the newest first. */
    find({ text = "", direction = "" } = {}, most = ringSize) {
        const found = []
        const wanted = text.toLowerCase()
        for (let step = 1; step <= this.#ring.length && found.length < most; step += 1) {
            const entry = this.#ring[(this.#next - step + ringSize) % ringSize]
            if (direction && entry.direction !== direction) continue
            if (wanted) {
                entry.search ??= JSON.stringify(entry.message).toLowerCase()
                if (!entry.search.includes(wanted)) continue
            }
            found.push(entry)
        }
        return found
    }

    /** A response is shown with what was asked. */
    #note(direction, message, entry) {
        const { id, method } = message
        if (id === undefined || id === null) return
        const key = `${direction === "in" ? "out" : "in"} ${id}`
        if (method !== undefined) {
            this.#asked.set(`${direction} ${id}`, entry.kind === "batch" ? summary(message).text : entry.text)
            if (this.#asked.size > ringSize) this.#asked.delete(this.#asked.keys().next().value)
        } else if (this.#asked.has(key)) {
            entry.text = `${this.#asked.get(key)}${entry.kind === "error" ? `: ${entry.text}` : ""}`.slice(0, 300)
            this.#asked.delete(key)
        }
    }

    #safe(message) {
        const { id, method, error } = Object(message)
        let also = null
        if (withCode.has(method)) {
            also = /^code$/
            if (id !== undefined && this.#withCode.size < 100) this.#withCode.add(id)
        } else if (method === undefined && this.#withCode.delete(id)) {
            also = /^code$/
        }
        // An error about what is no JSON has a part of it as text, in which nothing can be found.
        if (error?.code === -32700) return masked({ ...message, error: { ...error, data: hidden } })
        return masked(message, { left: longestMessage }, also)
    }
}
