import { icon } from "../dom.js"
import { t } from "../texts.js"
import { fixed, setAttribute } from "./parts.js"

const width = 120
const height = 34
const longest = 300
const shortest = 60
/** The points of one line, at most. */
const mostPoints = 240
/** How many lines are remembered while another view is shown. */
const mostHistories = 64
const histories = new Map()

/** The points of a path; they outlive the view, so that its line is there when one comes back. */
function historyOf(path) {
    let history = histories.get(path)
    if (!history) {
        if (histories.size >= mostHistories) histories.delete(histories.keys().next().value)
        history = []
        histories.set(path, history)
    }
    return history
}

/** The line of the last five minutes of one value: a small picture of our own, since it is one path in SVG. */
export class Spark {
    #points
    #svg
    #line
    #area
    #limits = {}
    #unit
    #span
    #drawnAt = 0

    /** `span` is the smallest difference that fills the height. */
    constructor(path, { unit = "", span = 4, min = null, max = null } = {}) {
        this.#points = historyOf(path)
        this.#unit = unit
        this.#span = span
        this.min = min
        this.max = max
        this.#svg = icon("")
        this.#svg.setAttribute("class", "spark")
        this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
        this.#svg.setAttribute("preserveAspectRatio", "none")
        this.#svg.removeAttribute("aria-hidden")
        this.#svg.setAttribute("role", "img")
        this.#line = this.#svg.firstElementChild
        this.#area = this.#line.cloneNode()
        this.#area.setAttribute("class", "area")
        this.#svg.prepend(this.#area)
        for (const kind of ["warn", "bad"]) {
            this.#limits[kind] = this.#line.cloneNode()
            this.#limits[kind].setAttribute("class", `limit ${kind}`)
            this.#svg.append(this.#limits[kind])
        }
    }

    get element() { return this.#svg }

    /** The limits, `{value, kind}`: each is drawn as a line where the scale includes it. */
    limits = []

    /** Notes a value, and draws the line at most once a second. */
    push(value, now = Date.now()) {
        const points = this.#points
        const last = points[points.length - 1]
        if (Number.isFinite(value) && (!last || last[1] !== value || now - last[0] > 5000)) {
            points.push([now, value])
            while (points.length > mostPoints || (points.length > 1 && points[1][0] < now - longest * 1000)) points.shift()
        }
        if (now - this.#drawnAt >= 1000) this.#draw(now)
    }

    #draw(now) {
        this.#drawnAt = now
        const points = this.#points
        if (points.length === 0) return
        const values = points.map((point) => point[1])
        const least = Math.min(...values)
        const most = Math.max(...values)
        const spare = Math.max(0, this.#span - (most - least)) / 2
        const low = this.min ?? least - spare
        const high = Math.max(this.max ?? most + spare, low + 1e-9)
        // The line of a page that was just opened fills some of its width soon.
        const seconds = Math.min(longest, Math.max(shortest, (now - points[0][0]) / 1000))
        const x = (time) => (width - ((now - time) / 1000 / seconds) * width).toFixed(1)
        const y = (value) => (height - 2 - ((value - low) / (high - low)) * (height - 4)).toFixed(1)
        const steps = points.map(([time, value], index) => `${index ? "L" : "M"}${x(Math.max(time, now - seconds * 1000))} ${y(value)}`)
        const line = `${steps.join("")}L${width} ${y(values[values.length - 1])}`
        setAttribute(this.#line, "d", line)
        setAttribute(this.#area, "d", `${line}V${height}H${x(Math.max(points[0][0], now - seconds * 1000))}Z`)
        for (const [kind, path] of Object.entries(this.#limits)) {
            const shown = this.limits.filter((limit) => limit.kind === kind && limit.value >= low && limit.value <= high)
            setAttribute(path, "d", shown.map((limit) => `M0 ${y(limit.value)}H${width}`).join(""))
        }
        setAttribute(this.#svg, "aria-label", t("home.spark", {
            low: fixed(least), high: fixed(most), unit: this.#unit,
            minutes: Math.max(1, Math.round((now - points[0][0]) / 60000)),
        }))
    }
}
