import { number } from "../format.js"

/** Round values that divide the range from `low` to `high` into about `count` steps. */
export function ticks(low, high, count = 5) {
    const step = roundStep((high - low) / Math.max(1, count))
    if (!(step > 0) || !Number.isFinite(step)) return []
    const first = Math.ceil(low / step - 1e-9)
    const last = Math.floor(high / step + 1e-9)
    const list = []
    for (let index = first; index <= last && list.length < 50; index++) list.push(clean(index * step, step))
    return list
}

/** As `ticks`, but at least two, since one does not show the scale. */
export function marksOf(low, high, count) {
    const list = ticks(low, high, count)
    return list.length < 2 ? ticks(low, high, 2 * count) : list
}

/** How many digits behind the point tell the ticks apart. */
export function digitsOf(list) {
    if (list.length < 2) return 2
    return Math.min(10, Math.max(0, -Math.floor(Math.log10(Math.abs(list[1] - list[0])) + 1e-9)))
}

function roundStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough))
    const times = rough / power
    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 2.5 && power >= 10 ? 2.5 : times <= 5 ? 5 : 10)
}

function clean(value, step) {
    const digits = Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(step))))
    return Number(value.toFixed(digits)) + 0
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000)

/** Round points in time between two, in milliseconds, at most `count`. `offset` is that of the time zone. */
export function timeTicks(from, to, count, offset = 0) {
    const step = timeSteps.find((candidate) => (to - from) / candidate <= count) ?? timeSteps.at(-1)
    const list = []
    for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to && list.length < 100; at += step) {
        list.push(at)
    }
    return { step, list }
}

/**
 * The range of the vertical axis: that of the values, with some space, never so small that noise fills it. A limit is
 * in it once a value is near.
 */
export function valueRange(ranges, limits = []) {
    let low = Math.min(...ranges.map((range) => range[0]))
    let high = Math.max(...ranges.map((range) => range[1]))
    if (!(low <= high)) return [0, 1]
    const size = Math.max(Math.abs(low), Math.abs(high))
    const span = Math.max(high - low, size * 0.02, 1e-9)
    const shown = []
    for (const { value } of limits) {
        if (!Number.isFinite(value)) continue
        const near = 3 * Math.max(span, Math.abs(value) * 0.08)
        if (value - high <= near && low - value <= near) shown.push(value)
    }
    const middle = (low + high) / 2
    const isNegative = low < 0
    low = Math.min(low, middle - span / 2, ...shown)
    high = Math.max(high, middle + span / 2, ...shown)
    const space = (high - low) * 0.08
    // Values that cannot be negative get no axis below zero.
    return [isNegative ? low - space : Math.max(0, low - space), high + space]
}

/** Points that are closer together are joined by a line; otherwise the value holds until the next change. */
const joined = 2500

/**
 * Draws lines of values over time. A chart with several units has a panel for each, one below the other.
 *
 * `model`: `lines` ({ series, color, unit, isHidden }), `limits`, `from`, `to`, `now`, `cursor` (a time, or null).
 * `look`: the colours, the font, `compact`. Returns the panels, for the place of the cursor.
 */
export function draw(context, width, height, model, look) {
    const units = [...new Set(model.lines.filter((line) => !line.isHidden).map((line) => line.unit ?? ""))].slice(0, 4)
    const below = look.compact ? 0 : 22
    const left = look.compact ? 1 : 56
    const right = look.compact ? 3 : 10
    const gap = look.compact ? 0 : 18
    const panelHeight = (height - below - gap * Math.max(0, units.length - 1)) / Math.max(1, units.length)
    const x = (time) => left + ((time - model.from) / (model.to - model.from)) * (width - left - right)
    context.lineJoin = "round"
    context.font = look.font
    units.forEach((unit, place) => {
        const lines = model.lines.filter((line) => !line.isHidden && (line.unit ?? "") === unit)
        const limits = place === 0 ? model.limits : []
        const top = place * (panelHeight + gap)
        const inside = look.compact ? [top + 2, panelHeight - 4] : [top + 20, panelHeight - 20]
        const panel = { left, right: width - right, top: inside[0], height: inside[1], x, unit, lines, limits }
        drawPanel(context, panel, model, look)
    })
    if (!look.compact) drawTimes(context, { left, right: width - right, bottom: height - below, x }, model, look)
    return { left, right: width - right }
}

