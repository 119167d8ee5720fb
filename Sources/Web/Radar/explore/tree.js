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

    /** The row of a path, counted from the first row of the level; null if it is not loaded or not open. */
    find(path) {
        for (const [page, branches] of this.pages) {
            const place = branches.findIndex(branch => branch.path === path)
            if (place >= 0) return this.rowOf(page * pageSize + place)
        }
        for (const { level, index } of this.open.values()) {
            const row = path.startsWith(level.prefix) ? level.find(path) : null
            if (row !== null) return this.rowOf(index) + 1 + row
        }
        return null
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

const interval = 0.5
const fetchAfter = 200
const refreshEvery = 3000
const mostLeaves = 300
const deepest = 50
const longestPath = 2000

/** The prefixes of the branches that a path is below: of a/b/c, those are a/ and a/b/. */
export function prefixesOf(path) {
    const slashes = [...path.slice(0, longestPath).matchAll(/\//g)].slice(0, deepest)
    return slashes.map(({ index }) => path.slice(0, index + 1)).filter(prefix => prefix !== path)
}

/** Which branches are open; kept while the page is open. */
const openPrefixes = new Set()

/** The rows of the tree: levels are asked for when they are opened, values of what is seen are fetched. */
export class TreeSource {
    isEstimate = false
    isLoading = true
    error = null
    /** False if the daemon does not know `branches`. */
    isSupported = true
    #root = new Level("")
    #asked = new Set()
    #seen = { first: 0, last: 0 }
    #fetch = null
    #fetched = ""
    #values = new Map()
    #timer = null
    #refresher
    #elements = null

    /** `path`: the element whose branches are opened first. */
    constructor(jet, changes, onChange, path = "") {
        this.jet = jet
        this.changes = changes
        this.onChange = onChange
        for (const prefix of prefixesOf(path)) openPrefixes.add(prefix)
        this.#ask(this.#root, 0)
        this.#refresher = setInterval(() => this.#refresh(), refreshEvery)
    }

    get total() { return this.#root.rows }

    /** Whether branches are still being loaded. */
    get isAsking() { return this.#asked.size > 0 }

    /** The row of a path; null if it is not loaded or not open. */
    find(path) { return this.#root.find(path) }

    /** A row from 0: see ListSource; with `name`, `level`, `isOpen` (undefined if nothing is below) and `elements`. */
    row(index) {
        const found = this.#root.locate(index)
        const branch = found?.level.branch(found.index)
        if (!branch) return null
        const below = prefixBelow(branch)
        const known = this.#values.get(branch.path)
        return {
            path: branch.path, name: branch.name, kind: branch.kind ?? "branch", elements: branch.elements,
            value: known?.value, fetchOnly: known?.fetchOnly === true, level: found.level.depth + 1,
            isOpen: below === null ? undefined : found.level.open.has(branch.name),
            setSize: found.level.total, place: found.index + 1,
        }
    }

    /** Rows from `first` to before `last` are seen now. */
    show(first, last) {
        this.#seen = { first, last }
        for (let row = first; row < last; row++) {
            const found = this.#root.locate(row)
            if (found && !found.level.branch(found.index)) this.#ask(found.level, Math.floor(found.index / pageSize))
        }
        this.#timer ??= setTimeout(() => { this.#timer = null; this.#fetchLeaves() }, fetchAfter)
    }

    /** Opens or closes the branch of a row. */
    toggle(row, isOpen) {
        const found = this.#root.locate(row)
        const branch = found?.level.branch(found.index)
        const below = branch ? prefixBelow(branch) : null
        if (below === null || found.level.open.has(branch.name) === isOpen) return
        if (isOpen) {
            this.#open(found.level, branch, found.index)
        } else {
            found.level.open.delete(branch.name)
            openPrefixes.delete(below)
        }
        this.onChange()
    }

    /** The row of the branch that a row is below; null at the top. */
    parentOf(row) {
        for (let above = row - 1, level = this.row(row)?.level; above >= 0; ) {
            const found = this.#root.locate(above)
            if (!found) return null
            if (found.level.depth + 1 < level) return above
            above -= found.level.depth + 1 === level ? Math.max(1, found.index) : 1
        }
        return null
    }

    /** There is another connection: what is on the bus may differ. */
    reopened() {
        this.#elements = 0
        this.#refresh()
    }

    end() {
        clearTimeout(this.#timer)
        clearInterval(this.#refresher)
        this.onChange = () => {}
        this.#fetch?.end().catch(() => {})
    }

    #open(level, branch, index) {
        const below = prefixBelow(branch)
        const inner = new Level(below, level.depth + 1)
        level.open.set(branch.name, { level: inner, index })
        openPrefixes.add(below)
        this.#ask(inner, 0)
    }

    async #ask(level, page) {
        const key = `${page} ${level.prefix}`
        if (this.#asked.has(key)) return
        this.#asked.add(key)
        try {
            const answer = await this.jet.branches(level.prefix, page * pageSize + 1, (page + 1) * pageSize)
            if (answer === null) {
                this.isSupported = false
            } else {
                level.take(page, answer)
                answer.branches.forEach((branch, place) => {
                    const below = prefixBelow(branch)
                    if (below === null || !openPrefixes.has(below) || level.depth > deepest) return
                    if (!level.open.has(branch.name)) this.#open(level, branch, page * pageSize + place)
                })
            }
            this.error = null
        } catch (error) {
            this.error = error
        } finally {
            this.#asked.delete(key)
            this.isLoading = false
            this.onChange()
        }
    }

    /** Asks again for the pages that are seen, if elements have come or gone since. */
    async #refresh() {
        if (document.hidden) return
        if (this.error) return this.#ask(this.#root, 0)
        const info = await this.jet.request("info").catch(() => null)
        const elements = info?.statistics?.elements
        if (elements === undefined || elements === this.#elements) return
        const isFirst = this.#elements === null
        this.#elements = elements
        if (isFirst) return
        const pages = new Map()
        for (let row = this.#seen.first; row < this.#seen.last; row++) {
            const found = this.#root.locate(row)
            if (!found) break
            const page = Math.floor(found.index / pageSize)
            pages.set(`${page} ${found.level.prefix}`, [found.level, page])
        }
        for (const [level, page] of pages.values()) this.#ask(level, page)
    }

    #fetchLeaves() {
        const paths = []
        for (let index = this.#seen.first; index < this.#seen.last && paths.length < mostLeaves; index++) {
            const row = this.row(index)
            if (row?.kind === "state") paths.push(row.path)
        }
        const key = JSON.stringify(paths)
        if (key === this.#fetched) return
        this.#fetched = key
        const before = this.#fetch
        const kept = this.#values
        this.#values = new Map(paths.filter((path) => kept.has(path)).map((path) => [path, kept.get(path)]))
        const values = this.#values
        this.#fetch = paths.length === 0 ? null : this.jet.fetch({ path: { equalsOneOf: paths } }, (notification) => {
            if (this.#values !== values) return
            const { path, event, value } = notification
            if (event === "remove") {
                values.delete(path)
            } else {
                values.set(path, { value, fetchOnly: notification.fetchOnly ?? values.get(path)?.fetchOnly })
                this.changes.note(path, notification)
            }
            this.onChange()
        }, { interval })
        before?.end().catch(() => {})
    }
}
