import { fill, h } from "../dom.js"
import { t } from "../texts.js"
import { check, field, select } from "../widgets/field.js"
import { button } from "../widgets/parts.js"
import { emptyForm, pathPredicates, sortTypes, types, valuePredicates } from "./rule.js"

const named = names => names.map(name => [name, t(`builder.predicates.${name}`)])
const typed = names => names.map(name => [name, t(`builder.types.${name}`)])

/**
 * The form of a rule. `form` is what it shows; `onChange` is called after each change that the user makes.
 */
export class RuleForm extends HTMLElement {
    #form = emptyForm()
    /** The elements that can show a problem, by the place that `ruleOf` and `controlAt` name. */
    #places = new Map()
    onChange = () => {}

    get form() { return this.#form }

    set form(form) {
        this.#form = form
        this.#draw()
    }

    /** Shows texts at places, and removes those that were shown before. Returns whether there is a place for all. */
    showProblems(problems) {
        for (const element of this.#places.values()) element.problem = null
        let isComplete = true
        for (const { at, text } of problems) {
            const element = this.#places.get(at)
            if (element) element.problem = text
            else isComplete = false
        }
        return isComplete
    }

    #draw() {
        this.#places.clear()
        const form = this.#form
        fill(this,
            this.#rows("path", "path", pathPredicates,
                this.#check("caseInsensitive", form, t("builder.caseInsensitive"))),
            this.#rows("value", "value", valuePredicates),
            this.#rows("fields", "field", valuePredicates),
            this.#sort(),
            h("fieldset", {}, h("legend", {}, t("builder.bounds")), h("div", { class: "pair" },
                ["max", "interval"].map(name => this.#place(name, field(t(`builder.${name}`),
                    this.#input(name, form, { inputmode: "decimal" }), { hint: t(`builder.${name}Hint`) }))))),
            Object.keys(form.rest).length > 0 && h("details", {},
                h("summary", {}, t("builder.rest", { names: Object.keys(form.rest).join(", ").slice(0, 200) })),
                h("p", { class: "soft" }, t("builder.restHint")),
                h("pre", { class: "scroll" }, JSON.stringify(form.rest, null, 2).slice(0, 4000))))
    }

    #place(at, element) {
        this.#places.set(at, element)
        return element
    }

    #input(name, part, properties = {}) {
        return h("input", {
            type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "none", ...properties,
            props: { value: part[name] },
            on: { input: event => { part[name] = event.target.value; this.onChange() } },
        })
    }

    #check(name, part, label) {
        return check(label, {
            checked: part[name], on: { change: event => { part[name] = event.target.checked; this.onChange() } },
        })
    }

    /** A choice; `then` shows what depends on it. The control itself stays, so that one can type on in it. */
    #choice(options, name, part, then = () => {}) {
        return select(options, {
            value: part[name], on: {
                change: event => {
                    part[name] = event.target.value
                    then()
                    this.onChange()
                },
            },
        })
    }

    #rows(member, place, predicates, ...more) {
        const rows = this.#form[member]
        const add = () => {
            const used = new Set(member === "fields" ? [] : rows.map(row => row.predicate))
            const predicate = Object.keys(predicates).find(name => !used.has(name)) ?? Object.keys(predicates)[0]
            rows.push({ ...(member === "fields" && { field: "" }), predicate, operand: "" })
            this.#draw()
            const added = this.querySelectorAll(`[data-member=${member}] .rule`)[rows.length - 1]
            added.querySelector("input, select").focus()
            this.onChange()
        }
        return h("fieldset", { data: { member } },
            h("legend", {}, t(`builder.${member}`)),
            rows.length === 0 && h("p", { class: "soft" }, t(`builder.no.${member}`)),
            rows.map((row, index) => this.#row(rows, index, member, `${place}#${index}`, predicates)),
            h("div", { class: "row" }, button(t(`builder.add.${member}`), add, { class: "quiet" }), more))
    }

    #row(rows, index, member, at, predicates) {
        const row = rows[index]
        const number = { n: index + 1 }
        const remove = () => {
            rows.splice(index, 1)
            this.#draw()
            this.querySelector(`[data-member=${member}] > .row button`).focus()
            this.onChange()
        }
        let box = this.#operand(row, number, at, predicates)
        const changed = () => {
            const before = box
            box = this.#operand(row, number, at, predicates)
            before.replaceWith(box)
        }
        return h("div", { class: "rule" },
            member === "fields" && field(t("builder.field", number),
                this.#input("field", row, { placeholder: t("builder.fieldExample") }), { hideLabel: true }),
            field(t("builder.predicate", number),
                this.#choice(named(Object.keys(predicates)), "predicate", row, changed), { hideLabel: true }),
            box, button("×", remove, { class: "quiet", "aria-label": t("builder.remove", number) }))
    }

    #operand(row, number, at, predicates) {
        const kind = predicates[row.predicate]
        const operand = kind === "type" ? this.#choice(typed(types), "operand", row)
            : kind === "list" ? h("textarea", {
                rows: 3, spellcheck: "false", props: { value: row.operand },
                on: { input: event => { row.operand = event.target.value; this.onChange() } },
            }) : this.#input("operand", row)
        if (kind === "type" && !types.includes(row.operand)) row.operand = operand.value = types[0]
        return this.#place(at,
            field(t("builder.operand", number), operand, { hideLabel: true, hint: t(`builder.hints.${kind}`) }))
    }

    #sort() {
        const details = h("div", { class: "stack" })
        const show = () => {
            const { sort } = this.#form
            fill(details, sort && this.#sortDetails(sort))
            details.hidden = sort === null
        }
        const turn = event => {
            const sort = { by: "path", type: "number", field: "", descending: false, from: "", to: "" }
            this.#form.sort = event.target.checked ? sort : null
            show()
            this.onChange()
        }
        show()
        return h("fieldset", {}, h("legend", {}, t("builder.sort")),
            check(t("builder.sorted"), { checked: this.#form.sort !== null, on: { change: turn } }), details)
    }

    #sortDetails(sort) {
        const by = ["path", "value", "field"].map(name => [name, t(`builder.by.${name}`)])
        const type = field(t("builder.type"), this.#choice(typed(sortTypes), "type", sort))
        const member = this.#place("sort.byValueField", field(t("builder.sortField"),
            this.#input("field", sort, { placeholder: t("builder.fieldExample") })))
        const show = () => {
            type.hidden = sort.by === "path"
            member.hidden = sort.by !== "field"
        }
        show()
        return [
            h("div", { class: "pair" }, field(t("builder.sortBy"), this.#choice(by, "by", sort, show)), type), member,
            this.#check("descending", sort, t("builder.descending")),
            h("div", { class: "pair" }, [["from", "1"], ["to", "10"]].map(([name, placeholder]) =>
                this.#place(`sort.${name}`, field(t(`builder.${name}`),
                    this.#input(name, sort, { inputmode: "numeric", placeholder }))))),
        ]
    }
}

customElements.define("radar-rule-form", RuleForm)
