import { Cache } from "./cache.js"

const askAfter = 60
const mostAtOnce = 200
/** Meta changes only if an owner removes an element and adds it again, so what is shown for longer is asked for again. */
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
