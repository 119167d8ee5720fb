// What edits objects and lists: a form made from a simple schema, or the JSON itself.

import { attribute, h, setText, uniqueId } from "../dom.js"
import { makeControl } from "./controls.js"
import { brief, visible } from "../explore/brief.js"
import { isObject, validate } from "../schema.js"
import { t } from "../texts.js"

/**
 * Parses JSON, and says where it is wrong: { value }, or { line, column, offset }. The messages of browsers differ, and
 * not all have the place.
 */
export function parse(text) {
    try {
        return { value: JSON.parse(text) }
    } catch {
        const offset = wrongAt(text)
        const before = text.slice(0, offset)
        const line = before.split("\n").length
        return { offset, line, column: offset - (before.lastIndexOf("\n") + 1) + 1 }
    }
}

const string = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`
const word = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`
/** A mark, a text, or a word or number, after white space. */
const token = new RegExp(String.raw`[ \t\n\r]*(?:([{}[\],:])|(${string})|(?:${word}))`, "y")

/** The offset of the first character that cannot stand where it is. */
function wrongAt(text) {
    const open = []
    // What may follow: a value; a value or the end of the array; a member or the end of the object; …
    let state = "value"
    token.lastIndex = 0
    for (;;) {
        const from = token.lastIndex
        const start = from + /^[ \t\n\r]*/.exec(text.slice(from, from + 100_000))[0].length
        const found = token.exec(text)
        if (!found) return Math.min(start, text.length)
        const [, mark, string] = found
        if (state === "end") return start
        if (state === "value" || state === "first") {
            if (mark === "{") { open.push("}"); state = "member" }
            else if (mark === "[") { open.push("]"); state = "first" }
            else if (mark === "]" && state === "first") { open.pop(); state = "after" }
            else if (mark) return start
            else state = "after"
        } else if (state === "member" || state === "name") {
            if (string !== undefined) state = "colon"
            else if (mark === "}" && state === "member") { open.pop(); state = "after" }
            else return start
        } else if (state === "colon") {
            if (mark !== ":") return start
            state = "value"
        } else {
            if (mark === "," && open.length > 0) state = open.at(-1) === "}" ? "name" : "value"
            else if (mark !== undefined && mark === open.at(-1)) open.pop()
            else return start
        }
        if (open.length === 0 && state === "after") state = "end"
    }
}

/**
 * The form for an object, made from its schema. With `onlyChanged`, `read` returns the members that the user has
 * changed: owners whose schema requires no member take each alone.
 */
export function formControl(kind, value, options) {
    const members = kind.members.map(member => memberOf(member, value, options))
    const all = options.onlyChanged && !options.isDisabled && kind.isPartial && members.some(member => member.control)
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
    const shown = kind.type !== "switch" || initial !== undefined || isRequired ? kind
        : { ...kind, type: "choice", values: [true, false] }
    const control = makeControl({ ...shown, isMember: true, isRequired }, initial, {
        label: isRequired ? t("element.required", { label }) : label, isDisabled: options.isDisabled,
        onInput: options.onInput, isOptional: !isRequired, rows: 3,
    })
    const write = object => { if (!control.isDirty) control.write(own(object)) }
    return { name, isRequired, element: control.element, control, write }
}

/** Adds a member, whatever its name is. */
function define(object, name, value) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Longer values are shown, but not edited here, in characters. */
const longest = 200_000
const checkAfter = 300
const mostProblems = 8

/** A text field for any JSON, which says where it is wrong, and how it does not satisfy the schema. */
export function jsonControl(kind, value, options) {
    const id = uniqueId("json")
    const list = h("ul", { class: "problems", id: `${id}-problems` })
    const place = h("span", { class: "soft number" })
    const area = h("textarea", {
        class: "mono json", id, rows: options.rows ?? 8, spellcheck: "false", autocapitalize: "off",
        "aria-describedby": list.id, disabled: options.isDisabled, dir: "ltr",
    })
    const quiet = (text, click) => h("button", { class: "quiet small", type: "button", on: { click } }, text)
    const format = quiet(t("element.format"), () => tidy())
    let isTooLong = false
    let timer = null

    const show = (problems, isWrong = problems.length > 0) => {
        list.replaceChildren(...problems.slice(0, mostProblems).map(({ at, problem, offset }) => h("li", {},
            at ? h("code", {}, at) : null, at ? " " : null, problem,
            offset !== undefined && quiet(t("element.goThere"), () => select(offset)))))
        const more = problems.length - mostProblems
        if (more > 0) list.append(h("li", {}, t("element.moreProblems", { n: more })))
        attribute(area, "aria-invalid", isWrong ? "true" : null)
    }
    const select = offset => {
        area.focus()
        area.setSelectionRange(offset, Math.min(offset + 1, area.value.length))
    }
    const check = () => {
        if (area.value.trim() === "" && options.isOptional) return show([]), { isEmpty: true }
        const parsed = parse(area.value)
        if (!("value" in parsed)) {
            const problem = t("element.syntax", parsed)
            show([{ at: "", problem, offset: parsed.offset }])
            return { problem }
        }
        const problems = kind.schema === undefined || kind.schema === true ? [] : validate(kind.schema, parsed.value)
        show(problems)
        return problems.length > 0 ? { value: parsed.value, problem: t("element.schemaProblem") } : parsed
    }
    const tidy = () => {
        const parsed = parse(area.value)
        if ("value" in parsed) area.value = JSON.stringify(parsed.value, null, 2)
        check()
    }
    const control = {
        isDirty: false, isLive: false,
        element: h("div", { class: "field" },
            h("div", { class: "row spread" },
                h("label", { for: id, class: options.hideLabel && "hidden" }, options.label),
                h("span", { class: "row" }, place, format)),
            area, options.hint && h("p", { class: "hint" }, options.hint), list),
        read: () => (isTooLong ? { problem: t("element.tooLong", { n: longest }) } : check()),
        write: next => {
            const text = next === undefined ? "" : JSON.stringify(next, null, 2)
            isTooLong = text.length > longest
            area.value = isTooLong ? t("element.tooLong", { n: longest }) : text
            area.readOnly = isTooLong
            show([])
        },
        problem: text => show(text ? [{ at: "", problem: text }] : []),
        focus: () => area.focus(),
    }
    area.addEventListener("input", () => {
        control.isDirty = true
        clearTimeout(timer)
        timer = setTimeout(check, checkAfter)
        options.onInput?.()
    })
    const showPlace = () => {
        const before = area.value.slice(0, Math.min(area.selectionStart, longest))
        const column = before.length - before.lastIndexOf("\n")
        setText(place, t("element.place", { line: before.split("\n").length, column }))
    }
    for (const event of ["keyup", "click", "focus"]) area.addEventListener(event, showPlace)
    control.write(value)
    return control
}
