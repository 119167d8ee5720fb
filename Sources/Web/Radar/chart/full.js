import { Chart } from "../chart.js"
import { clock, draw } from "./draw.js"
import { announce, attribute, fill, h, setText, uniqueId } from "../dom.js"
import { amount } from "../explore/brief.js"
import { t } from "../texts.js"

/**
 * The points of several lines as CSV (RFC 4180): a row for each time, a column for each line, with its path and unit.
 * Texts that a spreadsheet would run as a formula begin with an apostrophe.
 */
export function csv(lines) {
    const head = ["time", ...lines.map(({ column, label, unit }) => (column ?? label) + (unit ? ` [${unit}]` : ""))]
    const rows = [head.map(field).join(",")]
    for (const { time, values } of rowsOf(lines)) {
        rows.push([new Date(time).toISOString(), ...values.map((value) => value ?? "")].join(","))
    }
    return `${rows.join("\r\n")}\r\n`
}

/** The points of several lines by time: [{ time, values }], null where nothing was reported then; the last `limit`. */
export function rowsOf(lines, limit = Infinity) {
    const byTime = new Map()
    lines.forEach(({ series }, column) => {
        const first = Number.isFinite(limit) ? Math.max(0, series.length - limit) : 0
        for (let index = first; index < series.length; index++) {
            const time = series.times[index]
            let values = byTime.get(time)
            if (!values) byTime.set(time, values = new Array(lines.length).fill(null))
            if (!Number.isNaN(series.values[index])) values[column] = series.values[index]
        }
    })
    const rows = [...byTime].map(([time, values]) => ({ time, values })).sort((a, b) => a.time - b.time)
    return rows.slice(-Math.min(limit, rows.length) || rows.length)
}

/** One field with a text. */
export function field(text) {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe
}

const windows = [60, 300, 900, 3600]
const mostRows = 200
const refreshTableEvery = 2000

/** A chart with axes, controls, a cursor, a table behind it, and exports. */
export class FullChart extends Chart {
    #table = null
    #tabledAt = 0
    #isPausedByCursor = false

