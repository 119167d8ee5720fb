import assert from "node:assert/strict"
import { test } from "node:test"

import { amount, brief, pathParts, pretty, textMeta, visible } from "../../../Sources/Web/Radar/explore/brief.js"
import { Cache } from "../../../Sources/Web/Radar/explore/known.js"
import { Changes } from "../../../Sources/Web/Radar/explore/known.js"
import { Geometry } from "../../../Sources/Web/Radar/explore/rows.js"
import { methodPaths, ruleFor } from "../../../Sources/Web/Radar/explore/list.js"
import { ListSource } from "../../../Sources/Web/Radar/explore/list.js"

test("A value is one line of bounded length, whatever it is", () => {
    assert.equal(brief(21.5, { unit: "°C" }), "21.5 °C")
    assert.equal(brief({ a: 1, b: { c: [1, "x"] } }), "a: 1, b: {c: [1, \"x\"]}")
    assert.equal(brief({ total: 7.5, cores: [8, 7] }, { unit: "%" }), "total: 7.5 %, cores: [8, 7]")
    assert.equal(brief({ rxBytes: 7 }, { unit: "1/s" }), "rxBytes: 7")
    assert.ok(brief({ total: 7 }, { unit: "x".repeat(10_000) }).length < 100)
    assert.equal(brief([]), "[]")
    assert.equal(brief({}), "{}")
    assert.equal(brief(""), "\"\"")
    assert.equal(brief(null), "null")
    assert.equal(brief(undefined), "")
    assert.equal(brief("a\nb\u0000"), "a\\u000ab\\u0000")
    let deep = 1
    for (let depth = 0; depth < 10_000; depth++) deep = { a: deep }
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`m${index}`, index]))
    for (const value of ["x".repeat(1 << 20), new Array(1e6).fill(7), deep, many, { ["k".repeat(1e6)]: 1 }]) {
        assert.ok(brief(value).length <= 300)
    }
    assert.ok(brief(JSON.parse("{\"__proto__\":{\"a\":1}}")).startsWith("__proto__: {a: 1}"))
})

test("Small and large numbers keep their leading digits", () => {
    assert.equal(amount(0.0004), "0.0004")
    assert.equal(amount(1e-9, { unit: "s" }), "1.000e-9 s")
    assert.equal(amount(1e308), "1.000e+308")
    assert.equal(amount(0, { unit: "V" }), "0 V")
    assert.equal(amount(1536, { unit: "B" }), "1.5 KiB")
})

test("Characters that change the direction of text are shown as escapes", () => {
    assert.equal(visible("\u202egnp.exe"), "\\u202egnp.exe")
    assert.equal(visible("a\u200bb\ufeff"), "a\\u200bb\\ufeff")
    assert.equal(visible("אבג"), "אבג")
})

test("A path is cut in the middle: its last name is always seen", () => {
    assert.deepEqual(pathParts("a/b/c"), ["a/b", "/c"])
    assert.deepEqual(pathParts("abc"), ["", "abc"])
    assert.deepEqual(pathParts("a/b/"), ["a", "/b/"])
    assert.equal(pathParts(`a/${"x".repeat(100)}`)[1].length, 28)
    for (const path of ["", "/", "//", "\u0000"]) assert.equal(pathParts(path).join(""), visible(path))
})

test("A long value is shown in part", () => {
    assert.deepEqual(pretty({ a: 1 }), { text: "{\n  \"a\": 1\n}", isCut: false, length: 12 })
    const { text, isCut, length } = pretty("x".repeat(1 << 20))
    assert.deepEqual([text.length, isCut, length], [2000, true, 1 << 20])
})

test("Meta that is no text is ignored", () => {
    assert.deepEqual(textMeta({ title: 5, unit: {}, datatype: null, format: "0:1" }), { format: "0:1" })
    assert.deepEqual(textMeta(null), {})
})

test("The cache forgets what was used longest ago", () => {
    const cache = new Cache(2)
    cache.set("a", 1)
    cache.set("b", 2)
    cache.get("a")
    cache.set("c", 3)
    assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c"), cache.size], [1, undefined, 3, 2])
})

test("A value that is sent again has not changed", () => {
    const changes = new Changes()
    changes.note("a", { value: { b: 1 } })
    changes.note("a", { value: { b: 1 } })
    assert.equal(changes.of("a").hasChanged, false)
    changes.note("a", { value: { b: 2 } })
    assert.equal(changes.of("a").hasChanged, true)
})

