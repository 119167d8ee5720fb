import { attribute, h, setText, uniqueId } from "../dom.js"
import { validate } from "../schema.js"
import { t } from "../texts.js"
import { parse } from "./syntax.js"

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
        class: "mono json", id, rows: options.rows ?? 8, spellcheck: "false", autocapitalize: "off", "aria-describedby": list.id,
        disabled: options.isDisabled, dir: "ltr",
    })
    const format = h("button", { class: "quiet small", type: "button", on: { click: () => tidy() } }, t("element.format"))
    let isTooLong = false
    let timer = null

    const show = (problems, isWrong = problems.length > 0) => {
        list.replaceChildren(...problems.slice(0, mostProblems).map(({ at, problem, offset }) => h("li", {},
            offset === undefined ? null
                : h("button", { class: "quiet small", type: "button", on: { click: () => select(offset) } }, t("element.goThere")),
            at ? h("code", {}, at) : null, at ? " " : null, problem)))
        if (problems.length > mostProblems) list.append(h("li", {}, t("element.moreProblems", { n: problems.length - mostProblems })))
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
            h("div", { class: "row spread" }, h("label", { for: id, class: options.hideLabel && "hidden" }, options.label),
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
        setText(place, t("element.place", { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") }))
    }
    for (const event of ["keyup", "click", "focus"]) area.addEventListener(event, showPlace)
    control.write(value)
    return control
}
