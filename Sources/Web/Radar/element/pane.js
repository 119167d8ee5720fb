import { whyNot } from "../access.js"
import { announce, fill, h, oncePerFrame, setText } from "../dom.js"
import { Editor, MethodForm } from "../editors.js"
import { explain } from "../errors.js"
import { pretty, textMeta, visible } from "../explore/brief.js"
import { age, number } from "../format.js"
import { schemaOf } from "../schema.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { History } from "./history.js"
import { Log, outcomeOf, partOf } from "./log.js"
import { ValueView } from "./value.js"

/** At most this often is the element reported, in seconds: as often as a chart can show it. */
const interval = 0.1
/** How long a change may follow the answer of the owner, in milliseconds. */
const changeAfter = 1500
const absentAfter = 600

/** Everything about one element: what it is, its value, what one can do with it, and its past. */
export class ElementPane {
    #entry = null
    #change = null
    #editor = null
    #state = ""
    #ended = []
    #waiters = new Set()

    constructor(jet, path, { headingLevel = 1, tools = [] } = {}) {
        this.jet = jet
        this.path = path
        this.level = headingLevel
        this.valueView = new ValueView()
        this.history = new History(jet, path, headingLevel + 1)
        this.draw = oncePerFrame(() => this.#draw())
        this.#build(tools)
        const fetch = jet.fetch({ path: { equals: path } }, notification => this.#receive(notification), { interval })
        // The answer comes before the element itself.
        fetch.started.then(() => setTimeout(() => { if (!this.#entry) this.#show("absent") }, absentAfter),
            error => { if (error.key !== "connectionClosed") this.#show("refused", explain(error)) })
        const onState = () => this.#connected()
        const ticker = setInterval(() => this.#tick(), 1000)
        const onOpen = () => { this.isReopened = true }
        jet.addEventListener("open", onOpen)
        session.addEventListener("state", onState)
        session.addEventListener("late", onState)
        this.#ended.push(
            () => fetch.end().catch(() => {}), () => jet.removeEventListener("open", onOpen), () => this.history.end(),
            () => clearInterval(ticker), () => session.removeEventListener("state", onState),
            () => session.removeEventListener("late", onState))
        this.#show("waiting")
    }

    end() {
        for (const end of this.#ended.splice(0)) end()
        this.#editor?.end?.()
    }

    #build(tools) {
        const heading = `h${this.level}`
        this.title = h(heading, { class: "grow element-title" }, visible(this.path.split("/").at(-1) || this.path, 120))
        this.tags = h("span", { class: "row" })
        this.age = h("span", { class: "soft number" })
        this.note = h("p", { class: "note warn", hidden: true })
        this.reason = h("p", { class: "soft", hidden: true })
        this.valueBox = h("div", { class: "element-value", hidden: true }, this.valueView.element)
        this.editBox = h("section", { class: "card", hidden: true })
        this.resultBox = h("section", { class: "card result", hidden: true })
        this.metaBox = h("section", { class: "card", hidden: true })
        this.log = new Log({}, this.level + 1)
        this.element = h("div", { class: "stack element" },
            h("header", { class: "card element-head" },
                h("div", { class: "row" }, this.title, tools),
                h("div", { class: "row path-line" },
                    h("code", { class: "path-full", dir: "auto" }, visible(this.path, 2000)),
                    quietButton(t("element.copy"), () => copy(this.path))),
                this.valueBox,
                h("div", { class: "row" }, this.tags, this.age), this.reason),
            this.note, this.editBox, this.resultBox, this.log.element, this.history.element, this.metaBox)
    }

    #receive({ event, value, meta, fetchOnly, ...rest }) {
        const isAdd = event === "add"
        if (event === "remove") {
            this.#entry = this.#change = null
            this.history.push(undefined)
            this.#show("gone")
            return
        }
        const before = this.#entry
        const isState = value !== undefined
        // After a reconnect or a login, meta and rights may differ, and what is still there is reported as changed.
        const isNew = isAdd || !before || this.isReopened
        this.isReopened = false
        if (isNew) {
            this.#entry = { path: this.path, meta: meta ?? before?.meta ?? {}, fetchOnly: fetchOnly === true }
            if (isState) this.#entry.value = value
            this.#change ??= { since: performance.now(), hasChanged: false }
        } else {
            this.#entry = { ...before, value }
        }
        if (before && event === "change") this.#change = { since: performance.now(), hasChanged: true }
        if (isState) this.history.push(value, this.#entry.meta)
        for (const waiter of this.#waiters) waiter(value)
        this.isNew ||= isNew
        this.#show("present")
        this.draw()
    }

    #connected() {
        if (!session.isOpen) this.history.gap()
        else this.draw()
        // Without a connection what is shown may be out of date; the page says why.
        this.element.classList.toggle("is-stale", session.isLate || this.#state === "gone")
        this.#tick()
    }

    /** What is known: "waiting", "present", "absent", "gone" or "refused". */
    #show(state, text) {
        if (state === this.#state && !text) return
        this.#state = state
        this.note.hidden = state === "present" || state === "waiting"
        setText(this.note, text ?? (this.note.hidden ? "" : t(`element.${state}`)))
        this.element.classList.toggle("is-stale", session.isLate || state === "gone")
        if (this.#editor?.element) this.editBox.inert = state === "gone"
        this.#tick()
    }

    #tick() {
        setText(this.age, this.#state === "gone" || session.isLate ? t("element.lastKnown")
            : this.#change && this.#entry && "value" in this.#entry ? changedText(this.#change) : "")
    }

    #draw() {
        const entry = this.#entry
        if (!entry) return
        const isState = "value" in entry
        if (isState) this.valueView.show(entry.value, entry.meta)
        this.valueBox.hidden = !isState
        if (this.isNew || !this.#editor) this.#describe(entry, isState)
        if (!isState) return
        if (this.#editor instanceof Editor && this.#editor.fits(entry)) this.#editor.update(entry)
        else this.#edit(entry)
        this.#tick()
    }

    #describe(entry, isState) {
        const { title, unit, datatype } = textMeta(entry.meta)
        this.isNew = false
        if (title) setText(this.title, title)
        fill(this.tags, [
            t(isState ? "element.state" : "explore.method"), entry.fetchOnly && isState && t("explore.readOnly"),
            !entry.fetchOnly && isState && t("explore.settable"), datatype, unit,
        ].filter(Boolean).map(text => h("span", { class: "tag" }, text)))
        this.#describeMeta(entry.meta)
        const key = JSON.stringify([entry.meta, whyNot(entry), isState])
        if (this.#editor && this.editorKey === key) return
        this.editorKey = key
        this.log.meta = entry.meta
        if (!isState) {
            this.#editor = new MethodForm(entry, { onCall: args => this.#call(args) })
            fill(this.editBox, h(`h${this.level + 1}`, {}, t("element.call")), this.#editor.element)
            this.editBox.hidden = false
        }
    }

    #edit(entry) {
        this.#editor?.end?.()
        this.#editor = new Editor(entry, { onSet: value => this.#set(value) })
        fill(this.editBox, h(`h${this.level + 1}`, {}, t("element.set")), this.#editor.element)
        // An element that is only read has no controls, but a reason.
        this.editBox.hidden = !this.#editor.control
        this.reason.hidden = Boolean(this.#editor.control)
        setText(this.reason, this.#editor.reason ?? "")
    }

    #describeMeta(meta) {
        const schema = schemaOf(meta)
        const rest = { ...meta }
        if (schema) delete rest.format
        const part = (name, value) => {
            const label = t(`element.${name}`)
            return h("details", {}, h("summary", {}, label),
                h("pre", { class: "pretty", tabindex: "0", "aria-label": label }, pretty(value, 20_000).text))
        }
        this.metaBox.hidden = Object.keys(meta).length === 0
        fill(this.metaBox, Object.keys(rest).length > 0 && part("meta", rest), schema && part("schema", schema))
    }

    async #set(asked) {
        const before = this.#entry?.value
        const shown = this.log.show(asked)
        const done = this.log.add(t("element.asked", { value: shown }))
        try {
            const result = await this.jet.set(this.path, asked, { valueAsResult: true })
            let outcome = outcomeOf(asked, result, before, this.#entry?.value)
            if (outcome.kind !== "taken") {
                const value = await this.#nextValue()
                if (value !== undefined) outcome = outcomeOf(asked, true, before, value)
            }
            const isAdjusted = outcome.kind === "adjusted"
            const taken = isAdjusted ? this.log.show(partOf(asked, outcome.value)) : ""
            done(outcome.kind, isAdjusted ? t("element.takenAs", { value: taken }) : "")
            return isAdjusted ? t("element.adjustedTo", { value: taken }) : t(`element.outcome.${outcome.kind}`)
        } catch (error) {
            done("refused", explain(error))
            throw error
        }
    }

    /** The value that the State changes to soon; undefined if it does not. */
    #nextValue() {
        return new Promise(resolve => {
            const end = value => {
                clearTimeout(timer)
                this.#waiters.delete(end)
                resolve(value)
            }
            const timer = setTimeout(() => end(undefined), changeAfter)
            this.#waiters.add(end)
        })
    }

    async #call(args) {
        const started = performance.now()
        const took = () => {
            const time = performance.now() - started
            if (time >= 1000) return t("element.tookSeconds", { time: number(time / 1000, 2) })
            return t("element.took", { time: number(time, time < 10 ? 1 : 0) })
        }
        const heading = (text, tag) => h(`h${this.level + 1}`, {}, text, " ", h("span", { class: "tag number" }, tag))
        try {
            const result = await this.jet.call(this.path, args)
            const view = new ValueView()
            view.show(result, {})
            fill(this.resultBox, heading(t("element.result"), took()), view.element,
                quietButton(t("element.copyResult"), () => copy(JSON.stringify(result, null, 2))))
            announce(t("element.called", { time: took() }))
        } catch (error) {
            fill(this.resultBox, heading(t("element.failed"), took()), h("p", { class: "note bad" }, explain(error)))
            announce(explain(error))
            throw error
        } finally {
            this.resultBox.hidden = false
        }
    }
}

function changedText({ since, hasChanged }) {
    const time = performance.now() - since
    if (!hasChanged) return t("element.unchanged", { age: age(Math.max(1000, time)) })
    return time < 1000 ? t("element.changedNow") : t("element.changed", { age: age(time) })
}

/** A small button without a frame. */
export function quietButton(text, act) {
    return h("button", { class: "quiet small", type: "button", on: { click: act } }, text)
}

/** Copies text; also on pages without TLS, which may not use the clipboard otherwise. */
export async function copy(text) {
    let isCopied = false
    try {
        await navigator.clipboard.writeText(text)
        isCopied = true
    } catch {
        const area = h("textarea", { class: "hidden", props: { value: text } })
        const focused = document.activeElement
        document.body.append(area)
        area.select()
        isCopied = document.execCommand("copy")
        area.remove()
        focused?.focus?.()
    }
    announce(t(isCopied ? "element.copied" : "element.notCopied"))
}
