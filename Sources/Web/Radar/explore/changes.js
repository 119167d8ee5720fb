import { isEqual } from "../schema.js"
import { Cache } from "./cache.js"

/** When the page saw elements change. The daemon has no times of changes, so before the first one the age is a minimum. */
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
