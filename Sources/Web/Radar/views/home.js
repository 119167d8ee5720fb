import { h } from "../dom.js"
import { View } from "../view.js"

/** The name of the view's element. */
export const name = "radar-home"

customElements.define(name, class extends View {
    start() { this.append(h("h1", {}, "home")) }
})
