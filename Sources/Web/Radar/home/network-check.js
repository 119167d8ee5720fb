// What is wrong with the settings of a network link, before they are sent; the agent checks all of it again. Pure
// functions.

const most = 16

/** The bytes of an IPv4 or IPv6 address: 4 or 16; null for another text. */
export function parseAddress(text) {
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
        const bytes = text.split(".").map(Number)
        return text.split(".").every((part) => part === String(Number(part)) && Number(part) < 256) ? bytes : null
    }
    return text.includes(":") && text.length < 46 ? parseIPv6(text) : null
}

function parseIPv6(text) {
    const halves = text.split("::")
    if (halves.length > 2) return null
    const groups = halves.map((half) => (half === "" ? [] : half.split(":")))
    const last = groups[groups.length - 1]
    if (last.length && last[last.length - 1].includes(".")) {
        const four = parseAddress(last.pop())
        if (!four || four.length !== 4) return null
        last.push(((four[0] << 8) | four[1]).toString(16), ((four[2] << 8) | four[3]).toString(16))
    }
    const count = groups.reduce((sum, half) => sum + half.length, 0)
    if (halves.length === 1 ? count !== 8 : count > 7) return null
    const all = halves.length === 1 ? groups[0] : [...groups[0], ...Array(8 - count).fill("0"), ...groups[1]]
    if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null
    return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
}

/** An address with its prefix length, `{bytes, prefix}`; or `{problem}`, the key of what is wrong. */
export function parseInterface(text) {
    const [first, second, ...rest] = text.split("/")
    const bytes = parseAddress(first)
    if (!bytes) return { problem: "address" }
    if (second === undefined || rest.length > 0) return { problem: "prefixMissing" }
    const prefix = Number(second)
    const isNumber = /^\d{1,3}$/.test(second) && String(prefix) === second
    if (!isNumber || prefix > bytes.length * 8) return { problem: "prefix" }
    return { bytes, prefix }
}

function isLoopback(bytes) {
    return bytes.length === 4 ? bytes[0] === 127 : bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1
}

/** Why an address is not one that a machine can have: the key of a problem; null if it is fine. */
function notAHost(bytes) {
    if (bytes.every((byte) => byte === 0)) return "unspecified"
    if (isLoopback(bytes)) return "loopback"
    if (bytes.length === 4 ? bytes[0] >= 224 && bytes[0] < 240 : bytes[0] === 255) return "multicast"
    if (bytes.length === 4 && (bytes[0] === 0 || bytes[0] >= 240)) return "reserved"
    return null
}

function bit(bytes, index) { return (bytes[index >> 3] >> (7 - (index & 7))) & 1 }

function contains(network, bytes) {
    if (network.bytes.length !== bytes.length) return false
    for (let index = 0; index < network.prefix; index += 1) {
        if (bit(network.bytes, index) !== bit(bytes, index)) return false
    }
    return true
}

function notAssignable({ bytes, prefix }) {
    const reason = notAHost(bytes)
    if (reason) return reason
    if (prefix === 0) return "prefixZero"
    if (bytes.length !== 4 || prefix > 30) return null
    let ones = 0
    for (let index = prefix; index < 32; index += 1) ones += bit(bytes, index)
    return ones === 0 ? "network" : ones === 32 - prefix ? "broadcast" : null
}

/**
 * What is wrong with settings: `[{field, problem, item}]`, where `problem` is the key of a text and `item` the text
 * that it is about. The settings are `{mode, addresses, gateway, dns, ipv6, mtu}`, with lists of texts.
 */
export function check({ mode, addresses, gateway, dns, ipv6, mtu }) {
    const problems = []
    const add = (field, problem, item = "") => problems.push({ field, problem, item })
    const networks = []
    for (const [field, list] of [["addresses", addresses], ["dns", dns]]) if (list.length > most) add(field, "tooMany")
    for (const item of addresses) {
        const parsed = parseInterface(item)
        const problem = parsed.problem ?? notAssignable(parsed)
        if (problem) add("addresses", problem, item)
        else if (networks.some((other) => same(other.bytes, parsed.bytes))) add("addresses", "twice", item)
        else if (parsed.bytes.length === 16 && ipv6 === "off") add("addresses", "ipv6Off", item)
        if (parsed.bytes) networks.push(parsed)
    }
    if (mode === "static" && addresses.length === 0) add("addresses", "none")
    checkGateways(gateway, networks, ipv6, add)
    const servers = []
    for (const item of dns) {
        const bytes = parseAddress(item)
        const problem = !bytes ? "address" : isLoopback(bytes) ? null : notAHost(bytes)
        if (problem) add("dns", problem, item)
        else if (servers.some((other) => same(other, bytes))) add("dns", "twice", item)
        if (bytes) servers.push(bytes)
    }
    if (mtu !== null) {
        if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65535) add("mtu", "mtu")
        else if (ipv6 !== "off" && mtu < 1280) add("mtu", "mtuIPv6")
    }
    return problems
}

function checkGateways(gateways, networks, ipv6, add) {
    const families = new Set()
    for (const item of gateways) {
        const bytes = parseAddress(item)
        const problem = !bytes ? "address" : notAHost(bytes)
        if (problem) { add("gateway", problem, item); continue }
        if (families.has(bytes.length)) add("gateway", "twoGateways", item)
        families.add(bytes.length)
        if (networks.some((network) => same(network.bytes, bytes))) { add("gateway", "ownAddress", item); continue }
        const isLinkLocal = bytes.length === 16 && bytes[0] === 0xfe && (bytes[1] & 0xc0) === 0x80
        if (isLinkLocal) {
            if (ipv6 === "off") add("gateway", "ipv6Off", item)
            continue
        }
        const reached = networks.filter((network) => contains(network, bytes))
        if (reached.length === 0) add("gateway", "unreachable", item)
        const end = reached.map((network) => notAssignable({ bytes, prefix: network.prefix })).find(Boolean)
        if (end) add("gateway", end, item)
    }
}

function same(left, right) { return left.length === right.length && left.every((byte, index) => byte === right[index]) }

/** The lines, or words between commas, of a text. */
export function split(text) { return text.split(/[\s,;]+/).filter((word) => word !== "") }

/** The value of a settings State as the form has it: lists in the place of null and of single texts. */
export function formOf(value) {
    const list = (one) => (Array.isArray(one) ? one : [one])
        .filter((text) => typeof text === "string").slice(0, 2 * most)
    return {
        mode: value.mode === "static" ? "static" : "dhcp", addresses: list(value.addresses),
        gateway: list(value.gateway),
        dns: list(value.dns), ipv6: typeof value.ipv6 === "string" ? value.ipv6 : "auto",
        mtu: typeof value.mtu === "number" ? value.mtu : null,
    }
}

/** What differs: `[{member, before, after}]`. */
export function differences(before, after) {
    return Object.keys(after).filter((member) => JSON.stringify(before[member]) !== JSON.stringify(after[member]))
        .map((member) => ({ member, before: before[member], after: after[member] }))
}

/** The value to set: the members that differ, as the agent wants them. */
export function changeOf(before, after) {
    const change = {}
    for (const { member, after: value } of differences(before, after)) {
        change[member] = member === "gateway" && value.length === 1 ? value[0] : value
    }
    return change
}

/** The address of this page on another host: for the addresses that a link will have. */
export function pageAt(address, { protocol, port }) {
    const host = address.split("/")[0]
    return `${protocol}//${host.includes(":") ? `[${host}]` : host}${port ? `:${port}` : ""}/`
}
