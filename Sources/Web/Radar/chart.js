// A chart of our own: Debian has no small library for charts over time, and no other may be copied in. It draws on a
// canvas, in bounded memory, at most ten times a second and only while it is seen.
//
// This is the line itself, as Home shows it. chart/full.js adds axes, a cursor, controls, a table and exports.

import { draw } from "./chart/draw.js"
import { attribute, h } from "./dom.js"
import { amount } from "./explore/brief.js"
import { duration } from "./format.js"
import { t } from "./texts.js"

/** What one line of a chart remembers: points in the order of time, in bounded memory. */
export class Series {
    /** At most `limit` points are kept. When they are used up, the older half is thinned; its extremes stay. */
    constructor({ limit = 3600, keep = 3600_000 } = {}) {
        this.limit = Math.max(16, limit)
        this.keep = keep
        this.times = new Float64Array(this.limit)
        this.values = new Float64Array(this.limit)
        this.length = 0
    }

    /** Adds a point. Anything but a finite number is a gap: what was before does not go on after it. */
    push(value, time) {
        const number = typeof value === "number" && Number.isFinite(value) ? value : NaN
        const last = this.length - 1
        if (Number.isNaN(number) && (last < 0 || Number.isNaN(this.values[last]))) return
        // A clock that was set back must not mix up the order.
        const at = last >= 0 ? Math.max(time, this.times[last]) : time
        if (this.length === this.limit) this.#makeRoom(at)
        this.times[this.length] = at
        this.values[this.length] = number
        this.length += 1
    }

    clear() { this.length = 0 }

    /** The latest value; NaN if there is none now. */
    get last() { return this.length > 0 ? this.values[this.length - 1] : NaN }

    /** The index of the last point at or before a time; -1 if there is none. */
    indexAt(time) {
        let low = 0
        let high = this.length
        while (low < high) {
            const middle = (low + high) >> 1
            if (this.times[middle] <= time) low = middle + 1
            else high = middle
        }
        return low - 1
    }

    /** The value that held at a time; NaN if there was none. */
    valueAt(time) {
        const index = this.indexAt(time)
        return index < 0 ? NaN : this.values[index]
    }

    /** The lowest and the highest value that held between two times; null if there was none. */
    range(from, to) {
        let low = Infinity
        let high = -Infinity
        for (let index = Math.max(0, this.indexAt(from)); index < this.length && this.times[index] <= to; index++) {
            const value = this.values[index]
            if (value < low) low = value
            if (value > high) high = value
        }
        return low <= high ? [low, high] : null
    }

    #makeRoom(now) {
        const old = this.indexAt(now - this.keep)
        // The point before the time that is kept still holds when it begins.
        if (old > this.limit / 4) {
            this.times.copyWithin(0, old, this.length)
            this.values.copyWithin(0, old, this.length)
            this.length -= old
            return
        }
        const half = this.limit >> 1
        let to = 0
        for (let from = 0; from < half; from += 4) {
            const end = Math.min(from + 4, half)
            const kept = extremes(this.values, from, end)
            for (const index of kept) {
                this.times[to] = this.times[index]
                this.values[to] = this.values[index]
                to += 1
            }
        }
        this.times.copyWithin(to, half, this.length)
        this.values.copyWithin(to, half, this.length)
        this.length -= half - to
    }
}

/** The indices of the lowest and the highest value of a stretch, in order; a gap in it counts before either. */
function extremes(values, from, end) {
    let low = from
    let high = from
    let gap = -1
    for (let index = from; index < end; index++) {
        if (Number.isNaN(values[index])) gap = index
        if (!(values[low] <= values[index])) low = Number.isNaN(values[index]) ? low : index
        if (!(values[high] >= values[index])) high = Number.isNaN(values[index]) ? high : index
    }
    const kept = gap >= 0 ? [gap, high] : [low, high]
    return [...new Set(kept)].sort((a, b) => a - b)
}

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
 * [{ label, value, kind: "warn" | "bad" }]; `compact`: without axes; `range`: the scale, if it is fixed. `element` is what the page shows.
 */
export class Chart {
    #context
    #isAsked = false
    #drawnAt = 0
    #describedAt = 0
    #observers = []
    #scheme = matchMedia("(prefers-color-scheme: dark)")
    #look = null

    constructor({ series, seconds = 300, limits = [], compact = true, points, range = null }) {
        this.compact = compact
        this.seconds = seconds
        this.limits = limits
        this.range = range
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
        // What is out of sight is not drawn, but has its name.
        if (compact) this.element.setAttribute("aria-label", this.summary())
        this.#observe()
    }

    /** Adds a line; returns its index for `push`. */
    addSeries({ path, label, column, unit, color }) {
        const place = (this.lines.length % 6) + 1
        this.lines.push({
            path, label: label ?? path, column, unit: unit ?? "", colorName: color ?? `var(--series-${place})`, color: "",
            series: new Series({ limit: this.points, keep: this.compact ? this.seconds * 1000 : 3600_000 }),
            isHidden: false,
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
            lines: this.lines, limits: this.limits, range: this.range, from: to - this.seconds * 1000, to, now: to, cursor: this.cursor,
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
        const names = ["surface", "line", "edge", "text", "soft", "warn", "bad"]
        for (const name of names) look[name] = color(`var(--${name})`)
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
            const [low, high] = range.map(show)
            return t("chart.summary", { label, now, low, high, time: duration(this.seconds) })
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
