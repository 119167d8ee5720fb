/**
 * The points of several lines as CSV (RFC 4180): a row for each time, a column for each line. Texts that a spreadsheet would
 * run as a formula begin with an apostrophe.
 */
export function csv(lines) {
    const head = ["time", ...lines.map(({ label, unit }) => (unit ? `${label} [${unit}]` : label))]
    const rows = [head.map(field).join(",")]
    for (const { time, values } of rowsOf(lines)) {
        rows.push([new Date(time).toISOString(), ...values.map((value) => (value === null ? "" : String(value)))].join(","))
    }
    return `${rows.join("\r\n")}\r\n`
}

/** The points of several lines by time: [{ time, values }], a value null where nothing was reported then. At most the last `limit`. */
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
