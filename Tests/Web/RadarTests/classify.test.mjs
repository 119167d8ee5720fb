import assert from "node:assert/strict"
import { test } from "node:test"
import { bounds, classify, judge, limits, schemaOf, titleOf } from "../../../Sources/Web/Radar/home/classify.js"

const entry = (path, value, meta = {}) => ({ path, value, meta })
const card = (...of) => classify(entry(...of))?.card ?? null

test("a number in °C is a temperature, wherever it is", () => {
    assert.equal(card("sensors/coretemp/core-0", 41, { unit: "°C" }), "temperatures")
    assert.equal(card("plant/boiler", 71, { unit: "°C" }), "temperatures")
    assert.equal(card("plant/boiler", 71, { unit: "rpm" }), "sensors")
})

test("a State is an LED by its schema, not by its path", () => {
    const format = JSON.stringify({ type: "object", properties: { brightness: { type: "integer" } } })
    assert.equal(card("led/ACT", { brightness: 0 }, { format }), "leds")
    assert.equal(card("plant/signal/lamp", { brightness: 0 }, { format }), "leds")
    assert.equal(card("led/ACT", { other: 0 }), null)
})

test("a percentage, and a number with two bounds, become a meter", () => {
    assert.equal(classify(entry("tank/level", 63, { unit: "%" })).part, "meter")
    assert.equal(classify(entry("tank/volume", 63, { unit: "L", format: "0:200" })).part, "meter")
    assert.equal(classify(entry("tank/volume", 63, { unit: "L", format: ":200" })).part, "number")
    assert.deepEqual(bounds({ unit: "%" }), [0, 100])
    assert.deepEqual(bounds({ format: "-5:5" }), [-5, 5])
    assert.equal(bounds({ format: "5:-5" }), null)
})

test("objects of jet-agent are known by their shape", () => {
    assert.equal(card("storage/filesystems/root", { size: 10, used: 5 }), "storage")
    assert.equal(card("network/eth0", { state: "UP", addresses: [] }), "links")
    assert.deepEqual(classify(entry("network/eth0/rates", { rxBytes: 1 })),
        { card: "links", part: "rates", of: "network/eth0" })
    assert.equal(card("services/ssh.service", { active: "active", sub: "running" }), "services")
    assert.equal(card("system/update", { phase: "idle", upgradable: [] }), "update")
    assert.equal(card("power/BAT0", { type: "battery", capacity: 50 }), "power")
    assert.equal(card("settings/net/eth0", { mode: "dhcp", addresses: [], gateway: null, dns: [] }), "settings")
    assert.equal(card("thermal/zone/x86", { temperature: 40, trips: [] }, { unit: "°C" }), "temperatures")
    assert.equal(card("devices/usb/1-1", { sysname: "1-1" }), "devices")
})

test("Methods, texts and what has no place are not shown", () => {
    assert.equal(classify({ path: "led/ACT/toggle", meta: {} }), null)
    for (const [path, value] of [["a", "text"], ["a", null], ["a", [1]], ["agent/providers/leds", 3],
        ["devices/x", true]]) {
        assert.equal(card(path, value), null, path)
    }
})

test("hostile metas and values do not throw", () => {
    const values = [0, -0, 1e308, "", "x".repeat(10000), [], {}, { size: "a" }, { addresses: 5, state: 5 },
        { trips: [null, 1, {}] }]
    const metas = [null, [], 5, "x", { format: 5 }, { format: "{" }, { format: "{}" }, { format: "[]" },
        { format: { properties: 5 } },
        { unit: {}, title: [] }, { max: "NaN", crit: {} }, { format: "{".repeat(100000) }, { format: ":::::" }]
    for (const value of values) for (const meta of metas) {
        classify({ path: "\0//\u{1F600}", value, meta })
        limits(meta, value)
        bounds(meta)
        schemaOf(meta)
        titleOf({ path: "", value, meta })
    }
})

test("limits come from max and crit, else from the format, else from the trips of a zone", () => {
    assert.deepEqual(limits({ max: "85", crit: "100", format: ":100" }).map(({ value, kind, name }) =>
        [value, kind, name]),
        [[85, "warn", "max"], [100, "bad", "crit"]])
    assert.deepEqual(limits({ format: ":100" }).map(({ value, kind }) => [value, kind]), [[100, "bad"]])
    assert.deepEqual(limits({ format: "300:" }).map(({ value, isLower }) => [value, isLower]), [[300, true]])
    assert.deepEqual(limits({},
        { trips: [{ type: "critical", temperature: 105 }, { type: "passive", temperature: 95 }] }).map(({ value }) =>
        value), [95, 105])
    assert.deepEqual(limits({ format: "{}" }), [])
})

test("a number is judged by the worst limit that it exceeds", () => {
    const both = limits({ max: 85, crit: 100 })
    assert.equal(judge(84, both).level, "good")
    assert.equal(judge(85, both).limit.name, "max")
    assert.equal(judge(100, both).level, "bad")
    assert.equal(judge(200, limits({ format: "300:" })).level, "warn")
})

test("a title is cut, and made from the path if there is none", () => {
    assert.equal(titleOf(entry("a/b/c", 1)), "b c")
    assert.equal(titleOf(entry("a", 1, { title: "t".repeat(500) })).length, 80)
    assert.equal(titleOf(entry("", 1)), "—")
})
