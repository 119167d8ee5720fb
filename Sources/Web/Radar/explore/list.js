/** More elements are not asked for at once. */
const mostElements = 20_000
/** What a rule may name. */
const mostPaths = 16_000
const mostBytes = 400_000

/** The paths of all Methods; null if there are too many elements to find out. */
export async function methodPaths(jet) {
    const info = await jet.request("info").catch(() => null)
    if (!(info?.statistics?.elements <= mostElements)) return null
    const entries = await jet.get({})
    const paths = entries.filter(entry => !("value" in entry)).map(entry => entry.path)
    const bytes = paths.reduce((sum, path) => sum + path.length * 3 + 3, 0)
    return paths.length <= mostPaths && bytes <= mostBytes ? paths : null
}

/** The value types that a rule can tell apart. */
export const valueTypes = ["number", "string", "boolean", "object"]

/** The rule for what is searched and chosen. */
export function ruleFor(find, type, methods) {
    const path = {}
    if (find) Object.assign(path, { contains: find, caseInsensitive: true })
    if (type === "method") path.equalsOneOf = methods
    if (type === "state") path.equalsNotOneOf = methods
    const rule = Object.keys(path).length > 0 ? { path } : {}
    if (valueTypes.includes(type)) rule.value = { isType: type }
    return rule
}

/** Rows beside those that are seen; more if a daemon makes the whole window again for each move. */
const overscan = { moved: 20, remade: 120 }
const interval = 0.5
/** How long a window that was moved is waited for before it is moved again, in milliseconds. */
const moveAfter = 1500
const countEvery = 5000

/**
 * The rows of the flat list: a window of the elements that satisfy a rule, in the daemon, around what is seen.
 *
 * `onChange` is called after each change. `total` is how many rows there are; it is an estimate if the daemon does not
 * tell (`isEstimate`).
 */
export class ListSource {
    total = 0
    isEstimate = false
    isLoading = true
    error = null
    #window
    #byIndex = new Map()
    #timer = null
    #wanted = null
    #movedAt = 0
    #counter = null

    constructor(jet, rule, changes, onChange) {
        this.jet = jet
        this.isAll = Object.keys(rule).length === 0
        this.changes = changes
        this.onChange = onChange
        const first = { ...rule, sort: { byPath: true, from: 1, to: 60 } }
        this.#window = jet.window(first, () => this.#receive(), { interval })
        this.#window.started.catch((error) => {
            if (error.key === "connectionClosed") return
            this.error = error
            this.isLoading = false
            this.onChange()
        })
        if (!this.isAll) return
        this.#counter = setInterval(() => this.#count(), countEvery)
        this.#count()
    }

    /** A row from 0: { path, name, value, kind }; null while it is not here. */
    row(index) {
        const entry = this.#byIndex.get(index)
        if (!entry) return null
        const kind = "value" in entry ? "state" : "method"
        return { path: entry.path, value: entry.value, kind, fetchOnly: entry.fetchOnly === true }
    }

    /** Rows from `first` to before `last` are seen now. */
    show(first, last) {
        const beside = this.jet.info?.features?.moveWindow ? overscan.moved : overscan.remade
        const from = Math.max(1, first + 1 - beside)
        this.#wanted = { from, to: Math.max(last, first + 20) + beside, first: first + 1, last }
        this.#move()
    }

    end() {
        clearTimeout(this.#timer)
        clearInterval(this.#counter)
        this.onChange = () => {}
        this.#window.end().catch(() => {})
    }

    #move() {
        const { from, to, first, last } = this.#wanted
        const window = this.#window
        const isInside = window.from <= first && window.to >= last && window.to - window.from <= 2 * (to - from)
        if (isInside || this.#timer !== null) return
        const rest = window.isCurrent ? 0 : moveAfter - (performance.now() - this.#movedAt)
        if (rest > 0) {
            this.#timer = setTimeout(() => { this.#timer = null; this.#move() }, rest)
            return
        }
        this.#movedAt = performance.now()
        window.move(from, to)
    }

    /** There is another connection: jet.js has asked for the window again. */
    reopened() {}

    #receive() {
        const window = this.#window
        if (window.isCurrent) {
            clearTimeout(this.#timer)
            this.#timer = null
        }
        this.#byIndex.clear()
        for (const entry of window.entries) {
            this.#byIndex.set(entry.index - 1, entry)
            this.changes.note(entry.path, entry)
        }
        this.isLoading = false
        this.error = null
        this.#estimate(window)
        this.onChange()
    }

    #estimate(window) {
        this.isEstimate = false
        if (window.total !== null) {
            this.total = window.total
        } else if (window.isCurrent) {
            const seen = window.from - 1 + window.entries.length
            const isEnd = window.entries.length < window.to - window.from + 1
            if (isEnd && window.entries.length > 0) this.total = seen
            else if (isEnd && window.from === 1) this.total = 0
            else if (isEnd) this.total = Math.min(this.total, window.from - 1)
            else if (!this.isAll || this.total < seen) this.total = Math.max(this.total, seen + 200)
            this.isEstimate = !isEnd && !this.isAll
        }
    }

    /** Without totals, the statistics of the daemon say how many elements there are in all. */
    #count() {
        if (this.#window.total !== null || document.hidden) return
        this.jet.request("info").then((info) => {
            const count = info?.statistics?.elements
            if (!Number.isInteger(count) || this.#window.total !== null || count === this.total) return
            this.total = count
            this.onChange()
        }, () => {})
    }
}