test("Rows are where the scrollbar says, also in a list that is higher than a browser can lay out", () => {
    for (const total of [1000, 100_000, 5_000_000]) {
        const geometry = new Geometry(36)
        Object.assign(geometry, { total, viewport: 720 })
        assert.ok(geometry.height <= 12_000_000)
        assert.deepEqual(geometry.range(0), { first: 0, last: 21 })
        const end = geometry.range(geometry.height - 720)
        assert.equal(end.last, total)
        for (const index of [0, 1, Math.floor(total / 2), total - 1]) {
            const top = geometry.reveal(index, 0)
            const { first, last } = geometry.range(top)
            assert.ok(first <= index && index < last, `${index} of ${total}`)
            const offset = geometry.offset(index, top) - top
            assert.ok(offset >= -1 && offset <= 720 - 36 + 1, `${offset}`)
            assert.equal(geometry.reveal(index, top), top)
        }
    }
})

test("An empty list has no rows", () => {
    const geometry = new Geometry(36)
    geometry.viewport = 720
    assert.deepEqual(geometry.range(0), { first: 0, last: 0 })
})

test("A search and a type are a rule of the protocol", () => {
    assert.deepEqual(ruleFor("", "", []), {})
    assert.deepEqual(ruleFor("Temp", "number", []),
        { path: { contains: "Temp", caseInsensitive: true }, value: { isType: "number" } })
    assert.deepEqual(ruleFor("", "method", ["a"]), { path: { equalsOneOf: ["a"] } })
    assert.deepEqual(ruleFor("", "state", ["a"]), { path: { equalsNotOneOf: ["a"] } })
})

test("Methods are looked for only among a bounded number of elements", async () => {
    const bus = count => ({
        request: async () => ({ statistics: { elements: count } }),
        get: async () => [{ path: "a", value: 1 }, { path: "b" }],
    })
    assert.deepEqual(await methodPaths(bus(2)), ["b"])
    assert.equal(await methodPaths(bus(1_000_000)), null)
})

globalThis.document ??= { hidden: false }

/** A bus whose window is under the control of the test. */
function windowBus(info = null) {
    const window = {
        from: 1, to: 60, entries: [], total: null, isCurrent: false, started: Promise.resolve(), moves: [],
        end: async () => {},
    }
    window.move = (from, to) => { Object.assign(window, { from, to, isCurrent: false }); window.moves.push([from, to]) }
    return {
        info, window, request: async () => info ?? {},
        tell(entries, total = null) {
            Object.assign(window, { entries, total, isCurrent: true })
            this.listener(window)
        },
    }
}

function listOf(bus, rule = {}) {
    const window = (_, listener) => { bus.listener = listener; return bus.window }
    const jet = { info: bus.info, request: bus.request, window }
    return new ListSource(jet, rule, new Changes(), () => {})
}

test("Only what is seen and a little beside it is fetched", t => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] })
    const bus = windowBus({ features: { moveWindow: true } })
    const list = listOf(bus)
    bus.tell(Array.from({ length: 60 }, (_, index) => ({ path: `p${index}`, value: index, index: index + 1 })), 100_000)
    assert.equal(list.total, 100_000)
    list.show(0, 30)
    assert.deepEqual(bus.window.moves, [])
    list.show(5000, 5030)
    assert.deepEqual(bus.window.moves, [[4981, 5050]])
    assert.equal(list.row(4000), null)
    // While the window is on its way, it is not moved again.
    list.show(9000, 9030)
    assert.equal(bus.window.moves.length, 1)
    bus.tell([{ path: "p5000", value: 1, index: 5001 }], 100_000)
    list.show(9000, 9030)
    assert.deepEqual(bus.window.moves.at(-1), [8981, 9050])
    list.end()
})

test("Without totals, the length of the list is an estimate until its end is seen", () => {
    const bus = windowBus()
    const list = listOf(bus, { path: { contains: "a" } })
    const entries = count =>
        Array.from({ length: count }, (_, index) => ({ path: `p${index}`, value: index, index: index + 1 }))
    bus.tell(entries(60))
    assert.ok(list.total > 60 && list.isEstimate)
    bus.tell(entries(12))
    assert.equal(list.total, 12)
    assert.equal(list.isEstimate, false)
    bus.tell([])
    assert.equal(list.total, 0)
    list.end()
})
