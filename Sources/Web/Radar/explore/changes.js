import { Cache } from "./cache.js"

/** When the page saw elements change. The daemon has no times of changes, so before the first one the age is a minimum. */
export class Changes {
    #known = new Cache(3000)

    /** Notes what was received: each change is an object of its own. */
    note(path, entry) {
        const known = this.#known.get(path)
        if (known?.entry === entry) return
        const now = performance.now()
        if (known) Object.assign(known, { entry, since: now, hasChanged: true })
        else this.#known.set(path, { entry, since: now, hasChanged: false })
    }

    /** { since, hasChanged }, or undefined. */
    of(path) { return this.#known.get(path) }

    clear() { this.#known.clear() }
}
