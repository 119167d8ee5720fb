// What edits elements, for all views, by their meta and their JSON schema.

import { whyNot } from "./access.js"
import { announce, h, setText } from "./dom.js"
import { makeControl } from "./editors/controls.js"
import { colorStyle, editorKind } from "./editors/kind.js"
import { explain } from "./errors.js"
import { isObject, schemaOf, typeOf, validate } from "./schema.js"
import { t } from "./texts.js"

/**
 * The editor of a State by its meta, as an element: `element.update(entry)` shows another value. `onSet(value)` returns
 * a promise; it may resolve with a text about what came of it.
 */
export function editorFor(entry, options) {
    const editor = new Editor(entry, options)
    return Object.assign(editor.element, { editor, update: next => editor.update(next), end: () => editor.end() })
}

/** The form of a Method by its schema. `onCall(args)` returns a promise. */
export function methodForm(entry, options) { return new MethodForm(entry, options).element }

/** How long a control shows what was asked for after the owner has answered, until it shows the value again. */
const settleAfter = 700
/** The kinds of controls that are shown, disabled, for what this page may not set. */
const shownDisabled = ["slider", "switch", "choice", "color", "form"]

/**
 * The editor of a State: { element, control, reason, update(entry), end() }. What can only be read has no control, or
 * one that is disabled, and `reason` says why. `onSet(value)` returns a promise; until it is settled the
 * editor shows what was asked for, and afterwards what the State is.
 */
export class Editor {
    #entry
    #isAsking = false
    #next = undefined
    #timer = null

    constructor(entry, { onSet, label }) {
        this.#entry = entry
        this.onSet = onSet
        this.reason = whyNot(entry)
        const kind = editorKind(entry.meta, entry.value)
        this.type = typeIn(entry)
        this.status = h("span", { class: "soft status-line" })
        this.element = form(event => this.#submit(event))
        const isWorthShowing = this.reason === null || shownDisabled.includes(kind.type)
        if (!isWorthShowing) return
        if (this.reason !== null) this.element.append(h("p", { class: "note" }, this.reason))
        this.control = makeControl(kind, entry.value, {
            label: label ?? t("element.value"), hideLabel: kind.type === "form", isDisabled: this.reason !== null,
            onlyChanged: true,
            onInput: () => this.#typed(), onCommit: value => this.#ask(value),
        })
        this.element.append(this.control.element)
        if (this.reason !== null) return
        this.button = h("button", { class: "primary" }, t("element.set"))
        const reset = () => this.#reset()
        this.reset = h("button", { type: "button", hidden: true, on: { click: reset } }, t("element.reset"))
        const button = this.control.isLive ? null : this.button
        if (this.control.isLive) setText(this.status, t("element.atOnce"))
        this.element.append(h("div", { class: "row" }, button, this.reset, this.status))
    }

    /** Whether the editor fits what the element is now. */
    fits(entry) {
        const { meta, fetchOnly } = this.#entry
        return entry.meta === meta && entry.fetchOnly === fetchOnly && typeIn(entry) === this.type
    }

    update(entry) {
        const before = this.#entry
        this.#entry = entry
        if (!this.control || this.#isAsking || this.#timer !== null || entry.value === before.value) return
        if (!this.control.isDirty) this.control.write(entry.value)
        else if (!this.control.isLive) setText(this.status, t("element.changedMeanwhile"))
    }

    end() { clearTimeout(this.#timer) }

    #typed() {
        if (!this.control.isLive) this.reset.hidden = false
        setText(this.status, "")
    }

    #reset() {
        this.control.isDirty = false
        this.control.write(this.#entry.value)
        this.control.problem(null)
        this.reset.hidden = true
        setText(this.status, "")
    }

    #submit(event) {
        event.preventDefault()
        // A control that acts at once has acted on the same key already.
        if (!this.control || this.control.isLive || this.reason !== null) return
        const result = readChecked(this.control, schemaOf(this.#entry.meta))
        if (result.problem) this.#say(result.problem, true)
        else if ("value" in result) this.#ask(result.value)
    }

    /** Asks the owner. While one request is under way only the latest of those that follow is kept. */
    async #ask(value) {
        if (this.#isAsking) {
            this.#next = { value }
            return
        }
        this.#isAsking = true
        this.#say(t("element.asking"), false, true)
        try {
            const outcome = await this.onSet(value)
            this.#say(outcome ?? "", false)
            if (!this.#next) this.control.isDirty = false
            this.reset.hidden = true
        } catch (error) {
            this.#say(explain(error), true)
            if (this.control.isLive) this.control.isDirty = false
        }
        this.#isAsking = false
        const next = this.#next
        this.#next = undefined
        if (next) return this.#ask(next.value)
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => {
            this.#timer = null
            if (!this.control.isDirty) this.control.write(this.#entry.value)
        }, settleAfter)
    }

    #say(text, isBad, isBusy = false) {
        setText(this.status, text)
        this.status.className = `status-line ${isBad ? "problem" : "soft"}${isBusy ? " row busy" : ""}`
        if (!isBusy && text) announce(text)
    }
}

/** A form whose problems this page shows, not the browser. */
function form(submit, ...content) {
    return h("form", { class: "stack editor", props: { noValidate: true }, on: { submit } }, content)
}

/** What of a value decides which control edits it, beside the meta. */
function typeIn({ meta, value }) { return meta?.datatype === "color" ? colorStyle(value) : typeOf(value) }

/** Reads a control, and checks what it has against the schema. */
export function readChecked(control, schema) {
    const result = control.read()
    if (result.problem || !("value" in result) || schema === null) return result
    const problems = validate(schema, result.value)
    if (problems.length === 0) return result
    const rest = control.problems?.(problems) ?? problems
    const [first] = rest
    if (first) control.problem(first.at ? `${first.at}: ${first.problem}` : first.problem)
    return { problem: t("element.schemaProblem") }
}

/** The form of a Method: { element }. `onCall(args)` returns a promise of the result. */
export class MethodForm {
    constructor(entry, { onCall }) {
        this.onCall = onCall
        this.reason = whyNot(entry)
        this.schema = schemaOf(entry.meta)
        const kind = this.schema ? editorKind({ format: entry.meta.format }, {}) : { type: "json" }
        this.control = makeControl(kind, undefined, {
            label: t("element.arguments"), hideLabel: kind.type === "form", isDisabled: this.reason !== null,
            isOptional: true, rows: 3, hint: kind.type === "json" ? t("element.argumentsHint") : undefined,
        })
        this.button = h("button", { class: "primary", disabled: this.reason !== null }, t("element.call"))
        this.status = h("span", { class: "soft status-line" })
        this.element = form(event => this.#submit(event),
            this.reason !== null && h("p", { class: "note" }, this.reason), this.control.element,
            h("div", { class: "row" }, this.button, this.status))
    }

    async #submit(event) {
        event.preventDefault()
        if (this.reason !== null || this.button.disabled) return
        const result = readChecked(this.control, this.schema)
        if (result.problem) {
            this.status.className = "status-line problem"
            setText(this.status, result.problem)
            return
        }
        this.control.problem(null)
        this.button.disabled = true
        this.status.className = "status-line soft row busy"
        setText(this.status, t("element.calling"))
        try {
            await this.onCall(isObject(result.value) || Array.isArray(result.value) ? result.value
                : "value" in result ? [result.value] : undefined)
        } catch { /* The caller shows it. */ } finally {
            this.button.disabled = false
            this.status.className = "status-line soft"
            setText(this.status, "")
        }
    }
}
