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
