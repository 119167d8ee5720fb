import { classify } from "./classify.js"

/** How long an element whose owner is gone stays on the page, in milliseconds. */
const staleFor = 60_000
/** How many elements of each area stay so, at most: the others go at once. */
const mostStale = 50
/** How many metas are asked for at once. */
const metaBatch = 500

/**
 * What Home shows: a window of the daemon for each part of the tree, so that a flood of elements costs a bounded amount
 * of memory and traffic, however many there are. What is in no known part is looked at too, up to a limit.
 */
export const areas = [
    { prefix: "system/", max: 80 },
    { prefix: "cpu/", max: 20 },
    { prefix: "sensors/", max: 160 },
    { prefix: "thermal/", max: 40 },
    { prefix: "power/", max: 24 },
    { prefix: "storage/", max: 80 },
    { prefix: "network/", max: 200 },
    { prefix: "led/", max: 200 },
    { prefix: "services/", max: 200 },
    { prefix: "settings/net/", max: 60 },
    { prefix: "devices/", max: 1000 },
]
const others = { max: 200, interval: 2 }

/** The rule of what is in none of the areas. */
export function ruleOfOthers() { return { unmatch: [...areas.map((area) => `^${area.prefix}`), "^agent/",
    "^settings/"] } }

/**
 * The elements of Home, kept up to date.
 *
 * `items`: by path, `{path, value, fetchOnly, meta, is, changedAt, goneAt, isForeign}`. `is` is what `classify` says;
 * `changedAt` and `goneAt` are moments of performance.now(). An element whose owner is gone stays for a minute, with
 * `goneAt`.
 */
export class Source {
    items = new Map()
    #jet
    #changed
    #windows = []
    #unknown = new Set()
    #isAsking = false
    #timer
    #ended = false

    /** Fetches what Home shows, and calls `changed` after each message that has changed something. */
    constructor(jet, changed) {
        this.#jet = jet
        this.#changed = changed
        jet.batch(() => {
            for (const area of areas) this.#open(area, { path: { startsWith: area.prefix } })
            this.#open(others, ruleOfOthers())
        })
        this.onOpen = () => { for (const path of this.items.keys()) this.#unknown.add(path); this.#ask() }
        jet.addEventListener("open", this.onOpen)
        this.#timer = setInterval(() => this.#forget(), 5000)
    }

    /** Ends all fetches. */
    async end() {
        this.#ended = true
        clearInterval(this.#timer)
        this.#jet.removeEventListener("open", this.onOpen)
        await Promise.allSettled(this.#windows.map((window) => window.end()))
    }

    /** The value at a path; undefined if there is none. */
    value(path) { return this.items.get(path)?.value }

    /** How many elements are in the daemon that the window of a prefix does not show; 0 if that is not known. */
    hidden(prefix) {
        const area = areas.find((area) => area.prefix === prefix) ?? others
        return Math.max(0, (area.window?.total ?? 0) - area.max)
    }

    #open(area, rule) {
        const window = this.#jet.window(
            { ...rule, sort: { byPath: true, from: 1, to: area.max } }, (window) => this.#take(area, window),
            { interval: area.interval ?? 1 })
        area.window = window
        area.paths = new Set()
        window.started?.catch(() => {})
        this.#windows.push(window)
    }

    #take(area, window) {
        if (this.#ended) return
        const now = performance.now()
        const present = new Set()
        for (const entry of window.entries) {
            present.add(entry.path)
            this.#put(entry, now, area === others)
        }
        // What left a full window may still be on the bus.
        let places = window.entries.length >= area.max ? 0 : mostStale
        for (const path of area.paths) {
            if (present.has(path)) continue
            const item = this.items.get(path)
            if (!item || places === 0) {
                this.items.delete(path)
                area.paths.delete(path)
            } else {
                item.goneAt ??= now
                places -= 1
            }
        }
        for (const path of present) area.paths.add(path)
        this.#ask()
        this.#changed()
    }

    #put(entry, now, isForeign) {
        const item = this.items.get(entry.path)
        if (!item) {
            const meta = entry.meta
            const made = { path: entry.path, value: entry.value, fetchOnly: entry.fetchOnly === true,
                meta: meta ?? null,
                is: null, changedAt: now, goneAt: null, isForeign }
            if (meta) made.is = classify(made)
            else this.#unknown.add(entry.path)
            this.items.set(entry.path, made)
            return
        }
        if (item.goneAt !== null) {
            item.goneAt = null
            this.#unknown.add(entry.path)
        }
        item.fetchOnly = entry.fetchOnly === true
        if (item.value === entry.value) return
        const isOtherKind = typeof item.value !== typeof entry.value || (item.value === null) !== (entry.value === null)
        item.value = entry.value
        item.changedAt = now
        // What a value is, can depend on its shape.
        if (item.meta && (isOtherKind || typeof item.value === "object")) item.is = classify(item)
    }

    /** Asks for the metas of elements that are new: notifications of windows do not have them. */
    async #ask() {
        if (this.#isAsking || this.#unknown.size === 0 || this.#ended || this.#jet.state !== "open") return
        this.#isAsking = true
        const paths = [...this.#unknown].slice(0, metaBatch)
        for (const path of paths) this.#unknown.delete(path)
        try {
            const entries = await this.#jet.get({ path: { equalsOneOf: paths } })
            const metas = new Map(entries.map((entry) => [entry.path, entry.meta ?? {}]))
            for (const path of paths) this.#describe(path, metas.get(path))
            this.#changed()
        } catch {
            // The next connection asks again; until then what is there is judged by its path and its value.
            for (const path of paths) this.#describe(path, undefined)
        } finally {
            this.#isAsking = false
        }
        this.#ask()
    }

    #describe(path, meta) {
        const item = this.items.get(path)
        if (!item) return
        item.meta = meta ?? item.meta ?? {}
        item.is = classify(item)
    }

    #forget() {
        const now = performance.now()
        let isChanged = false
        for (const [path, item] of this.items) {
            if (item.goneAt === null || now - item.goneAt < staleFor) continue
            this.items.delete(path)
            isChanged = true
        }
        if (isChanged) this.#changed()
    }
}
