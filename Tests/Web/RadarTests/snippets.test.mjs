import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import test from "node:test"
import { fileURLToPath } from "node:url"
import { connect } from "../../../Sources/Web/JavaScript/jet.js"
import {
    javascriptProgram, jetCommand, pathRule, pythonProgram, quoted, swiftProgram, swiftText,
} from "../../../Sources/Web/Radar/builder/snippets.js"

// The programs to test with: $JETD and $JET, or those in the PATH of a build. Without them, what needs them is skipped.
const { JETD, JET } = process.env
const needsDaemon = { skip: JETD && JET ? false : "$JETD and $JET do not name the programs" }
const library = fileURLToPath(new URL("../../../Sources/Web/JavaScript/jet.js", import.meta.url))

const plain = { path: { startsWith: "made up/", equalsNot: "made up/'\"$(x)`\\" }, valueField: { "a[0].b": { greaterThan: 3 } } }
const sorted = { path: { startsWith: "n/" }, sort: { byValue: "number", to: 2, descending: true } }

test("a simple rule on the path is a PATH-RULE of the command", () => {
    const cases = [
        [{ path: { equals: "a/b" } }, "a/b"], [{ path: { equals: "a/" } }, String.raw`'a\/'`], [{ path: { startsWith: "cpu/" } }, "cpu/"],
        [{ path: { startsWith: "cpu" } }, "'cpu*'"], [{ path: { contains: "temp" } }, "'*temp*'"], [{ path: { endsWith: "x*" } }, String.raw`'*x\*'`],
        [{ path: { contains: "A", caseInsensitive: true } }, "-i '*A*'"], [{ path: { equals: "-x" } }, null], [{ path: { equals: "a\u0000" } }, null],
        [{ path: { startsWith: "a", endsWith: "b" } }, null], [{ path: { equalsNot: "a" } }, null], [{ path: { equals: "a" }, value: {} }, null],
        [{ path: { equals: "a" }, sort: { byPath: true } }, null], [{}, null],
    ]
    for (const [rule, expected] of cases) assert.equal(pathRule(rule), expected, JSON.stringify(rule))
})

test("the command says what it does not have, and there is none for a rule that it cannot express", () => {
    assert.equal(jetCommand({}), "jet watch\n")
    assert.equal(jetCommand({ max: 3, path: { startsWith: "cpu/" } }, { bounds: "no max" }), "# no max\njet watch cpu/\n")
    assert.match(jetCommand(sorted, { sort: "once" }), /^# once\njet get --rule '/)
    assert.equal(jetCommand({ match: ["a"] }), null)
})

test("words of the shell and raw strings of Swift hold any text", () => {
    assert.equal(quoted("a'b"), String.raw`'a'\''b'`)
    assert.equal(quoted(""), "''")
    assert.equal(swiftText('a"##'), String.raw`###""a\"##""###`)
    assert.match(swiftText({ path: { startsWith: "x".repeat(60) } }), /^#"""\n    \{\n[^]*\}\n    """#$/)
})

test("the programs in Swift are those that a test of the library compiles", () => {
    const file = readFileSync(new URL("../../Peer/JetTests/SnippetTests.swift", import.meta.url), "utf8")
    const squeezed = text => text.replace("import Jet", "").replace(/\s+/g, "")
    for (const rule of [plain, sorted]) {
        const program = swiftProgram(rule)
        assert.ok(squeezed(file).includes(squeezed(program)), program)
    }
})

/** Starts a daemon with some States, and calls `body` with its endpoint and its port. */
async function withBus(body) {
    const folder = mkdtempSync(join(tmpdir(), "radar-"))
    const endpoint = `unix:${folder}/jet.sock`
    const daemon = spawn(JETD, ["--unix-path", `${folder}/jet.sock`, "--tcp-port", "0", "--ws-port", "0"])
    try {
        const port = Number(await read(daemon, /listening \S*?tcp\S*?:(\d+)/))
        const jet = connect(endpoint)
        await jet.opened()
        const add = jet.addState
        const elements = {
            "made up/a": { a: [{ b: 7 }] }, "made up/b": { a: [{ b: 1 }] }, "made up/'\"$(x)`\\": { a: [{ b: 7 }] },
            "n/1": 1, "n/2": 2, "n/3": 3,
        }
        await Promise.all(Object.entries(elements).map(([path, value]) => add.call(jet, path, value).added))
        try {
            await body({ endpoint, port, folder })
        } finally {
            jet.close()
        }
    } finally {
        daemon.kill()
        rmSync(folder, { recursive: true, force: true })
    }
}

/** Waits until what a program prints matches, and returns the first group, or the whole text. */
function read(child, pattern) {
    return new Promise((resolve, reject) => {
        let text = ""
        const received = chunk => {
            text += chunk
            const match = pattern.exec(text)
            if (match) resolve(match[1] ?? text)
        }
        child.stdout.on("data", received)
        child.stderr.on("data", received)
        child.on("error", reject)
        child.on("exit", () => reject(new Error(`It ended: ${text}`)))
        setTimeout(() => reject(new Error(`It did not print what is expected, but: ${text}`)), 30000).unref()
    })
}

/** Runs a program until its output matches. */
async function run(command, words, pattern, environment = {}) {
    const child = spawn(command, words, { env: { ...process.env, ...environment } })
    try {
        return await read(child, pattern)
    } finally {
        child.kill()
    }
}

test("the command, run as it is copied, selects what the rule selects", needsDaemon, () => withBus(async ({ endpoint }) => {
    const run1 = (rule, pattern) => {
        const line = jetCommand(rule, { bounds: "a note", sort: "a note" }).replace(/^jet /m, `exec '${JET}' `)
        return run("sh", ["-c", line], pattern, { JET_CONNECT: endpoint, JETD: "", HOME: "/nonexistent" })
    }
    const seen = await run1(plain, /made up\/a/)
    assert.doesNotMatch(seen, /made up\/b|n\//)
    await run1({ path: { equals: "made up/'\"$(x)`\\" } }, /\$\(x\)/)
    assert.match(await run1(sorted, /n\/3[^]*n\/2|n\/2[^]*n\/3/), /^(?![^]*n\/1)/)
}))

test("the program in Python runs, and prints what the rule selects", needsDaemon, () => withBus(async ({ port, folder }) => {
    for (const [rule, pattern, others] of [[plain, /made up\/a/, /made up\/b|n\//], [sorted, /"n": 2/, /n\/1/]]) {
        writeFileSync(join(folder, "program.py"), pythonProgram(rule).replace("11122", String(port)))
        assert.doesNotMatch(await run("python3", [join(folder, "program.py")], pattern), others)
    }
    writeFileSync(join(folder, "program.py"), pythonProgram({ value: { newer: 1 } }).replace("11122", String(port)))
    await run("python3", [join(folder, "program.py")], /badRule/)
}))

test("the program in JavaScript runs, and prints what the rule selects", needsDaemon, () => withBus(async ({ endpoint, folder }) => {
    const cases = [[plain, /add made up\/a/, /made up\/b|n\//], [{ ...sorted, interval: 0.5 }, /1 n\/3 3\n2 n\/2 2/, /n\/1/]]
    for (const [rule, pattern, others] of cases) {
        const text = javascriptProgram(rule, endpoint).replace("./jet.js", library)
        writeFileSync(join(folder, "program.mjs"), text)
        assert.doesNotMatch(await run(process.execPath, [join(folder, "program.mjs")], pattern), others)
    }
}))
