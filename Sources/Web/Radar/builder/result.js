import { h, setText } from "../dom.js"
import { textMeta } from "../explore/brief.js"
import { MetaCache } from "../explore/known.js"
import * as format from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import "../widgets/age.js"
import { button, place, region, Rows } from "../widgets/parts.js"

/** How many rows the table has at most, and how many elements a plain fetch with `max` may have here. */
export const pageSize = 100
const mostElements = 200
/** The least time between two notifications for the table, in seconds, and between its updates, in milliseconds. */
const calm = 0.25
const pause = 200
const longestShown = 200

/**
 * What the page fetches to show the result of a rule, so that a bus with very many elements or changes cannot flood it:
 * a window of the sorted list, one page long, at most four times a second; a rule without a sort is sorted by path for
 * that. A plain rule with `max`, whose elements depend on when they were added, is fetched as it is, with a bound.
 */
export function shownRule(rule) {
    const { interval, ...selection } = rule
    const given = typeof interval === "number" ? interval : 0
    if (!rule.sort && rule.max !== undefined && rule.max !== null) {
        const max = typeof rule.max === "number" ? Math.min(rule.max, mostElements) : rule.max
        return { kind: "plain", options: { interval }, rule: { ...selection, max }, isCut: rule.max > mostElements }
    }
    const sort = rule.sort ?? { byPath: true }
    const from = Number.isInteger(sort.from) ? sort.from : 1
    const last = rule.sort ? sort.to ?? 10 : Infinity
    return {
        kind: "window", first: from, last, options: { interval: Math.max(calm, given) },
        rule: { ...selection, sort: { ...sort, from, to: Math.min(last, from + pageSize - 1) } },
        isSortedHere: !rule.sort,
    }
}

/** The live result of a rule: a table that is bounded, and updated at most once a frame. */
export class RuleResult extends HTMLElement {
    #shown = null
    #fetch = null
    #entries = new Map()
    #since = new Map()
    #rows = new Rows()
    #notices = 0
    #page = 0
    #timer = null
    /** Is called with the error if the daemon refuses the rule, and with null when it accepts one. */
    onError = () => {}
    #meta = new MetaCache(session.jet, () => this.#draw())
    #drawnAt = 0
    #isAsked = false

