import { attribute, h, setText, uniqueId } from "../dom.js"

/**
 * A control with its label, a hint and a problem, which screen readers say with it.
 *
 * Returns the element; `element.problem = "text"` shows a problem, null removes it.
 */
export function field(label, control, { hint, hideLabel = false } = {}) {
    control.id ||= uniqueId("field")
    const problem = h("p", { class: "problem", id: `${control.id}-problem`, hidden: true })
    const help = hint ? h("p", { class: "hint", id: `${control.id}-hint` }, hint) : null
    const element = h("div", { class: "field" },
        h("label", { for: control.id, class: hideLabel && "hidden" }, label), control, help, problem)
    const describe = () => {
        const ids = [help?.id, problem.hidden ? null : problem.id].filter(Boolean)
        attribute(control, "aria-describedby", ids.join(" ") || null)
    }
    describe()
    Object.defineProperty(element, "problem", {
        set(text) {
            setText(problem, text ?? "")
            problem.hidden = !text
            attribute(control, "aria-invalid", text ? "true" : null)
            describe()
        },
    })
    return element
}

/** A choice of one of several: pairs of value and text. */
export function select(options, { value, ...properties } = {}) {
    const element = h("select", properties, options.map(([key, text]) => h("option", { value: key }, text)))
    if (value !== undefined) element.value = value
    return element
}

/** A checkbox with its text beside it: a label, whose `control` is the checkbox. */
export function check(label, { checked = false, ...properties } = {}) {
    const control = h("input", { type: "checkbox", props: { checked }, ...properties })
    return h("label", { class: "check" }, control, h("span", {}, label))
}

/** Opens a dialog with a heading; it is removed from the page when it is closed. */
export function openDialog(title, ...content) {
    const heading = h("h2", { id: uniqueId("dialog") }, title)
    const dialog = h("dialog", { "aria-labelledby": heading.id, on: { close: () => dialog.remove() } },
        heading, content)
    document.body.append(dialog)
    dialog.showModal()
    return dialog
}