    constructor(options) {
        super({ ...options, compact: false })
        this.name = options.name ?? "chart"
        const id = uniqueId("chart")
        this.tableBox = h("div", {
            class: "scroll chart-table", id: `${id}-table`, hidden: true, tabindex: "0", role: "region",
            "aria-label": t("chart.table"),
        })
        for (const [name, text] of Object.entries({
            tabindex: "0", role: "slider", "aria-label": t("chart.cursor"), "aria-details": this.tableBox.id,
            "aria-orientation": "horizontal", "aria-valuemin": -this.seconds, "aria-valuemax": "0", "aria-valuenow": "0",
            "aria-valuetext": t("chart.empty"),
        })) attribute(this.plot, name, text)
        this.legend = h("ul", { class: "legend" })
        const { unit } = options
        this.limitTexts = this.limits.map(({ label, value, kind }) =>
            h("span", { class: "limit number", data: { kind } }, `${label} ${amount(value, { unit })}`))
        this.moment = h("span", { class: "soft number" })
        this.pauseButton = this.#button("pause", () => this.pause(this.pausedAt === null), { "aria-pressed": "false" })
        this.tableButton = this.#button("table", () => this.#toggleTable(),
            { "aria-expanded": "false", "aria-controls": this.tableBox.id })
        this.element.prepend(h("div", { class: "row chart-tools" },
            h("div", { class: "segments", role: "radiogroup", "aria-label": t("chart.window") }, windows.map(seconds =>
                h("label", {}, h("input", {
                    type: "radio", class: "hidden", name: id, props: { checked: seconds === this.seconds },
                    on: { change: () => { this.seconds = seconds; this.cursor = null; this.redraw() } },
                }), h("span", {}, t("chart.minutes", { n: seconds / 60 }))))),
            this.pauseButton, this.#button("clear", () => { this.clear(); announce(t("chart.cleared")) }),
            h("div", { class: "row exports" }, this.tableButton,
                this.#button("png", () => this.#savePNG()), this.#button("csv", () => this.#saveCSV()))))
        this.element.append(h("div", { class: "legend-row" }, this.legend, this.limitTexts, this.moment), this.tableBox)
        this.#listen()
        this.#showLegend()
    }

    addSeries(series) {
        const index = super.addSeries(series)
        if (this.legend) this.#showLegend()
        if (this.#table) {
            this.#toggleTable()
            this.#toggleTable()
        }
        return index
    }

    show(index, isShown) {
        super.show(index, isShown)
        attribute(this.items[index].button, "aria-pressed", String(isShown))
    }

    /** Stands still, or moves on. What arrives is kept. */
    pause(isPaused) {
        this.pausedAt = isPaused ? Date.now() : null
        attribute(this.pauseButton, "aria-pressed", String(isPaused))
        setText(this.pauseButton, t(isPaused ? "chart.resume" : "chart.pause"))
        this.redraw()
    }

    drawn() {
        const at = this.cursor ?? this.to
        for (const { line, value, button } of this.items ?? []) {
            const present = this.cursor === null ? line.series.valueAt(this.to) : line.series.valueAt(at)
            setText(value, Number.isNaN(present) ? "–" : amount(present, { unit: line.unit }))
            if (button.style.getPropertyValue("--color") !== line.color) button.style.setProperty("--color", line.color)
        }
        setText(this.moment, this.cursor === null ? "" : clock(at))
        attribute(this.plot, "aria-valuemin", -this.seconds)
        attribute(this.plot, "aria-valuenow", this.cursor === null ? 0 : Math.round((this.cursor - this.to) / 1000))
        attribute(this.plot, "aria-valuetext", this.cursor === null ? this.summary() : this.#atCursor())
        const now = performance.now()
        if (this.#table && this.pausedAt === null && now - this.#tabledAt > refreshTableEvery) this.#showTable()
    }

    #button(name, act, attributes = {}) {
        return h("button", { type: "button", class: "small", ...attributes, on: { click: act } }, t(`chart.${name}`))
    }

    #atCursor() {
        const values = this.lines.filter(line => !line.isHidden).map(({ label, unit, series }) => {
            const value = series.valueAt(this.cursor)
            return `${label} ${Number.isNaN(value) ? t("chart.unknown") : amount(value, { unit })}`
        })
        return `${clock(this.cursor)}: ${values.join(", ")}`
    }

    #showLegend() {
        this.items = this.lines.map(line => {
            const value = h("strong", { class: "number" })
            const click = () => {
                this.show(this.lines.indexOf(line), line.isHidden)
                this.redraw()
            }
            const button = h("button",
                { type: "button", class: "series", "aria-pressed": String(!line.isHidden), on: { click } },
                h("span", { class: "swatch", "aria-hidden": "true" }), h("span", { class: "cut" }, line.label), value)
            return { line, value, button }
        })
        fill(this.legend, this.items.map(({ button }) => h("li", {}, button)))
        this.redraw()
    }

    #listen() {
        const { plot } = this
        const point = event => {
            const { left, right } = this.frame ?? { left: 0, right: plot.clientWidth }
            const share = (event.clientX - plot.getBoundingClientRect().left - left) / (right - left)
            const to = this.to
            this.cursor = to - (1 - Math.min(1, Math.max(0, share))) * this.seconds * 1000
            this.redraw()
        }
        plot.addEventListener("pointermove", point)
        plot.addEventListener("pointerdown", point)
        plot.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") this.#clearCursor() })
        plot.addEventListener("blur", () => this.#clearCursor())
        plot.addEventListener("keydown", event => this.#pressed(event))
    }

    #clearCursor() {
        this.cursor = null
        if (this.#isPausedByCursor) this.pause(false)
        this.#isPausedByCursor = false
        this.redraw()
    }

    /** Arrows go from point to point; meanwhile the chart stands still, so that the point does not move away. */
    #pressed(event) {
        const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, ArrowDown: -1, ArrowUp: 1 }
        const { key } = event
        if (key === "Escape" && this.cursor !== null) this.#clearCursor()
        else if (Object.hasOwn(steps, key)) this.#step(steps[key] * (event.shiftKey ? 10 : 1))
        else if (key === "Home") this.#step(-Infinity)
        else if (key === "End") this.#step(Infinity)
        else return
        event.preventDefault()
    }

