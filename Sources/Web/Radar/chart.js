// A chart of our own: Debian has no small library for charts over time, and no other may be copied in. It draws on a canvas,
// in bounded memory, at most ten times a second and only while it is seen.
//
// This is the line itself, as Home shows it. chart/full.js adds axes, a cursor, controls, a table and exports.

import { draw } from "./chart/draw.js"
import { Series } from "./chart/series.js"
import { attribute, h } from "./dom.js"
import { amount } from "./explore/brief.js"
import { duration } from "./format.js"
import { t } from "./texts.js"

const shortestPause = 100
const describeEvery = 5000

/** All charts that are seen: one timer moves them on. */
const seen = new Set()
let timer = null

function watch(chart, isSeen) {
    if (isSeen) seen.add(chart)
    else seen.delete(chart)
    if (seen.size > 0 && timer === null) timer = setInterval(() => { for (const each of seen) each.ask() }, 1000)
    if (seen.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
}

/**
 * Numbers over time. `series`: [{ path, label, unit?, color? }]; `seconds`: how much of the past is shown; `limits`:
 * [{ label, value, kind: "warn" | "bad" }]; `compact`: without axes. `element` is what the page shows.
 */
export class Chart {
    #context
    #isAsked = false
    #drawnAt = 0
    #describedAt = 0
    #observers = []
    #scheme = matchMedia("(prefers-color-scheme: dark)")
    #look = null

    constructor({ series, seconds = 300, limits = [], compact = true, points }) {
        this.compact = compact
        this.seconds = seconds
        this.limits = limits
        this.cursor = null
        /** The time at which the chart stands still; null while it moves on. */
        this.pausedAt = null
        this.points = points ?? (compact ? 720 : 3600)
        this.lines = []
        this.canvas = h("canvas", { "aria-hidden": "true" })
        this.plot = h("div", { class: "chart-plot" }, this.canvas)
        this.element = h("figure", { class: compact ? "chart compact" : "chart" }, this.plot)
        if (compact) attribute(this.element, "role", "img")
        this.#context = this.canvas.getContext("2d")
        for (const each of series) this.addSeries(each)
        this.#observe()
    }

    /** Adds a line; returns its index for `push`. */
    addSeries({ path, label, unit, color }) {
        const place = (this.lines.length % 6) + 1
        this.lines.push({
            path, label: label ?? path, unit: unit ?? "", colorName: color ?? `var(--series-${place})`, color: "",
            series: new Series({ limit: this.points, keep: this.compact ? this.seconds * 1000 : 3600_000 }), isHidden: false,
        })
        this.#look = null
        this.ask()
        return this.lines.length - 1
    }

    /** Adds a value; null or anything that is no number is a gap. `time` in milliseconds of Date.now(). */
    push(index, value, time = Date.now()) {
        this.lines[index]?.series.push(value, time)
        this.ask()
    }

    /** Ends all lines here: the connection is gone, so what follows is not known. */
    gap(time = Date.now()) {
        for (const line of this.lines) line.series.push(null, time)
        this.ask()
    }

    /** Shows or hides a line. */
    show(index, isShown) {
        this.lines[index].isHidden = !isShown
        this.ask()
    }

    clear() {
        for (const line of this.lines) line.series.clear()
        this.ask()
    }

    /** Releases what the chart holds of the page. */
    end() {
        watch(this, false)
        for (const stop of this.#observers.splice(0)) stop()
    }

    /** The right end of the chart. */
    get to() { return this.pausedAt ?? Date.now() }

    /** Draws at the next frame. */
    ask() {
        if (this.#isAsked || !seen.has(this)) return
        this.#isAsked = true
        const rest = shortestPause - (performance.now() - this.#drawnAt)
        const next = () => requestAnimationFrame(() => this.#draw())
        if (rest > 0) setTimeout(next, rest)
        else next()
    }

    /** Draws at once, for the cursor. */
    redraw() { requestAnimationFrame(() => this.#draw()) }

    /** What is drawn from: see chart/draw.js. */
    model() {
        const to = this.to
        return {
            lines: this.lines, limits: this.limits, from: to - this.seconds * 1000, to, now: to, cursor: this.cursor,
        }
    }

    /** The colours of the page as it looks now. */
    look() {
        if (this.#look !== null) return this.#look
        const color = (name) => {
            this.plot.style.color = name
            const computed = getComputedStyle(this.plot).color
            this.plot.style.color = ""
            return computed
        }
        for (const line of this.lines) line.color = color(line.colorName)
        const look = { compact: this.compact, font: `12px ${getComputedStyle(this.plot).fontFamily}` }
        for (const name of ["surface", "line", "edge", "text", "soft", "warn", "bad"]) look[name] = color(`var(--${name})`)
        this.#look = look
        return look
    }

    /** A sentence for those who do not see the line. */
    summary() {
        const { from, to } = this.model()
        const parts = this.lines.map(({ label, unit, series }) => {
            const range = series.range(from, to)
            const show = (value) => amount(value, { unit })
            if (!range) return t("chart.nothingYet", { label })
            const now = Number.isNaN(series.last) ? t("chart.unknown") : show(series.last)
            return t("chart.summary", { label, now, low: show(range[0]), high: show(range[1]), time: duration(this.seconds) })
        })
        for (const limit of this.limits) {
            parts.push(`${limit.label}: ${amount(limit.value, { unit: this.lines[0]?.unit ?? "" })}`)
        }
        return parts.join("; ")
    }

    /** Called after each drawing, for what stands beside it. */
    drawn() {
        if (!this.compact || performance.now() - this.#describedAt < describeEvery) return
        this.#describedAt = performance.now()
        this.element.setAttribute("aria-label", this.summary())
    }

    #draw() {
        this.#isAsked = false
        if (!seen.has(this)) return
        this.#drawnAt = performance.now()
        const { clientWidth: width, clientHeight: height } = this.plot
        if (width === 0 || height === 0) return
        const ratio = Math.min(3, window.devicePixelRatio || 1)
        const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
        if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
            this.canvas.width = pixelWidth
            this.canvas.height = pixelHeight
        }
        this.#context.setTransform(ratio, 0, 0, ratio, 0, 0)
        this.#context.clearRect(0, 0, width, height)
        const look = this.look()
        this.frame = draw(this.#context, width, height, this.model(), look)
        this.drawn()
    }

    #observe() {
        const places = new IntersectionObserver((entries) => {
            watch(this, entries.at(-1).isIntersecting)
            this.ask()
        })
        places.observe(this.plot)
        const sizes = new ResizeObserver(() => this.ask())
        sizes.observe(this.plot)
        const recolor = () => { this.#look = null; this.ask() }
        this.#scheme.addEventListener("change", recolor)
        this.#observers.push(
            () => places.disconnect(), () => sizes.disconnect(),
            () => this.#scheme.removeEventListener("change", recolor))
    }
}
