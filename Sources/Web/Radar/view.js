import { session } from "./session.js"

/**
 * A view of the page: a custom element that fetches while it is shown.
 *
 * `show(params)` is called when it appears, and again when its address changes while it is there. What `keep` is given
 * is ended when it disappears.
 */
export class View extends HTMLElement {
    #kept = []

    get jet() { return session.jet }

    connectedCallback() { this.start?.() }

    disconnectedCallback() {
        for (const end of this.#kept.splice(0)) end()
        this.stop?.()
    }

    /** Keeps a fetch or a window (with `end`), or a function that ends something, until the view disappears. */
    keep(thing) {
        this.#kept.push(typeof thing === "function" ? thing : () => { thing.end()?.catch(() => {}) })
        return thing
    }

    /** Ends something that was kept, before the view disappears. */
    release(thing) {
        thing?.end()?.catch(() => {})
    }

    /** Listens to an event of the session, the window or an element while the view is shown. */
    listen(target, event, listener, options) {
        target.addEventListener(event, listener, options)
        this.#kept.push(() => target.removeEventListener(event, listener, options))
    }
}