    #step(count) {
        if (this.pausedAt === null) {
            this.pause(true)
            this.#isPausedByCursor = true
        }
        const { from, to } = this.model()
        const times = []
        for (const { series, isHidden } of this.lines) {
            if (isHidden) continue
            for (let index = Math.max(0, series.indexAt(from)); index < series.length; index++) {
                if (series.times[index] >= from && series.times[index] <= to) times.push(series.times[index])
            }
        }
        if (times.length === 0) return
        times.sort((a, b) => a - b)
        const present = this.cursor ?? to
        let place = times.findLastIndex(time => time <= present)
        if (this.cursor === null && count < 0) place += 1
        this.cursor = times[Math.min(times.length - 1, Math.max(0, place + count))]
        this.redraw()
    }

    #toggleTable() {
        this.#table = this.#table ? null : h("tbody")
        attribute(this.tableButton, "aria-expanded", String(this.#table !== null))
        this.tableBox.hidden = this.#table === null
        if (!this.#table) return
        fill(this.tableBox, h("table", {}, h("caption", { class: "soft" }, t("chart.lastRows", { n: mostRows })),
            h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("chart.time")), this.lines.map(({ label, unit }) =>
                h("th", { scope: "col", class: "number" }, unit ? `${label} (${unit})` : label)))), this.#table))
        this.#showTable()
    }

    #showTable() {
        this.#tabledAt = performance.now()
        const rows = rowsOf(this.lines, mostRows).filter(row => row.time <= this.to).reverse()
        fill(this.#table, rows.map(({ time, values }) => h("tr", {},
            h("th", { scope: "row", class: "number" }, clock(time)),
            values.map(value => h("td", { class: "number" }, value)))))
    }

    #saveCSV() { save(new Blob([csv(this.lines)], { type: "text/csv" }), `${this.name}.csv`) }

    /** The chart as it is seen, with its name and legend, at twice the size. */
    #savePNG() {
        const look = this.look()
        const [width, height] = [Math.max(480, this.plot.clientWidth), this.plot.clientHeight]
        const head = 34 + 20 * this.lines.length
        const canvas = h("canvas", { width: 2 * width + 40, height: 2 * (height + head) + 40 })
        const context = canvas.getContext("2d")
        context.fillStyle = look.surface
        context.fillRect(0, 0, canvas.width, canvas.height)
        context.setTransform(2, 0, 0, 2, 20, 20)
        context.font = look.font
        context.fillStyle = look.text
        context.fillText(`${this.title ?? ""}  ${new Date(this.to).toLocaleString()}`.trim(), 4, 14, width)
        this.lines.forEach((line, place) => {
            context.fillStyle = line.color
            context.fillRect(4, 26 + 20 * place, 12, 12)
            context.fillStyle = look.text
            context.fillText(line.unit ? `${line.label} (${line.unit})` : line.label, 24, 36 + 20 * place, width - 24)
        })
        context.translate(0, head)
        draw(context, width, height, { ...this.model(), cursor: null }, look)
        canvas.toBlob(blob => { if (blob) save(blob, `${this.name}.png`) }, "image/png")
    }
}

/** Gives the user a file. */
function save(blob, name) {
    const url = URL.createObjectURL(blob)
    const link = h("a", { href: url, download: name.replace(/[^\w.-]+/g, "-") })
    document.body.append(link)
    link.click()
    link.remove()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    announce(t("chart.saved", { name: link.download }))
}
