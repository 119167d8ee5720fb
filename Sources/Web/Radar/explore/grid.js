import { attribute, h, oncePerFrame, uniqueId } from "../dom.js"
import { t } from "../texts.js"
import { Row } from "./row.js"
import { Rows } from "./rows.js"

/**
 * The grid of Explore: the rows of a source, with the keyboard. The focus stays on the grid itself, and names the active row,
 * so that it is not lost when a row's node is used for another element.
 */
export class Grid {
    #rows
    #active = 0
    /** The path of the active row: it stays active when rows before it come or go. */
    #source = null
    #isTree = false
    #prefix = uniqueId("row")

    constructor({ meta, changes, onOpen }) {
        this.meta = meta
        this.changes = changes
        this.onOpen = onOpen
        this.shownPath = null
        this.#rows = new Rows({
            makeRow: place => {
                const row = new Row(`${this.#prefix}-${place}`)
                return { element: row.element, update: index => this.#update(row, index) }
            },
            onRange: (first, last) => this.#shown(first, last),
        })
        const names = ["path", "value", "kind", "age"]
        this.element = h("div", { class: "grid", tabindex: "0", role: "grid", "aria-label": t("explore.grid") },
            h("div", { class: "head", role: "row", "aria-rowindex": "1" },
                names.map(name => h("span", { class: name, role: "columnheader" }, t(`explore.column.${name}`)))),
            this.#rows.element)
        this.element.addEventListener("keydown", event => this.#pressed(event))
        this.element.addEventListener("click", event => this.#clicked(event))
        this.refresh = oncePerFrame(() => this.#refresh())
    }

    /** The rows of another source. */
    show(source, isTree) {
        this.#source = source
        this.#isTree = isTree
        this.#active = 0
        attribute(this.element, "role", isTree ? "treegrid" : "grid")
        this.element.classList.toggle("is-tree", isTree)
        this.#rows.scrollToTop()
        this.refresh()
    }

    focus() { this.element.focus() }

    end() { this.#rows.end() }

    #refresh() {
        const source = this.#source
        if (!source) return
        this.#rows.total = source.total
        this.#active = Math.max(0, Math.min(this.#active, source.total - 1))
        const count = source.isEstimate ? -1 : source.total + 1
        if (this.element.getAttribute("aria-rowcount") !== String(count)) attribute(this.element, "aria-rowcount", count)
        this.#rows.ask()
    }

    #update(row, index) {
        const shown = this.#source.row(index)
        row.show(shown, index, {
            about: shown && shown.kind !== "branch" ? this.meta.of(shown.path) : undefined,
            change: shown ? this.changes.of(shown.path) : undefined,
            isActive: index === this.#active, isShown: shown !== null && shown.path === this.shownPath,
        })
    }

    #shown(first, last) {
        this.#source.show(first, last)
        const paths = []
        for (let index = first; index < last; index++) {
            const row = this.#source.row(index)
            if (row && row.kind !== "branch") paths.push(row.path)
        }
        this.meta.want(paths)
        const node = this.#rows.node(this.#active)
        if (this.element.getAttribute("aria-activedescendant") !== (node?.id ?? null)) {
            attribute(this.element, "aria-activedescendant", node?.id)
        }
    }

    #activate(index) {
        const last = this.#source.total - 1
        this.#active = Math.max(0, Math.min(index, last))
        this.#rows.reveal(this.#active)
    }

    #pressed(event) {
        if (event.ctrlKey || event.altKey || event.metaKey || event.target !== this.element) return
        const moves = {
            ArrowDown: 1, ArrowUp: -1, PageDown: this.#rows.page, PageUp: -this.#rows.page, Home: -Infinity, End: Infinity,
        }
        if (Object.hasOwn(moves, event.key)) this.#activate(this.#active + moves[event.key])
        else if (event.key === "Enter" || event.key === " ") this.#openRow(this.#active)
        else if (this.#isTree && event.key === "ArrowRight") this.#expand()
        else if (this.#isTree && event.key === "ArrowLeft") this.#collapse()
        else return
        event.preventDefault()
    }

    #expand() {
        const row = this.#source.row(this.#active)
        if (row?.isOpen === false) this.#source.toggle(this.#active, true)
        else if (row?.isOpen) this.#activate(this.#active + 1)
    }

    #collapse() {
        const row = this.#source.row(this.#active)
        const parent = row?.isOpen ? null : this.#source.parentOf(this.#active)
        if (row?.isOpen) this.#source.toggle(this.#active, false)
        else if (parent !== null) this.#activate(parent)
    }

    #openRow(index) {
        const row = this.#source.row(index)
        if (!row) return
        if (row.kind === "branch") this.#source.toggle(index, !row.isOpen)
        else this.onOpen(row.path)
    }

    #clicked(event) {
        const node = event.target.closest(".entry")
        if (!node || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        const index = Number(node.getAttribute("aria-rowindex")) - 2
        this.#active = index
        const isTwist = event.target.classList.contains("twist")
        const row = this.#source.row(index)
        if (isTwist && row?.isOpen !== undefined) this.#source.toggle(index, !row.isOpen)
        else this.#openRow(index)
        this.refresh()
    }
}
