// Which paths change most, counted over a time. Nothing here touches the page.

/** How many elements a sample watches at most, how many names it counts, and how many it shows. */
export const mostElements = 5000
export const mostNames = 10000
export const mostShown = 50

/** Counts the changes of paths, or of all paths that begin with the same parts. */
export class Sample {
    #counts = new Map()
    elements = 0
    changes = 0
    /** Changes of paths that were not counted, since there were too many names. */
    others = 0

    /** `parts`: how many parts of the path make a name; 0 for all. */
    constructor(parts = 0) { this.parts = parts }

    add({ event, path }) {
        if (event === "add") this.elements += 1
        if (event !== "change") return
        this.changes += 1
        const name = this.parts > 0 ? path.split("/", this.parts).join("/") : path
        const count = this.#counts.get(name)
        if (count === undefined && this.#counts.size >= mostNames) this.others += 1
        else this.#counts.set(name, (count ?? 0) + 1)
    }

    /** The names that have changed most, with the changes per second and the part of all changes. */
    busiest(seconds, most = mostShown) {
        const time = Math.max(seconds, 0.001)
        return [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most)
            .map(([name, count]) => ({ name, count, rate: count / time, share: count / this.changes }))
    }
}
