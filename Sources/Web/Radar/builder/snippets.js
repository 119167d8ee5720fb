// A rule as a command and as programs. Each runs on the device itself as it is; nothing here touches the page.

const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value)

/** The members of a rule that `jet --rule` has; the others would be refused. */
const known = ["path", "value", "valueField", "sort"]
/** Members that change how often there are notifications and how many, and not what is selected by its nature. */
const bounds = ["max", "interval"]

/** A word of a shell. */
export function quoted(word) {
    return /^[\w/.,:+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** The PATH-RULE of jet(1) for a rule, with `-i` if it ignores case; null if there is none. */
export function pathRule(rule) {
    const { path, ...others } = rule
    if (Object.keys(others).length || !isObject(path)) return null
    const { caseInsensitive = false, ...predicates } = path
    const [[predicate, operand] = [], ...more] = Object.entries(predicates)
    if (more.length || typeof operand !== "string" || operand === "" || /[\0-\x1f]/.test(operand)) return null
    const escaped = operand.replace(/[*\\]/g, String.raw`\$&`)
    const exact = escaped.replace(/\/$/, String.raw`\/`)
    const words = {
        equals: exact, startsWith: operand.endsWith("/") ? escaped : `${escaped}*`, endsWith: `*${exact}`,
        contains: `*${escaped}*`,
    }
    // What begins with a dash would be an option.
    if (!Object.hasOwn(words, predicate) || words[predicate].startsWith("-")) return null
    return `${caseInsensitive ? "-i " : ""}${quoted(words[predicate])}`
}

/**
 * The command `jet` for a rule; with `notes`, comments about what it does not have; null if it would select something
 * else.
 */
export function jetCommand(rule, notes = {}) {
    const given = Object.entries(rule).filter(([, part]) => part !== null)
    if (given.some(([name]) => !known.includes(name) && !bounds.includes(name))) return null
    const selection = Object.fromEntries(given.filter(([name]) => known.includes(name)))
    const short = pathRule(selection)
    const words = short ?? (Object.keys(selection).length ? `--rule ${quoted(JSON.stringify(selection))}` : "")
    const lines = given.some(([name]) => bounds.includes(name)) && notes.bounds ? [`# ${notes.bounds}`] : []
    if (selection.sort && notes.sort) lines.push(`# ${notes.sort}`)
    return [...lines, `jet ${selection.sort ? "get" : "watch"} ${words}`.trim(), ""].join("\n")
}

/** JSON as a raw string of Swift: as many # as keep the text from ending it, and on several lines if it is long. */
export function swiftText(json) {
    const compact = JSON.stringify(json)
    const longest = Math.max(0, ...[...compact.matchAll(/#+/g)].map(([run]) => run.length))
    const fence = "#".repeat(longest + 1)
    if (compact.length <= 60) return `${fence}"${compact}"${fence}`
    return `${fence}"""\n${JSON.stringify(json, null, 4).replace(/^/gm, "    ")}\n    """${fence}`
}

/** A program in Swift, with the library Jet. */
export function swiftProgram(rule) {
    const loop = rule.sort
        ? `for try await entries in try await peer.window(rule) {
    print(entries.map { "\\($0.index) \\($0.path) \\($0.value ?? .null)" }.joined(separator: "\\n"))
}`
        : `for try await event in try await peer.fetch(rule) {
    print(event.kind, event.path, event.value ?? .null)
}`
    return `import Jet

let peer = try await Peer.connectLocally()
let text = ${swiftText(rule)}
let rule = try FetchRule(parsing: JSON(parsing: text))
${loop}
`
}

/** A program in JavaScript, with jet.js. */
export function javascriptProgram(rule, address = "ws://localhost:11123/") {
    const { interval, ...selection } = rule
    const json = JSON.stringify(selection, null, 4)
    const options = interval > 0 ? `, { interval: ${interval} }` : ""
    const listen = rule.sort
        ? `jet.window(rule, ({ entries }) => {
    for (const { index, path, value } of entries) console.log(index, path, value)
}${options})`
        : `jet.fetch(rule, ({ event, path, value }) => {
    console.log(event, path, value)
}${options})`
    return `import { connect } from "./jet.js"

const jet = connect(${JSON.stringify(address)})
const rule = ${json}
${listen}
`
}

/** A text of Python: that of JSON, which Python reads in the same way. */
const pythonText = text => JSON.stringify(text)

/** A program in Python, without libraries. */
export function pythonProgram(rule) {
    return `import json, socket, struct

link = socket.create_connection(("127.0.0.1", 11122))
stream = link.makefile("rwb")

def send(message):
    text = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(text)) + text)
    stream.flush()

def receive():
    return json.loads(stream.read(struct.unpack(">I", stream.read(4))[0]))

rule = json.loads(${pythonText(JSON.stringify(rule))})
send({"id": 1, "method": "fetch", "params": {**rule, "id": "fetch"}})
while True:
    message = receive()
    if "error" in message:
        raise SystemExit(message["error"])
    if message.get("method") == "fetch":
        print(json.dumps(message["params"]), flush=True)
`
}
