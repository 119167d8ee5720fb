import { clock } from "../chart/draw.js"
import { h } from "../dom.js"
import { brief } from "../explore/brief.js"
import { t } from "../texts.js"

const most = 20

/** What this page has asked an element for, and what came of it, the latest first. */
export class Log {
    constructor(meta, headingLevel) {
        this.meta = meta
        this.list = h("ol", { class: "log" })
        this.element = h("section", { class: "card", hidden: true }, h(`h${headingLevel}`, {}, t("element.log")), this.list)
    }

    /** Adds a line for what is asked; returns the function that says what came of it. */
    add(asked) {
        this.element.hidden = false
        const tag = h("span", { class: "tag" }, t("element.outcome.asking"))
        const text = h("span", { class: "grow" }, asked)
        this.list.prepend(h("li", {}, h("time", { class: "soft number" }, clock(Date.now())), text, tag))
        while (this.list.childElementCount > most) this.list.lastElementChild.remove()
        return (kind, more) => {
            tag.textContent = t(`element.outcome.${kind}`)
            tag.className = `tag ${{ taken: "good", adjusted: "warn", refused: "bad" }[kind] ?? ""}`
            text.textContent = more ? `${asked} – ${more}` : asked
        }
    }

    /** A value as the log shows it. */
    show(value) { return brief(value, this.meta, 120) }
}
