// Rates from two readings of counters. Nothing here touches the page.

/** Counters of peers and accounts; their other figures are amounts. */
const counters = ["messages", "work", "conflated", "refused"]

/** The account of a peer, or the account itself, by which readings are compared. A number of a peer is used again. */
const keyOf = one => "peer" in one ? `peer ${one.peer} ${one.account} ${one.name ?? ""}` : `account ${one.account}`

/**
 * Reads the result of `peers` again and again, and adds to each peer and account its `rates` per second; null where
 * they are not known yet. `share` is the part that the entry has in all work of the time, from 0 to 1.
 */
export class Rates {
    #before = new Map()
    #at = null

    read(entries, at) {
        const seconds = this.#at === null ? 0 : (at - this.#at) / 1000
        const present = new Map()
        const read = entries.map(entry => {
            const key = keyOf(entry)
            present.set(key, entry)
            const before = this.#before.get(key)
            return { ...entry, rates: before && seconds > 0 ? difference(entry, before, seconds) : null }
        })
        this.#before = present
        this.#at = at
        const work = read.reduce((sum, entry) => sum + (entry.rates?.work ?? 0), 0)
        return read.map(entry => ({ ...entry, share: work > 0 && entry.rates ? entry.rates.work / work : 0 }))
    }
}

/** The differences of numbers per second. A counter that has become smaller belongs to another connection. */
export function difference(now, before, seconds, names = counters) {
    if (names.some(name => number(now[name]) < number(before[name]))) return null
    return Object.fromEntries(names.map(name => [name, (number(now[name]) - number(before[name])) / seconds]))
}

const number = value => typeof value === "number" && Number.isFinite(value) ? value : 0

/** The value of a column for sorting: the name, an amount, or a rate. */
export function figure(entry, column) {
    if (column === "who") return `${entry.account ?? ""} ${entry.name ?? ""}`
    if (column === "share" || column === "work") return entry.rates?.work ?? 0
    if (counters.includes(column)) return entry.rates?.[column] ?? 0
    return number(entry[column] === true ? 1 : entry[column])
}

/** The entries in the order of a column; those that are equal keep theirs by name, so that rows do not jump. */
export function sorted(entries, column, isDescending) {
    const sign = isDescending ? -1 : 1
    const nameOf = entry => `${figure(entry, "who")} ${entry.peer ?? ""}`
    return entries.map(entry => ({ entry, by: figure(entry, column), name: nameOf(entry) }))
        .sort((a, b) => sign * (a.by < b.by ? -1 : a.by > b.by ? 1 : 0) || (a.name < b.name ? -1 : 1))
        .map(({ entry }) => entry)
}

/**
 * Who floods the bus: the one with more than half of the work, if all work together is more than 5 % of a processor,
 * or if it sends more than 1,000 messages a second.
 */
export function flooder(entries) {
    const work = entries.reduce((sum, entry) => sum + (entry.rates?.work ?? 0), 0)
    const most = sorted(entries, "work", true)[0]
    return most?.share > 0.5 && (work > 0.05e9 || most.rates.messages > 1000) ? most : null
}
