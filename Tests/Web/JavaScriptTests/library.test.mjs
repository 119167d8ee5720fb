import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import * as library from "../../../Sources/Web/JavaScript/jet.js"
import { libraryFile, librarySource, peer, test } from "./support/test.mjs"
import { serve } from "./support/server.mjs"

const types = readFileSync(libraryFile.replace(/\.js$/, ".d.ts"), "utf8").replace(/\/\*\*[^]*?\*\//g, "")

/** The names of the members that jet.d.ts declares in a class, which are indented by four spaces. */
function members(name) {
    const body = new RegExp(`^export class ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m").exec(types)[1]
    const names = [...body.matchAll(/^ {4}(?:readonly )?(\w+)[(<?:]/gm)].map(match => match[1])
    return names.filter(each => each !== "constructor")
}

test("What jet.d.ts exports is what jet.js exports", () => {
    const declared = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map(match => match[1])
    assert.deepEqual(Object.keys(library).sort(), declared.sort())
})

test("What jet.d.ts declares in the classes exists", async t => {
    const jet = peer(t, await serve(t))
    await jet.opened()
    const instances = {
        JetError: new library.JetError("text"), Jet: jet,
        Fetch: jet.fetch({}, () => {}), Window: jet.window({}, () => {}),
        OwnElement: jet.addMethod("a", () => {}), OwnState: jet.addState("b", 1),
    }
    for (const [name, instance] of Object.entries(instances)) {
        assert.ok(instance instanceof library[name])
        assert.ok(members(name).length > 0)
        for (const member of members(name)) assert.ok(member in instance, `${name}.${member}`)
    }
})

test("jet.js has at most 9.6 KB compressed", () => {
    assert.ok(gzipSync(librarySource, { level: 9 }).length <= 9600)
})

test("jet.js evaluates nothing, writes no HTML, stores nothing, and loads only the sockets of Node", () => {
    assert.doesNotMatch(librarySource, /\beval\b|new Function|innerHTML|document\.write|Storage|XMLHttp/)
    assert.deepEqual(librarySource.match(/import\(.*?\)|^import .*$/gm), ["import(\"node:net\")"])
})
