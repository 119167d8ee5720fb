import { attribute, h, oncePerFrame, setText, uniqueId } from "../dom.js"
import { brief, pathParts, textMeta, visible } from "./brief.js"
import { Rows } from "./rows.js"
import { age, number } from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"

/** One row of Explore. Its node is used for many elements, so only what differs is touched. */
export class Row {
    #path = null
    #value = Symbol("none")
    #meta = null
    #class = ""

    constructor(id) {
        this.head = h("span", { class: "cut" })
        this.tail = h("span", { class: "tail" })
        this.link = h("a", { class: "path mono", tabindex: "-1" }, this.head, this.tail)
        this.twist = h("span", { class: "twist", "aria-hidden": "true" })
        this.title = h("span", { class: "title soft cut" })
        this.value = h("span", { class: "value number cut", role: "gridcell" })
        this.kind = h("span", { class: "tag" })
        this.age = h("span", { class: "age soft number", role: "gridcell" })
        this.element = h("div", { class: "entry", role: "row", id },
            h("span", { class: "name", role: "gridcell" }, this.twist, this.link, this.title),
            this.value, h("span", { class: "kind", role: "gridcell" }, this.kind), this.age)
    }

    /** Shows a row of a source; null while it is not here. */
    show(row, index, { about, change, isActive, isShown }) {
        const { element } = this
        setAttribute(element, "aria-rowindex", index + 2)
        const state = row === null ? " is-empty" : row.kind === "branch" ? " is-branch" : ""
        const className = `entry${state}${isActive ? " is-active" : ""}${isShown ? " is-shown" : ""}`
        if (className !== this.#class) element.className = this.#class = className
        setAttribute(element, "aria-selected", row && row.kind !== "branch" ? String(isShown) : null)
        if (row === null) {
            this.#path = this.#meta = null
            this.#value = Symbol("none")
            for (const part of [this.head, this.title, this.value, this.kind, this.age]) setText(part, "")
            setText(this.tail, "…")
            return
        }
        this.#showPath(row, about)
        this.#showTree(row)
        this.#showValue(row, about)
        setText(this.age, row.kind === "state" && change ? ageText(change) : "")
    }

    #showPath(row, about) {
        const meta = about?.meta ?? null
        const key = `${row.name ?? ""}\n${row.path}`
        if (key !== this.#path) {
            this.#path = key
            const [head, tail] = row.name === undefined ? pathParts(row.path) : ["", visible(row.name, 300) || "\"\""]
            setText(this.head, head)
            // There is always room for the mark that something is left out.
            this.head.classList.toggle("is-long", head.length > 3)
            setText(this.tail, tail)
            this.link.title = visible(row.path, 1000)
            if (row.kind === "branch") this.link.removeAttribute("href")
            else this.link.href = href("element", { path: row.path })
            this.#meta = undefined
        }
        if (meta === this.#meta) return
        this.#meta = meta
        this.#value = Symbol("none")
        setText(this.title, textMeta(meta).title ?? "")
    }

    #showTree(row) {
        const { element } = this
        setAttribute(element, "aria-level", row.level)
        setAttribute(element, "aria-setsize", row.setSize)
        setAttribute(element, "aria-posinset", row.place)
        setAttribute(element, "aria-expanded", row.isOpen === undefined ? null : String(row.isOpen))
        const depth = String((row.level ?? 1) - 1)
        if (element.style.getPropertyValue("--depth") !== depth) element.style.setProperty("--depth", depth)
        this.twist.hidden = row.level === undefined
    }

    #showValue(row, about) {
        const fetchOnly = row.fetchOnly || about?.fetchOnly
        const kind = row.kind === "branch" ? "" : row.kind === "method" ? "method" : fetchOnly ? "readOnly" : "settable"
        setText(this.kind, kind === "" ? "" : t(`explore.${kind}`))
        if (this.kind.dataset.kind !== kind) this.kind.dataset.kind = kind
        const value = row.kind === "branch" ? row.elements : row.value
        if (value === this.#value) return
        this.#value = value
        setText(this.value, row.kind === "method" ? "" : row.kind === "state" ? brief(value, about?.meta)
            : t("explore.elements", { n: value, count: number(value, 0) }))
    }
}

/** The age of a value; before the page has seen a change, it is at least the time since it was first seen. */
export function ageText({ since, hasChanged }) {
    // Without a connection it is not known whether the value still holds.
    const text = age((session.isLate ? session.lateSince : performance.now()) - since)
    return hasChanged ? text : t("explore.atLeast", { age: text === "now" ? "0 s" : text })
}

function setAttribute(element, name, value) {
    if (value === null || value === undefined) {
        if (element.hasAttribute(name)) element.removeAttribute(name)
    } else if (element.getAttribute(name) !== String(value)) {
        element.setAttribute(name, value)
    }
}

/**
 * The grid of Explore: the rows of a source, with the keyboard. The focus stays on the grid itself, and names the
 * active row, so that it is not lost when a row's node is used for another element.
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

    /** Makes a row the active one, and scrolls to it. */
    reveal(index) {
        this.#rows.total = this.#source.total
        this.#activate(index)
    }

    end() { this.#rows.end() }

    #refresh() {
        const source = this.#source
        if (!source) return
        this.#rows.total = source.total
        this.#active = Math.max(0, Math.min(this.#active, source.total - 1))
        const count = source.isEstimate ? -1 : source.total + 1
        setAttribute(this.element, "aria-rowcount", count)
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
        // Rows are measured before it is known what they show.
        if (!this.#source) return
        this.#source.show(first, last)
        const paths = []
        for (let index = first; index < last; index++) {
            const row = this.#source.row(index)
            if (row && row.kind !== "branch") paths.push(row.path)
        }
        this.meta.want(paths)
        const node = this.#rows.node(this.#active)
        setAttribute(this.element, "aria-activedescendant", node?.id)
    }

    #activate(index) {
        const last = this.#source.total - 1
        this.#active = Math.max(0, Math.min(index, last))
        this.#rows.reveal(this.#active)
    }

    #pressed(event) {
        if (event.ctrlKey || event.altKey || event.metaKey || event.target !== this.element) return
        const moves = {
            ArrowDown: 1, ArrowUp: -1, PageDown: this.#rows.page, PageUp: -this.#rows.page, Home: -Infinity,
            End: Infinity,
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
