import { attribute, h, oncePerFrame } from "../dom.js"

/** Browsers do not lay out elements that are much higher than this, in pixels. */
const highest = 12_000_000

/**
 * Where the rows of a list are. A list that is higher than a browser can lay out is scaled: its scrollbar then moves by
 * more than the pixels it is moved by, and rows still have their height.
 */
export class Geometry {
    constructor(rowHeight = 36) {
        this.rowHeight = rowHeight
        this.total = 0
        this.viewport = 0
    }

    /** The height that is scrolled over. */
    get height() { return Math.min(highest, this.total * this.rowHeight) }

    get isScaled() { return this.total * this.rowHeight > highest }

    /** How many rows are seen at most. */
    get visible() { return Math.ceil(this.viewport / this.rowHeight) + 1 }

    /** How many whole rows are seen. */
    get page() { return Math.max(1, Math.floor(this.viewport / this.rowHeight)) }

    /** The first row at a place of the scrollbar, as a fraction. */
    first(scrollTop) {
        if (!this.isScaled) return scrollTop / this.rowHeight
        const most = this.height - this.viewport
        const rows = this.total - this.viewport / this.rowHeight
        return most <= 0 ? 0 : (Math.min(scrollTop, most) / most) * rows
    }

    /** The rows that are seen, from 0; `last` is beyond them. */
    range(scrollTop) {
        const first = Math.max(0, Math.min(Math.floor(this.first(scrollTop)), this.total - 1))
        return { first, last: Math.min(this.total, first + this.visible) }
    }

    /** How far from the top a row is drawn. */
    offset(index, scrollTop) {
        if (!this.isScaled) return index * this.rowHeight
        return Math.round(scrollTop + (index - this.first(scrollTop)) * this.rowHeight)
    }

    /** Where the scrollbar must be for a row to be seen whole; the present place if it is. */
    reveal(index, scrollTop) {
        const first = this.first(scrollTop)
        const rows = this.viewport / this.rowHeight
        if (index >= first - 0.001 && index + 1 <= first + rows + 0.001) return scrollTop
        const target = index < first ? index : index + 1 - rows
        return this.place(Math.max(0, target))
    }

    /** Where the scrollbar is if this row is the first one. */
    place(first) {
        if (!this.isScaled) return first * this.rowHeight
        const rows = this.total - this.viewport / this.rowHeight
        return (Math.min(first, rows) / rows) * (this.height - this.viewport)
    }
}

/**
 * A list of rows of one height that makes nodes only for those that are seen, and uses them again.
 *
 * `makeRow()` returns { element, update(index) }; `onRange(first, last)` says which rows are seen.
 */
export class Rows {
    #pool = []
    #geometry = new Geometry()
    #observer

    constructor({ makeRow, onRange }) {
        this.makeRow = makeRow
        this.onRange = onRange
        this.space = h("div", { class: "rows-space", role: "presentation" })
        this.element = h("div", { class: "rows", role: "rowgroup", tabindex: "-1" }, this.space)
        this.ask = oncePerFrame(() => this.#draw())
        this.element.addEventListener("scroll", this.ask, { passive: true })
        this.#observer = new ResizeObserver(() => { this.#measure(); this.ask() })
        this.#observer.observe(this.element)
    }

    get total() { return this.#geometry.total }

    set total(total) {
        if (total === this.#geometry.total) return
        this.#geometry.total = total
        this.space.style.setProperty("height", `${this.#geometry.height}px`)
        this.ask()
    }

    /** How many rows a page has. */
    get page() { return this.#geometry.page }

    /** The node of a row that is seen; undefined for others. */
    node(index) { return this.#pool.find((row) => row.index === index)?.element }

    /** Scrolls so that a row is seen. */
    reveal(index) {
        const top = this.#geometry.reveal(index, this.element.scrollTop)
        if (top !== this.element.scrollTop) this.element.scrollTop = top
        this.#draw()
    }

    scrollToTop() { this.element.scrollTop = 0 }

    end() { this.#observer.disconnect() }

    #measure() {
        const height = parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height")) || 36
        this.#geometry.viewport = this.element.clientHeight
        if (height === this.#geometry.rowHeight) return
        this.#geometry.rowHeight = height
        this.space.style.setProperty("height", `${this.#geometry.height}px`)
    }

    #draw() {
        if (this.#geometry.viewport === 0) this.#measure()
        const scrollTop = this.element.scrollTop
        const { first, last } = this.#geometry.range(scrollTop)
        const size = Math.max(this.#pool.length, last - first)
        while (this.#pool.length < size) {
            const row = this.makeRow(this.#pool.length)
            this.#pool.push({ ...row, index: -1, top: -1 })
            this.space.append(row.element)
        }
        for (let place = 0; place < size; place++) {
            // A row keeps its node while it is seen.
            const index = first + ((place - first) % size + size) % size
            this.#place(this.#pool[place], index < last ? index : -1, scrollTop)
        }
        this.onRange(first, last)
    }

    #place(row, index, scrollTop) {
        if (index < 0) {
            if (row.index >= 0) attribute(row.element, "hidden", true)
            row.index = -1
            return
        }
        const top = this.#geometry.offset(index, scrollTop)
        if (row.index < 0) attribute(row.element, "hidden", false)
        if (row.top !== top || row.index < 0) row.element.style.setProperty("transform", `translateY(${top}px)`)
        row.top = top
        row.index = index
        row.update(index)
    }
}
