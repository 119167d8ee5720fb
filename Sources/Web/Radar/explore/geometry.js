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
