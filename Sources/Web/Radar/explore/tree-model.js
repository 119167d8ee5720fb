// The tree of paths as rows, without work for rows that are not seen: a level knows how many rows it has, and which of
// them are open.

/** How many branches are asked for at once. */
export const pageSize = 500

/** One level of the tree: what follows a prefix. */
export class Level {
    /** Null until the daemon has told. */
    total = null
    pages = new Map()
    /** The levels that are open below this one, by the name of the branch: { level, index }. */
    open = new Map()

    constructor(prefix, depth = 0) {
        this.prefix = prefix
        this.depth = depth
    }

    /** How many rows the level and those open below it have. A level that is being loaded has one. */
    get rows() {
        let count = this.total ?? 1
        for (const { level } of this.open.values()) count += level.rows
        return count
    }

    /** The branch at a place; undefined while it is not loaded. */
    branch(index) { return this.pages.get(Math.floor(index / pageSize))?.[index % pageSize] }

    /** Takes a page of branches, as the daemon has sent it. */
    take(page, { total, branches }) {
        this.total = total
        this.pages.set(page, branches)
        for (const number of this.pages.keys()) if (number * pageSize >= total) this.pages.delete(number)
        const names = new Map(branches.map((branch, place) => [branch.name, page * pageSize + place]))
        for (const [name, opened] of this.open) {
            const index = names.get(name)
            const wasHere = Math.floor(opened.index / pageSize) === page
            if (index !== undefined) opened.index = index
            else if (wasHere || opened.index >= total) this.open.delete(name)
        }
    }

    /** Where a row is: { level, index }; null beyond the last one. */
    locate(row) {
        let before = 0
        const opened = [...this.open.values()].sort((a, b) => a.index - b.index)
        for (const { level, index } of opened) {
            // Rows of this level up to the branch that is open.
            const end = before + index + 1
            if (row < end) return { level: this, index: row - before }
            const inside = level.rows
            if (row < end + inside) return level.locate(row - end)
            before += inside
        }
        const index = row - before
        return index < (this.total ?? 1) ? { level: this, index } : null
    }

    /** The row of a place of this level, counted from the first row of the level. */
    rowOf(index) {
        let row = index
        for (const opened of this.open.values()) if (opened.index < index) row += opened.level.rows
        return row
    }
}

/** The prefix of what is below a branch; null if there is nothing below. */
export function prefixBelow({ path, elements, kind }) {
    if (kind === undefined) return path
    return elements > 1 ? `${path}/` : null
}
