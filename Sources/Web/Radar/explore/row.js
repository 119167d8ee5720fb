import { h, setText } from "../dom.js"
import { age } from "../format.js"
import { href } from "../router.js"
import { t } from "../texts.js"
import { brief, pathParts, textMeta, visible } from "./brief.js"

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
        setText(this.twist, row.isOpen === undefined ? "" : row.isOpen ? "▾" : "▸")
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
        if (row.kind === "branch") setText(this.value, t("explore.elements", { n: row.elements }))
        else setText(this.value, row.kind === "method" ? "" : brief(value, about?.meta))
    }
}

/** The age of a value; before the page has seen a change, it is at least the time since it was first seen. */
export function ageText({ since, hasChanged }) {
    const text = age(performance.now() - since)
    return hasChanged ? text : t("explore.atLeast", { age: text === "now" ? "0 s" : text })
}

function setAttribute(element, name, value) {
    if (value === null || value === undefined) {
        if (element.hasAttribute(name)) element.removeAttribute(name)
    } else if (element.getAttribute(name) !== String(value)) {
        element.setAttribute(name, value)
    }
}