function drawPanel(context, panel, model, look) {
    const ranges = panel.lines.map((line) => line.series.range(model.from, model.to)).filter(Boolean)
    const [low, high] = model.range ?? valueRange(ranges, panel.limits)
    const y = (value) => panel.top + panel.height * (1 - (value - low) / (high - low))
    if (!look.compact) drawGrid(context, panel, y, marksOf(low, high, Math.max(3, Math.round(panel.height / 40))), look)
    for (const limit of panel.limits) {
        if (limit.value < low || limit.value > high) continue
        context.strokeStyle = limit.kind === "warn" ? look.warn : look.bad
        context.lineWidth = 1
        context.setLineDash([5, 4])
        segment(context, panel.left, y(limit.value), panel.right, y(limit.value))
        context.setLineDash([])
        if (look.compact) continue
        context.fillStyle = context.strokeStyle
        context.textAlign = "right"
        context.fillText(limit.label ?? "", panel.right, y(limit.value) - 5)
    }
    context.save()
    context.beginPath()
    context.rect(panel.left, panel.top - 3, panel.right - panel.left + 3, panel.height + 6)
    context.clip()
    for (const line of panel.lines) drawLine(context, line, panel, model, y, look)
    context.restore()
}

function drawLine(context, { series, color }, panel, model, y, look) {
    const fill = look.compact && panel.lines.length === 1
    context.strokeStyle = color
    context.fillStyle = color
    context.lineWidth = look.compact ? 1.5 : 1.75
    const bottom = panel.top + panel.height + 2
    let previous = NaN
    let before = 0
    let start = 0
    context.beginPath()
    const close = (end) => {
        context.stroke()
        if (!fill || Number.isNaN(previous)) return
        context.lineTo(end, bottom)
        context.lineTo(start, bottom)
        context.globalAlpha = 0.14
        context.fill()
        context.globalAlpha = 1
    }
    for (let index = Math.max(0, series.indexAt(model.from)); index < series.length; index++) {
        const time = series.times[index]
        if (time > model.to) break
        const value = series.values[index]
        const at = panel.x(time)
        if (Number.isNaN(previous)) {
            if (Number.isNaN(value)) continue
            context.beginPath()
            context.moveTo(Math.max(at, panel.left - 4), y(value))
            start = Math.max(at, panel.left - 4)
        } else if (Number.isNaN(value)) {
            context.lineTo(at, y(previous))
            close(at)
        } else {
            if (time - before > joined) context.lineTo(at, y(previous))
            context.lineTo(at, y(value))
        }
        previous = value
        before = time
    }
    if (Number.isNaN(previous)) return
    const end = panel.x(Math.min(model.now, model.to))
    context.lineTo(end, y(previous))
    close(end)
    if (model.now > model.to) return
    context.beginPath()
    context.arc(end, y(previous), look.compact ? 2 : 3, 0, 2 * Math.PI)
    context.fill()
}

function drawGrid(context, panel, y, marks, look) {
    const digits = digitsOf(marks)
    context.strokeStyle = look.line
    context.fillStyle = look.soft
    context.lineWidth = 1
    context.textAlign = "right"
    context.textBaseline = "middle"
    for (const mark of marks) {
        const at = Math.round(y(mark)) + 0.5
        segment(context, panel.left, at, panel.right, at)
        context.fillText(short(mark, digits, panel.unit), panel.left - 8, at)
    }
    context.textBaseline = "alphabetic"
    context.textAlign = "left"
    if (panel.unit) context.fillText(panel.unit === "B" ? "bytes" : panel.unit, 4, panel.top - 8, panel.left + 80)
}

const sizes = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]]

function short(value, digits) {
    for (const [size, letter] of sizes) {
        if (Math.abs(value) >= size) return `${number(value / (letter === "k" ? 1e3 : size), 2)}${letter}`
    }
    return number(value, digits)
}

function drawTimes(context, frame, model, look) {
    const offset = -new Date(model.to).getTimezoneOffset() * 60000
    const count = Math.max(2, Math.floor((frame.right - frame.left) / 84))
    const { step, list } = timeTicks(model.from, model.to, count, offset)
    context.fillStyle = look.soft
    context.strokeStyle = look.edge
    context.textAlign = "center"
    context.lineWidth = 1
    segment(context, frame.left, frame.bottom + 0.5, frame.right, frame.bottom + 0.5)
    for (const time of list) {
        const at = Math.round(frame.x(time)) + 0.5
        if (at < frame.left + 12 || at > frame.right - 22) continue
        segment(context, at, frame.bottom, at, frame.bottom + 4)
        context.fillText(clock(time, step < 60000), at, frame.bottom + 17)
    }
    if (model.cursor === null || model.cursor === undefined) return
    const at = Math.round(frame.x(model.cursor)) + 0.5
    context.strokeStyle = look.text
    segment(context, at, 0, at, frame.bottom)
}

/** The time of day: 14:05:09. */
export function clock(time, withSeconds = true) {
    const text = new Date(time).toTimeString()
    return text.slice(0, withSeconds ? 8 : 5)
}

function segment(context, x1, y1, x2, y2) {
    context.beginPath()
    context.moveTo(x1, y1)
    context.lineTo(x2, y2)
    context.stroke()
}
