import { h, setText } from "../dom.js"
import { brief, visible } from "../explore/brief.js"
import { isObject } from "../schema.js"
import { t } from "../texts.js"
import { makeControl } from "./controls.js"

/**
 * The form for an object, made from its schema. With `onlyChanged`, `read` returns the members that the user has changed:
 * owners whose schema requires no member take each alone.
 */
export function formControl(kind, value, options) {
    const members = kind.members.map(member => memberOf(member, value, options))
    const all = options.onlyChanged && kind.isPartial && members.some(member => member.control)
        ? h("input", { type: "checkbox" }) : null
    const problem = h("p", { class: "problem", hidden: true })
    const element = h("fieldset", { class: "form", disabled: options.isDisabled },
        h("legend", { class: options.hideLabel && "hidden" }, options.label),
        members.length === 0 && h("p", { class: "soft" }, t("element.noArguments")),
        members.map(member => member.element), problem,
        all && h("label", { class: "check soft" }, all, h("span", {}, t("element.sendAll"))))

    const form = {
        element, isLive: false,
        get isDirty() { return members.some(member => member.control?.isDirty) },
        set isDirty(isDirty) { for (const member of members) if (member.control) member.control.isDirty = isDirty },
        read: () => {
            const onlyChanged = options.onlyChanged && kind.isPartial && !all?.checked
            const object = {}
            for (const { name, isRequired, control } of members) {
                if (!control || (onlyChanged && !control.isDirty)) continue
                const result = control.read()
                if (result.problem) {
                    control.problem(result.problem)
                    control.focus()
                    return { problem: t("element.formProblem", { name }) }
                }
                if ("value" in result) define(object, name, result.value)
                else if (isRequired) {
                    control.problem(t("element.problem.required"))
                    control.focus()
                    return { problem: t("element.formProblem", { name }) }
                }
            }
            if (onlyChanged && Object.keys(object).length === 0) return { problem: t("element.nothingChanged") }
            return options.isOptional && Object.keys(object).length === 0 ? { isEmpty: true } : { value: object }
        },
        write: next => { for (const member of members) member.write(isObject(next) ? next : {}) },
        problem: text => { setText(problem, text ?? ""); problem.hidden = !text },
        /** Shows the problems of the schema at the members they are about; returns the others. */
        problems: list => list.filter(({ at, problem }) => {
            const member = members.find(({ name }) => at === name || at.startsWith(`${name}.`))
            member?.control?.problem(problem)
            return !member?.control
        }),
        focus: () => members.find(member => member.control)?.control.focus(),
    }
    return form
}

/** A member with the control that edits it, or with its value if it cannot be set. */
function memberOf({ name, isRequired, kind }, value, options) {
    const label = visible(kind.title ?? name, 100)
    const own = object => (isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined)
    if (kind.isReadOnly) {
        const shown = h("span", { class: "soft" }, brief(own(value), {}, 100) || "–")
        const element = h("div", { class: "field inline" }, h("span", { class: "label" }, label),
            h("span", { class: "row" }, shown, h("span", { class: "tag" }, t("explore.readOnly"))))
        return { name, element, control: null, write: object => setText(shown, brief(own(object), {}, 100) || "–") }
    }
    const initial = own(value) ?? kind.initial
    // A switch cannot show that a member is absent.
    const shown = kind.type === "switch" && initial === undefined && !isRequired ? { ...kind, type: "choice", values: [true, false] } : kind
    const control = makeControl({ ...shown, isMember: true, isRequired }, initial, {
        label: isRequired ? t("element.required", { label }) : label, isDisabled: options.isDisabled, onInput: options.onInput,
        isOptional: !isRequired, rows: 3,
    })
    return { name, isRequired, element: control.element, control, write: object => { if (!control.isDirty) control.write(own(object)) } }
}

/** Adds a member, whatever its name is. */
function define(object, name, value) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
