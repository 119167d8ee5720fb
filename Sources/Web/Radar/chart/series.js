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
