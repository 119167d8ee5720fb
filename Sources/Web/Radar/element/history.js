import { FullChart } from "../chart/full.js"
import { announce, fill, h, setText, uniqueId } from "../dom.js"
import { explain } from "../errors.js"
import { textMeta, visible } from "../explore/brief.js"
import { schemaOf } from "../schema.js"
import { t } from "../texts.js"
import { numberAt, numericFields } from "./value.js"

const interval = 0.1
const mostSeries = 12
const shownAtFirst = 3
const suggestAfter = 250
const longestName = 60

/** The limits of what is measured, for lines in the chart: `max` and `crit` of the meta. */
export function limitsOf(meta) {
    return [["max", "warn"], ["crit", "bad"]]
        .map(([name, kind]) => ({ value: Number.parseFloat(meta?.[name]), label: t(`chart.${name}`), kind }))
        .filter(({ value }) => Number.isFinite(value))
}

/** The chart of an element, with the fields of its value to choose from, and other paths beside it. */
export class History {
    #lines = []
    #fetches = []
    #chart = null
    #names = ""
    #timer = null

    constructor(jet, path, headingLevel) {
        this.jet = jet
        this.path = path
        this.fields = h("div", { class: "row chips" })
        this.place = h("div", {})
        const id = uniqueId("add")
        this.suggestions = h("datalist", { id: `${id}-list` })
        this.input = h("input", {
            type: "text", id, list: this.suggestions.id, autocomplete: "off", spellcheck: "false",
            placeholder: t("chart.addHint"),
            on: { input: () => this.#typed() },
        })
        this.problem = h("p", { class: "problem status-line" })
        this.element = h("section", { class: "card stack", hidden: true },
            h(`h${headingLevel}`, {}, t("chart.history")), this.fields, this.place,
            h("form", { class: "row add-path", on: { submit: event => { event.preventDefault(); this.#addPath() } } },
                h("label", { for: id }, t("chart.add")), this.input, h("button", {}, t("chart.addButton")),
                this.suggestions),
            this.problem)
    }

    /** Takes a value of the element; undefined if it is gone. */
    push(value, meta) {
        const numbers = value === undefined ? [] : numericFields(value)
        if (!this.#chart) {
            if (numbers.length === 0) return
            this.#start(numbers, meta)
        }
        this.#showFields(numbers, meta)
        for (const line of this.#lines) {
            if (line.path === this.path) this.#chart.push(line.index, numberAt(value, line.steps))
        }
    }

    /** What follows is not known. */
    gap() { this.#chart?.gap() }

    end() {
        clearTimeout(this.#timer)
        this.#chart?.end()
        for (const fetch of this.#fetches) fetch.end().catch(() => {})
    }

    #start(numbers, meta) {
        const { title, unit } = textMeta(meta)
        const limits = limitsOf(meta)
        this.#chart = new FullChart({ series: [], limits, seconds: 60, name: this.path, unit })
        this.#chart.title = title ?? visible(this.path, 100)
        this.place.replaceChildren(this.#chart.element)
        this.element.hidden = false
        // What the owner does not let be set hardly ever changes, if other members can be set.
        const isFixed = ({ steps: [name] }) => schemaOf(meta)?.properties?.[name]?.readOnly === true
        const first = numbers.every(isFixed) ? numbers : numbers.filter(each => !isFixed(each))
        for (const { at, steps } of first.slice(0, shownAtFirst)) this.#add(this.path, at, steps, meta)
    }

    #add(path, at, steps, meta) {
        if (this.#lines.length >= mostSeries) {
            setText(this.problem, t("chart.full", { n: mostSeries }))
            return null
        }
        const { unit } = textMeta(meta)
        // The end of a path says more than its beginning.
        const end = path.length > longestName ? `…${path.slice(1 - longestName)}` : path
        const name = path === this.path && at ? at : `${end} ${at}`
        const column = at ? `${path} ${at}` : path
        const index = this.#chart.addSeries({ path, label: visible(name.trimEnd(), 160), column, unit: unit ?? "" })
        const line = { path, at, steps, index }
        this.#lines.push(line)
        return line
    }

    #showFields(numbers, meta) {
        const names = numbers.length > 1 ? JSON.stringify(numbers.map(field => field.at)) : ""
        if (names === this.#names) return
        this.#names = names
        fill(this.fields, names && numbers.map(({ at, steps }) => {
            const own = () => this.#lines.find(line => line.path === this.path && line.at === at)
            const box = h("input", { type: "checkbox", props: { checked: Boolean(own()) }, on: { change: () => {
                const line = own() ?? this.#add(this.path, at, steps, meta)
                if (!line) { box.checked = false; return }
                this.#chart.show(line.index, box.checked)
            } } })
            return h("label", { class: "check chip" }, box, h("span", { class: "cut" }, visible(at, 60)))
        }))
    }

    #typed() {
        clearTimeout(this.#timer)
        setText(this.problem, "")
        const text = this.input.value
        if (text.length < 2) return
        this.#timer = setTimeout(async () => {
            const rule = { path: { contains: text, caseInsensitive: true }, value: { isType: "number" } }
            const entries = await this.jet.get({ ...rule, sort: { byPath: true, from: 1, to: 20 } }).catch(() => [])
            if (this.input.value !== text) return
            fill(this.suggestions, entries.map(({ path }) => h("option", { value: path })))
        }, suggestAfter)
    }

    async #addPath() {
        const path = this.input.value
        if (path === "") return
        if (path !== this.path && this.#lines.some(line => line.path === path)) {
            return setText(this.problem, t("chart.already"))
        }
        let entry
        try {
            [entry] = await this.jet.get({ path: { equals: path } })
        } catch (error) {
            return setText(this.problem, explain(error))
        }
        const [first] = entry && "value" in entry ? numericFields(entry.value, { limit: 1 }) : []
        if (!first) return setText(this.problem, t(entry ? "chart.noNumber" : "element.absent"))
        const line = this.#add(path, first.at, first.steps, entry.meta)
        if (!line) return
        this.input.value = ""
        this.#fetches.push(this.jet.fetch({ path: { equals: path } }, ({ event, value }) => {
            this.#chart.push(line.index, event === "remove" ? null : numberAt(value, line.steps))
        }, { interval }))
        announce(t("chart.added", { path: visible(path, 100) }))
    }
}
