import { attribute, h, oncePerFrame } from "../dom.js"
import { Geometry } from "./geometry.js"

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
