/**
 * Parses JSON, and says where it is wrong: { value }, or { line, column, offset }. The messages of browsers differ, and not
 * all have the place.
 */
export function parse(text) {
    try {
        return { value: JSON.parse(text) }
    } catch {
        const offset = wrongAt(text)
        const before = text.slice(0, offset)
        const line = before.split("\n").length
        return { offset, line, column: offset - (before.lastIndexOf("\n") + 1) + 1 }
    }
}

const token = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y

/** The offset of the first character that cannot stand where it is. */
function wrongAt(text) {
    const open = []
    // What may follow: a value; a value or the end of the array; a member or the end of the object; …
    let state = "value"
    token.lastIndex = 0
    for (;;) {
        const from = token.lastIndex
        const start = from + /^[ \t\n\r]*/.exec(text.slice(from, from + 100_000))[0].length
        const found = token.exec(text)
        if (!found) return Math.min(start, text.length)
        const [, mark, string] = found
        if (state === "end") return start
        if (state === "value" || state === "first") {
            if (mark === "{") { open.push("}"); state = "member" }
            else if (mark === "[") { open.push("]"); state = "first" }
            else if (mark === "]" && state === "first") { open.pop(); state = "after" }
            else if (mark) return start
            else state = "after"
        } else if (state === "member" || state === "name") {
            if (string !== undefined) state = "colon"
            else if (mark === "}" && state === "member") { open.pop(); state = "after" }
            else return start
        } else if (state === "colon") {
            if (mark !== ":") return start
            state = "value"
        } else {
            if (mark === "," && open.length > 0) state = open.at(-1) === "}" ? "name" : "value"
            else if (mark !== undefined && mark === open.at(-1)) open.pop()
            else return start
        }
        if (open.length === 0 && state === "after") state = "end"
    }
}
