import { attribute, h, setText, uniqueId } from "../dom.js"
import { brief, visible } from "../explore/brief.js"
import { number } from "../format.js"
import { isEqual } from "../schema.js"
import { t } from "../texts.js"
import { field } from "../widgets/field.js"
import { fromHex, toHex } from "./kind.js"
import { formControl, jsonControl } from "./objects.js"

/**
 * Makes the control for a kind (see editorKind).
 *
 * Returns { element, read(), write(value), problem(text), isDirty, isLive }. `read` returns { value }, { isEmpty } or
 * { problem }. `onCommit(value)` is called by controls that act at once (`isLive`), `onInput()` by all.
 */
export function makeControl(kind, value, options) {
    const make = {
        number: numberControl, slider: sliderControl, switch: switchControl, choice: choiceControl, text: textControl,
        color: colorControl, datetime: dateControl, const: constControl, form: formControl, json: jsonControl,
    }[kind.type]
    return make(kind, value, { hint: kind.hint && visible(kind.hint), ...options })
}

/** A control of one input. */
function simple(input, { label, hint, hideLabel, isDisabled, onInput }, parts) {
    const element = field(label, input, { hint, hideLabel })
    attribute(input, "disabled", isDisabled)
    const control = {
        element, isDirty: false, isLive: false,
        problem: text => { element.problem = text },
        focus: () => input.focus(),
        ...parts,
    }
    input.addEventListener("input", () => {
        control.isDirty = true
        element.problem = null
        onInput?.()
    })
    return control
}

function numberInput(kind) {
    return h("input", {
        type: "number", class: "number", inputmode: kind.isInteger && !(kind.min < 0) ? "numeric" : "decimal",
        step: kind.step ?? (kind.isInteger ? 1 : "any"), min: kind.min, max: kind.max,
    })
}

function readNumber(input, kind) {
    if (input.validity.badInput) return { problem: t("element.problem.number") }
    if (input.value === "") return kind.mayBeNull && kind.isRequired ? { value: null } : { isEmpty: true }
    const value = input.valueAsNumber
    if (!Number.isFinite(value)) return { problem: t("element.problem.number") }
    if (kind.isInteger && !Number.isInteger(value)) return { problem: t("element.problem.integer") }
    if (kind.min !== undefined && value < kind.min) return { problem: t("element.problem.minimum", { n: kind.min }) }
    if (kind.max !== undefined && value > kind.max) return { problem: t("element.problem.maximum", { n: kind.max }) }
    return { value }
}

function rangeHint(kind) {
    const unit = kind.unit ? ` ${kind.unit}` : ""
    const [min, max] = [kind.min, kind.max].map(bound => (bound === undefined ? undefined : number(bound, 6)))
    if (min !== undefined && max !== undefined) return t("element.fromTo", { min, max: `${max}${unit}` })
    if (min !== undefined) return t("element.from", { min: `${min}${unit}` })
    if (max !== undefined) return t("element.to", { max: `${max}${unit}` })
    return kind.unit
}

const shownNumber = value => (typeof value === "number" && Number.isFinite(value) ? String(value) : "")

function numberControl(kind, value, options) {
    const input = numberInput(kind)
    const control = simple(input, { ...options, hint: options.hint ?? rangeHint(kind) }, {
        read: () => readNumber(input, kind),
        write: next => { input.value = shownNumber(next) },
    })
    control.write(value)
    return control
}

function sliderControl(kind, value, options) {
    const input = numberInput(kind)
    const range = h("input", {
        type: "range", min: kind.min, max: kind.max, step: kind.step ?? niceStep(kind.max - kind.min),
        "aria-label": options.label, disabled: options.isDisabled,
    })
    const control = simple(input, { ...options, hint: options.hint ?? rangeHint(kind) }, {
        isLive: true,
        read: () => readNumber(input, kind),
        write: next => { input.value = shownNumber(next); range.value = typeof next === "number" ? next : kind.min },
    })
    range.addEventListener("input", () => {
        input.value = range.value
        control.isDirty = true
        control.problem(null)
        options.onInput?.()
        options.onCommit?.(Number(range.value))
    })
    input.addEventListener("input", () => { if (input.value !== "") range.value = input.value })
    input.addEventListener("change", () => commit(control, options))
    const row = h("div", { class: "slider" })
    input.replaceWith(row)
    row.append(range, input)
    control.write(value)
    return control
}

function niceStep(span) {
    const power = 10 ** Math.floor(Math.log10(span / 100))
    return span / power > 500 ? power * 5 : power
}

