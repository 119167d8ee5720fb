import { setText } from "../dom.js"
import { age } from "../format.js"

/** The ages in the page, all updated by one timer, which runs while there is one and the page can be seen. */
const shown = new Set()
let timer = null

function tick() {
    if (document.hidden) return
    const now = performance.now()
    for (const element of shown) element.update(now)
}

/** How long ago something was: `since` is a moment of performance.now(), or null if it is not known. */
class Age extends HTMLElement {
    #since = null

    get since() { return this.#since }

    set since(moment) {
        this.#since = moment ?? null
        if (this.isConnected) this.update()
    }

    connectedCallback() {
        shown.add(this)
        timer ??= setInterval(tick, 1000)
        this.update()
    }

    disconnectedCallback() {
        shown.delete(this)
        if (shown.size > 0) return
        clearInterval(timer)
        timer = null
    }

    update(now = performance.now()) {
        setText(this, this.#since === null ? "" : age(Math.max(0, now - this.#since)))
    }
}

customElements.define("radar-age", Age)
document.addEventListener("visibilitychange", tick)
