import { RuleForm } from "../builder/form.js"
import { RuleResult } from "../builder/result.js"
import { addressOf, controlAt, formOf, ignoredPredicates, parseRule, ruleOf } from "../builder/rule.js"
import { javascriptProgram, jetCommand, pythonProgram, swiftProgram } from "../builder/snippets.js"
import { announce, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { noteParams } from "../router.js"
import { t } from "../texts.js"
import { View } from "../view.js"
import { field } from "../widgets/field.js"
import { button, choices, copyFrom, region } from "../widgets/parts.js"

/** The name of the view's element. */
export const name = "radar-builder"

/** How long the user must not type before the rule is sent, in milliseconds. */
const pause = 400
const languages = ["jet", "swift", "javascript", "python"]

customElements.define(name, class extends View {
    #rule = {}
    #noted = undefined
    #timer = null
    #language = "jet"
    #form = new RuleForm()
    #result = new RuleResult()
    #problem = h("div", { class: "note bad", hidden: true })
    #json = h("textarea", {
        class: "mono", rows: 8, spellcheck: "false", autocomplete: "off", autocapitalize: "none",
        on: { input: () => this.#typed() },
    })
    #jsonField = field(t("builder.json"), this.#json, { hint: t("builder.jsonHint") })
    #code = region("pre", t("builder.program"), { class: "scroll code" })
    #tabs = choices(t("builder.copyAs"), languages.map(name => [name, t(`builder.languages.${name}`)]), language => {
        this.#language = language
        this.#showProgram()
    })

    start() {
        this.#form.onChange = () => this.#edited()
        this.#result.onError = error => this.#answered(error)
        const card = (title, ...content) =>
            h("section", { class: "card stack", "aria-label": title }, h("h2", {}, title), content)
        const copy = () => { if (this.#program() !== null) copyFrom(this.#code, this.#program()) }
        this.append(
            h("div", { class: "row spread" },
                h("div", {}, h("h1", {}, t("builder.title")), h("p", { class: "soft" }, t("builder.intro"))),
                button(t("builder.clear"), () => this.#set({}))),
            h("div", { class: "halves" },
                h("div", { class: "stack" }, card(t("builder.rule"), this.#form),
                    h("section", { class: "card stack", "aria-label": t("builder.json") }, this.#jsonField)),
                h("div", { class: "stack" }, card(t("builder.result"), this.#problem, this.#result),
                    card(t("builder.copyAs"),
                        h("div", { class: "row spread" }, this.#tabs, button(t("shell.copy"), copy)),
                        this.#code, h("p", { class: "soft" }, t("builder.programHint"))))))
    }

    stop() { clearTimeout(this.#timer) }

    show({ rule: json } = {}) {
        if (json !== undefined && json === this.#noted) return
        const { rule, problem } = parseRule(json ?? "{}")
        if (problem === undefined) this.#set(rule)
        else {
            this.#json.value = json
            this.#typed()
        }
    }

    /** Shows a rule everywhere. */
    #set(rule) {
        this.#form.form = formOf(rule)
        this.#json.value = JSON.stringify(rule, null, 2)
        this.#warn(rule)
        this.#use(rule, 0)
    }

    /** The form was edited: the JSON follows. */
    #edited() {
        const { rule, problems } = ruleOf(this.#form.form)
        this.#json.value = JSON.stringify(rule, null, 2)
        this.#warn(rule)
        this.#form.showProblems(problems.map(({ at, problem }) => ({ at, text: t(`builder.problems.${problem}`) })))
        if (problems.length === 0) this.#use(rule)
        else this.#hold()
    }

    /** The JSON was edited: the form follows. */
    #typed() {
        const { rule, problem } = parseRule(this.#json.value)
        if (problem !== undefined) {
            this.#jsonField.problem = t("builder.noObject", { problem })
            this.#hold()
            return
        }
        this.#warn(rule)
        this.#form.form = formOf(rule)
        this.#use(rule)
    }

    #warn(rule) {
        const names = ignoredPredicates(rule)
        this.#jsonField.problem = names.length ? t("builder.ignored", { names: names.join(", ").slice(0, 200) }) : null
    }

    /** The rule cannot be used: what is shown is the result of the last one that could. */
    #hold() {
        clearTimeout(this.#timer)
        this.#say(t("builder.held"))
    }

    #use(rule, after = pause) {
        this.#rule = rule
        this.#showProgram()
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => {
            this.#say(null)
            this.#noted = addressOf(rule)
            noteParams("builder", { rule: this.#noted })
            this.#result.start(rule)
        }, after)
    }

    /** The daemon has answered: a bad rule is shown at its place in the form. */
    #answered(error) {
        if (error === null) {
            this.#say(null)
            return
        }
        const bad = error.key === "badRule" ? Object(error.data.badRule) : null
        const at = bad && controlAt(String(bad.at), this.#form.form)
        if (at) this.#form.showProblems([{ at, text: String(bad.reason).slice(0, 300) }])
        else if (bad) this.#jsonField.problem = explain(error)
        this.#say(explain(error))
    }

    #say(text) {
        if (text !== null && this.#problem.textContent !== text) announce(text)
        this.#problem.hidden = text === null
        setText(this.#problem, text ?? "")
    }

    #program() {
        if (this.#language === "swift") return swiftProgram(this.#rule)
        if (this.#language === "javascript") return javascriptProgram(this.#rule)
        if (this.#language === "python") return pythonProgram(this.#rule)
        return jetCommand(this.#rule, { bounds: t("builder.noBounds"), sort: t("builder.onceOnly") })
    }

    #showProgram() {
        this.#tabs.press(this.#language)
        const program = this.#program()
        this.#code.classList.toggle("soft", program === null)
        setText(this.#code, program ?? t("builder.noCommand"))
    }
})
