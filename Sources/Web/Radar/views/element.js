import { fill, h } from "../dom.js"
import { ElementPane } from "../element/pane.js"
import { lastHref } from "../router.js"
import { t } from "../texts.js"
import { View } from "../view.js"

/** The name of the view's element. */
export const name = "radar-element"

customElements.define(name, class extends View {
    #pane = null

    stop() { this.#pane?.end() }

    show({ path = "" }) {
        if (this.#pane?.path === path) return
        this.#pane?.end()
        this.#pane = new ElementPane(this.jet, path)
        fill(this, h("p", { class: "back" }, h("a", { href: lastHref("explore", { path }) }, t("element.back"))), this.#pane.element)
    }
})
