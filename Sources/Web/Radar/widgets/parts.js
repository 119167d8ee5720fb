import { announce, h } from "../dom.js"
import { t } from "../texts.js"

/** A button with what it does. */
export function button(text, click, properties = {}) {
    return h("button", { type: "button", ...properties, on: { click } }, text)
}

/** A part of the page that scrolls, and can be scrolled with the keyboard. */
export function region(tag, label, properties = {}, ...children) {
    return h(tag, { tabindex: "0", role: "group", "aria-label": label, ...properties }, children)
}

/** A group of buttons of which one is pressed: pairs of key and text. `press(key)` shows which. */
export function choices(label, pairs, choose) {
    const buttons = pairs.map(([key, text]) => button(text, () => choose(key), { class: "quiet", data: { key } }))
    const element = h("div", { class: "row", role: "group", "aria-label": label }, buttons)
    element.press = key => {
        for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.key === key))
    }
    return element
}

/** Makes `rows` the children of an element, and touches only those that are not in their place. */
export function place(parent, rows) {
    for (const [index, row] of rows.entries()) {
        if (parent.children[index] !== row) parent.insertBefore(row, parent.children[index] ?? null)
    }
    while (parent.children.length > rows.length) parent.lastChild.remove()
}

/** Rows by key: those that exist are used again, those that are not used any more are forgotten. */
export class Rows {
    #rows = new Map()

    /** The rows of entries; `make` makes a new one, `update` shows an entry in its row. */
    of(entries, keyOf, make, update = () => {}) {
        const rows = new Map()
        for (const entry of entries) {
            const key = keyOf(entry)
            const row = this.#rows.get(key) ?? make(entry)
            update(row, entry)
            rows.set(key, row)
        }
        this.#rows = rows
        return [...rows.values()]
    }
}

/** Copies a text that an element shows. Without TLS browsers have no clipboard for scripts: then it is selected. */
export async function copyFrom(element, text = element.textContent) {
    try {
        await navigator.clipboard.writeText(text)
        announce(t("shell.copied"))
    } catch {
        getSelection().selectAllChildren(element)
        element.focus()
        announce(t("shell.selected"))
    }
}
