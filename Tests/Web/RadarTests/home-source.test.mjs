import assert from "node:assert/strict"
import { test } from "node:test"
import { areas, ruleOfOthers, Source } from "../../../Sources/Web/Radar/home/source.js"

/** A Jet whose windows are filled by the test. */
class FakeJet extends EventTarget {
    state = "open"
    windows = []
    gets = []
    metas = {}

    batch(body) { return body() }

    window(rule, listener, options) {
        const window = { rule, options, entries: [], total: null, isEnded: false, started: Promise.resolve(),
            end: async () => { window.isEnded = true } }
        window.show = (entries, total = null) => { window.entries = entries; window.total = total; listener(window) }
        this.windows.push(window)
        return window
    }

    async get(rule) {
        this.gets.push(rule.path.equalsOneOf)
        return rule.path.equalsOneOf.map((path) => ({ path, meta: this.metas[path] }))
    }

    of(prefix) { return this.windows.find((window) => window.rule.path?.startsWith === prefix) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test("every window is bounded and has an interval, and the others exclude the known parts", async () => {
    const jet = new FakeJet()
    const source = new Source(jet, () => {})
    assert.equal(jet.windows.length, areas.length + 1)
    for (const { rule, options } of jet.windows) {
        assert.ok(rule.sort.byPath && rule.sort.from === 1 && rule.sort.to <= 1000)
        assert.ok(options.interval >= 1)
    }
    for (const area of areas) assert.ok(ruleOfOthers().unmatch.includes(`^${area.prefix}`))
    await source.end()
    assert.ok(jet.windows.every((window) => window.isEnded))
})

test("the metas of new elements are asked for once, and then they are classified", async () => {
    const jet = new FakeJet()
    jet.metas = { "sensors/a/t": { unit: "°C" }, "sensors/a/u": { unit: "V" } }
    const source = new Source(jet, () => {})
    jet.of("sensors/").show([{ path: "sensors/a/t", value: 1, index: 1 }, { path: "sensors/a/u", value: 2, index: 2 }])
    await settled()
    jet.of("sensors/").show([{ path: "sensors/a/t", value: 3, index: 1 }, { path: "sensors/a/u", value: 2, index: 2 }])
    await settled()
    assert.deepEqual(jet.gets, [["sensors/a/t", "sensors/a/u"]])
    assert.equal(source.items.get("sensors/a/t").is.card, "temperatures")
    assert.equal(source.items.get("sensors/a/t").value, 3)
    assert.equal(source.items.get("sensors/a/u").is.card, "sensors")
    await source.end()
})

test("what is gone stays as stale, and is asked for again when it comes back", async () => {
    const jet = new FakeJet()
    const source = new Source(jet, () => {})
    const entry = { path: "led/a", value: {}, index: 1 }
    jet.of("led/").show([entry])
    await settled()
    jet.of("led/").show([])
    assert.notEqual(source.items.get("led/a").goneAt, null)
    jet.of("led/").show([entry])
    await settled()
    assert.equal(source.items.get("led/a").goneAt, null)
    assert.equal(jet.gets.length, 2)
    await source.end()
})

test("a flood of elements that come and go does not grow the memory", async () => {
    const jet = new FakeJet()
    const source = new Source(jet, () => {})
    for (let round = 0; round < 300; round += 1) {
        jet.of("sensors/").show(Array.from({ length: 100 },
            (_, index) => ({ path: `sensors/${round}/${index}`, value: index, index: index + 1 })))
    }
    assert.ok(source.items.size <= 160, `${source.items.size} elements`)
    await source.end()
})

test("what leaves a full window is not called stale", async () => {
    const jet = new FakeJet()
    const source = new Source(jet, () => {})
    const full = (from) =>
        Array.from({ length: 24 },
        (_, index) => ({ path: `power/${String(from + index).padStart(3, "0")}`, value: 1, index: index + 1 }))
    jet.of("power/").show(full(1), 30)
    jet.of("power/").show(full(0), 31)
    assert.ok([...source.items.values()].every((item) => item.goneAt === null))
    assert.equal(source.items.size, 24)
    assert.equal(source.hidden("power/"), 7)
    await source.end()
})