    #summary = h("p", { class: "grow" })
    #rate = h("span", { class: "soft number" })
    #back = button(t("builder.previous"), () => this.#turn(-1))
    #next = button(t("builder.next"), () => this.#turn(1))
    #note = h("p", { class: "soft" })
    #body = h("tbody")
    #table = region("div", t("builder.result"), { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {},
        [["place", "number"], ["path", ""], ["value", ""], ["age", "number"]].map(([name, kind]) =>
            h("th", { class: kind, scope: "col" }, t(`builder.columns.${name}`))))), this.#body))
    #empty = h("p", { class: "soft" }, t("builder.nothing"))

    connectedCallback() {
        if (!this.firstChild) {
            this.append(h("div", { class: "row" }, this.#summary, this.#rate, this.#back, this.#next), this.#note,
                this.#table, this.#empty)
        }
        this.#timer = setInterval(() => {
            setText(this.#rate, this.#fetch ? t("builder.rate", { n: this.#notices }) : "")
            this.#notices = 0
        }, 1000)
    }

    disconnectedCallback() {
        clearInterval(this.#timer)
        this.#meta.end()
        this.end()
    }

    /** Shows the result of a rule from now on. */
    start(rule) {
        this.end()
        this.#page = 0
        const shown = this.#shown = shownRule(rule)
        setText(this.#note, shown.isSortedHere ? t("builder.sortedHere", { n: pageSize })
            : shown.isCut ? t("builder.cut", { n: mostElements }) : "")
        this.#note.hidden = this.#note.textContent === ""
        const started = shown.kind === "plain"
            ? session.jet.fetch(shown.rule, notice => this.#noticed(notice), shown.options)
            : session.jet.window(shown.rule, window => this.#moved(window), shown.options)
        this.#fetch = started
        started.started.then(() => { if (this.#fetch === started) this.onError(null) }, error => {
            if (this.#fetch !== started) return
            this.end()
            this.#draw()
            this.onError(error)
        })
        this.#draw()
    }

    end() {
        this.#fetch?.end().catch(() => {})
        this.#fetch = null
        this.#entries.clear()
        this.#since.clear()
    }

    #noticed({ event, path, value }) {
        this.#notices += 1
        if (event === "remove") {
            this.#entries.delete(path)
            this.#since.delete(path)
        } else {
            this.#entries.set(path, { path, value })
            this.#since.set(path, event === "add" ? null : performance.now())
        }
        this.#draw()
    }

    #moved(window) {
        this.#notices += 1
        const now = performance.now()
        const entries = new Map(window.entries.map(entry => [entry.path, entry]))
        for (const path of this.#since.keys()) if (!entries.has(path)) this.#since.delete(path)
        for (const [path, entry] of entries) {
            const before = this.#entries.get(path)
            // When it was added is not known, only when it has changed since.
            if (!before) this.#since.set(path, null)
            else if (text(before.value) !== text(entry.value)) this.#since.set(path, now)
        }
        this.#entries = entries
        this.#draw()
    }

    #turn(step) {
        this.#page = Math.max(0, this.#page + step)
        const { first, last } = this.#shown
        const from = first + this.#page * pageSize
        this.#fetch?.move(from, Math.min(last, from + pageSize - 1))
        this.#draw()
    }

    /** Updates the table soon; what comes until then is part of it. */
    #draw() {
        if (this.#isAsked) return
        this.#isAsked = true
        setTimeout(() => requestAnimationFrame(() => {
            this.#isAsked = false
            this.#drawnAt = performance.now()
            if (this.isConnected) this.#show()
        }), Math.max(0, this.#drawnAt + pause - performance.now()))
    }

    #show() {
        const shown = this.#shown
        const entries = [...this.#entries.values()]
        const isWindow = shown?.kind === "window"
        const total = isWindow ? this.#fetch?.total ?? null : null
        const from = isWindow ? shown.first + this.#page * pageSize : 1
        const to = from + entries.length - 1
        setText(this.#summary, entries.length === 0 ? "" : total === null ? t("builder.range", { from, to })
            : t("builder.rangeOf", { from, to, total: format.number(total) }))
        const isMore = isWindow && entries.length === pageSize && to < Math.min(shown.last, total ?? Infinity)
        this.#back.hidden = this.#next.hidden = this.#page === 0 && !isMore
        this.#back.disabled = this.#page === 0
        this.#next.disabled = !isMore
        this.#empty.hidden = entries.length > 0 || this.#fetch === null
        this.#table.hidden = entries.length === 0
        this.#meta.want(entries.slice(0, mostElements).map(({ path }) => path))
        let number = 0
        place(this.#body, this.#rows.of(entries.slice(0, mostElements), ({ path }) => path, makeRow,
            (row, entry) => this.#update(row, entry, entry.index ?? (number += 1))))
    }

    #update(row, { path, value }, index) {
        const [first, , cell, age] = row.children
        setText(first, index)
        // The number as it is, since rules compare with that.
        const { unit } = typeof value === "number" ? textMeta(this.#meta.of(path)?.meta) : {}
        const shown = value === undefined ? t("builder.method") : text(value).slice(0, longestShown)
        setText(cell, unit ? `${shown} ${unit}` : shown)
        age.firstChild.since = this.#since.get(path) ?? null
    }
}

function makeRow({ path }) {
    const link = h("a", { href: href("element", { path }), title: path.slice(0, 2000) }, path.slice(0, longestShown))
    return h("tr", {}, h("td", { class: "number soft" }), h("td", { class: "path mono" }, link),
        h("td", { class: "value" }), h("td", { class: "number soft" }, h("radar-age")))
}

/** A value on one line. The strings of long values are cut later, so this is bounded by what the daemon sends. */
const text = value => typeof value === "string" ? value : JSON.stringify(value) ?? ""

customElements.define("radar-rule-result", RuleResult)