/** Acts at once where there is no button. In a form, a problem shown on leaving a field would move the button away. */
function commit(control, options) {
    if (!options.onCommit) return
    const result = control.read()
    if (result.problem) control.problem(result.problem)
    else if ("value" in result) options.onCommit?.(result.value)
}

function switchControl(kind, value, options) {
    const input = h("input", {
        type: "checkbox", role: "switch", class: "switch", id: uniqueId("switch"), disabled: options.isDisabled,
    })
    const state = h("span", { class: "soft", "aria-hidden": "true" })
    const labels = kind.labels ?? [t("element.off"), t("element.on")]
    const show = () => setText(state, labels[input.checked ? 1 : 0])
    const control = {
        element: h("div", { class: "field inline" },
            h("label", { for: input.id, class: options.hideLabel && "hidden" }, options.label),
            h("span", { class: "row" }, input, state)),
        isDirty: false, isLive: true,
        read: () => ({ value: input.checked }),
        write: next => { input.checked = next === true; show() },
        problem: () => {}, focus: () => input.focus(),
    }
    input.addEventListener("change", () => {
        control.isDirty = true
        show()
        options.onInput?.()
        options.onCommit?.(input.checked)
    })
    control.write(value)
    return control
}

function choiceControl(kind, value, options) {
    const values = [...kind.values]
    const input = h("select", {})
    const fillIn = present => {
        const option = (place, each) => h("option", { value: place }, each === undefined ? "–" : brief(each, {}, 100))
        const list = values.map((each, place) => option(place, each))
        const known = values.findIndex(each => isEqual(each, present))
        // A value that is not among the choices, or none, is shown as it is.
        if (known < 0) list.unshift(option(-1, present))
        input.replaceChildren(...list)
        input.value = String(known)
    }
    const control = simple(input, options, {
        isLive: true,
        read: () => (input.value === "-1" ? { isEmpty: true } : { value: values[Number(input.value)] }),
        write: fillIn,
    })
    input.addEventListener("change", () => commit(control, options))
    control.write(value)
    return control
}

function textControl(kind, value, options) {
    const isLong = typeof value === "string" && (value.length > 80 || value.includes("\n"))
    const input = isLong ? h("textarea", { rows: 4 })
        : h("input", { type: kind.isSecret ? "password" : "text", autocomplete: "off" })
    Object.assign(input, { spellcheck: false, dir: "auto" })
    const limit = 100_000
    let isTooLong = false
    const control = simple(input, options, {
        read: () => {
            if (isTooLong) return { problem: t("element.tooLong", { n: limit }) }
            if (input.value !== "" || kind.isRequired || !kind.isMember) return { value: input.value }
            return kind.mayBeNull ? { value: null } : { isEmpty: true }
        },
        write: next => {
            isTooLong = typeof next === "string" && next.length > limit
            input.value = typeof next === "string" ? next.slice(0, limit) : ""
        },
    })
    control.write(value)
    return control
}

function colorControl(kind, value, options) {
    const input = h("input", { type: "color" })
    const control = simple(input, options, {
        isLive: true,
        read: () => ({ value: fromHex(input.value, kind.style) }),
        write: next => { input.value = toHex(next, kind.style) ?? "#000000" },
    })
    input.addEventListener("input", () => options.onCommit?.(fromHex(input.value, kind.style)))
    control.write(value)
    return control
}

function dateControl(kind, value, options) {
    const input = h("input", { type: "datetime-local", step: "1" })
    const control = simple(input, { ...options, hint: options.hint ?? t("element.localTime") }, {
        read: () => {
            const date = new Date(input.value)
            if (input.value === "") return { isEmpty: true }
            return Number.isNaN(date.getTime()) ? { problem: t("element.problem.date") } : { value: date.toISOString() }
        },
        write: next => {
            const date = new Date(next ?? NaN)
            const local = new Date(date.getTime() - date.getTimezoneOffset() * 60000)
            input.value = Number.isNaN(date.getTime()) ? "" : local.toISOString().slice(0, 19)
        },
    })
    control.write(value)
    return control
}

function constControl(kind, value, { label }) {
    const element = h("div", { class: "field" },
        h("span", { class: "label" }, label), h("span", { class: "soft" }, brief(kind.value, {}, 100)))
    const ignore = () => {}
    const read = () => ({ value: kind.value })
    return { element, isDirty: false, read, write: ignore, problem: ignore, focus: ignore }
}
