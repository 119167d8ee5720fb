// What the page knows of elements: kept for those that are seen, in bounded memory.

import { isEqual } from "../schema.js"

/** A map that forgets what was used longest ago, beyond `limit` entries. */
export class Cache {
    #entries = new Map()

    constructor(limit) { this.limit = limit }

    get size() { return this.#entries.size }

    get(key) {
        const entry = this.#entries.get(key)
        if (entry === undefined) return undefined
        this.#entries.delete(key)
        this.#entries.set(key, entry)
        return entry
    }

    set(key, entry) {
        this.#entries.delete(key)
        this.#entries.set(key, entry)
        if (this.#entries.size > this.limit) this.#entries.delete(this.#entries.keys().next().value)
    }

    delete(key) { this.#entries.delete(key) }

    clear() { this.#entries.clear() }
}

/** When the page saw elements change. The daemon has no times of changes: before the first one, an age is a minimum. */
export class Changes {
    #known = new Cache(3000)

    /** Notes what was received. Windows are sent again as a whole, so only a value that differs is a change. */
    note(path, entry) {
        const known = this.#known.get(path)
        if (known?.entry === entry) return
        const now = performance.now()
        if (known && isEqual(known.entry.value, entry.value)) known.entry = entry
        else if (known) Object.assign(known, { entry, since: now, hasChanged: true })
        else this.#known.set(path, { entry, since: now, hasChanged: false })
    }

    /** { since, hasChanged }, or undefined. */
    of(path) { return this.#known.get(path) }

    clear() { this.#known.clear() }
}

const askAfter = 60
const mostAtOnce = 200
/** Meta changes only if an owner removes an element and adds it again. What is shown for longer is asked for again. */
const freshFor = 30_000

/** The meta of the elements that are shown: asked for together, kept for those shown last. */
export class MetaCache {
    #known = new Cache(3000)
    #wanted = new Set()
    #timer = null
    #isAsking = false

    constructor(jet, onChange) {
        this.jet = jet
        this.onChange = onChange
    }

    /** What is known of an element: { meta, fetchOnly, kind }; undefined until it has arrived. */
    of(path) { return this.#known.get(path)?.about }

    /** Asks for what is not known, or no longer fresh. */
    want(paths) {
        const now = performance.now()
        for (const path of paths) {
            const known = this.#known.get(path)
            if (known && now - known.at < freshFor) continue
            if (this.#wanted.size >= 2 * mostAtOnce) this.#wanted.delete(this.#wanted.values().next().value)
            this.#wanted.add(path)
        }
        if (this.#wanted.size > 0 && this.#timer === null) this.#timer = setTimeout(() => this.#ask(), askAfter)
    }

    clear() { this.#known.clear() }

    end() {
        clearTimeout(this.#timer)
        this.#wanted.clear()
        this.onChange = () => {}
    }

    async #ask() {
        this.#timer = null
        if (this.#isAsking || this.#wanted.size === 0) return
        // What was wanted last is seen now.
        const paths = [...this.#wanted].slice(-mostAtOnce)
        this.#wanted.clear()
        this.#isAsking = true
        try {
            const entries = await this.jet.get({ path: { equalsOneOf: paths } })
            const at = performance.now()
            for (const { path, meta, fetchOnly, ...rest } of entries) {
                const kind = "value" in rest ? "state" : "method"
                this.#known.set(path, { at, about: { meta: meta ?? {}, fetchOnly: fetchOnly === true, kind } })
            }
            this.onChange()
        } catch {
            // Asked again when the rows are shown again.
        } finally {
            this.#isAsking = false
            if (this.#wanted.size > 0 && this.#timer === null) this.#timer = setTimeout(() => this.#ask(), askAfter)
        }
    }
}
