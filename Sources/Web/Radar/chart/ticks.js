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
 * The range of the vertical axis: that of the values, with some space, never so small that noise fills it. A limit is in it
 * once a value is near.
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
