import { whyNot } from "../access.js"
import { announce, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { session } from "../session.js"

/** The place of a card where it says why something has failed. */
export function problemPlace() { return h("p", { class: "problem", hidden: true }) }

/** Shows a problem, or takes it away. */
export function showProblem(place, text) {
    setText(place, text ?? "")
    place.hidden = !text
    if (text) announce(text)
}

/** Does something with the bus: the button waits meanwhile, and `place` says why it failed. Returns whether it worked. */
export async function act(button, place, body) {
    showProblem(place, null)
    button?.setAttribute("aria-busy", "true")
    try {
        await body(session.jet)
        return true
    } catch (error) {
        showProblem(place, explain(error))
        return false
    } finally {
        button?.removeAttribute("aria-busy")
    }
}

/** Enables a control, or disables it with the reason, which is its title and its description. */
export function allow(control, item) {
    const reason = !item || item.goneAt !== null ? "" : whyNot(item)
    const isOff = reason !== null
    if (control.disabled !== isOff) control.disabled = isOff
    const title = reason || null
    if (control.getAttribute("title") !== title) {
        if (title === null) control.removeAttribute("title")
        else control.setAttribute("title", title)
    }
    return reason
}

/** Why none of these elements can be set or called, if that is so of all and for the same reason; else an empty text. */
export function commonReason(items) {
    const reasons = new Set(items.filter((item) => item && item.goneAt === null).map((item) => whyNot(item)))
    return reasons.size === 1 ? [...reasons][0] ?? "" : ""
}
