import assert from "node:assert/strict"
import { test } from "node:test"

import { isEqual, memberAt, schemaOf, validate } from "../../../Sources/Web/Radar/schema.js"

const led = {
    type: "object",
    properties: {
        brightness: { type: "integer", minimum: 0, maximum: 255 },
        trigger: { enum: ["none", "timer"] },
        max: { const: 255, readOnly: true },
        color: { type: "object", properties: { red: { type: "integer" } }, additionalProperties: false },
    },
    additionalProperties: false,
}

const places = (schema, value) => validate(schema, value).map(({ at }) => at)

test("A value that satisfies its schema has no problems", () => {
    assert.deepEqual(validate(led, { brightness: 255, trigger: "none", max: 255, color: { red: 1 } }), [])
    assert.deepEqual(validate(true, { any: "thing" }), [])
    assert.deepEqual(validate(undefined, 1), [])
})

test("Each problem names its place", () => {
    assert.deepEqual(places(led, { brightness: 256 }), ["brightness"])
    assert.deepEqual(places(led, { brightness: 1.5 }), ["brightness"])
    assert.deepEqual(places(led, { color: { red: "x", "g.b": 1 } }), ["color.red", "color[\"g.b\"]"])
    assert.deepEqual(places(led, { unknown: 1, trigger: "heartbeat", max: 1 }), ["unknown", "trigger", "max"])
    assert.deepEqual(places({ items: { minimum: 0 } }, [1, -1]), ["[1]"])
    assert.deepEqual(places({ required: ["a"] }, {}), ["a"])
    assert.deepEqual(places(led, 5), [""])
})

test("Problems are English sentences", () => {
    assert.equal(validate(led, { brightness: 300 })[0].problem, "must be at most 255")
    assert.equal(validate({ type: ["string", "null"] }, 1)[0].problem, "must be a text or null, and is a number")
    assert.equal(validate({ minLength: 1 }, "")[0].problem, "must have at least 1 character")
})

test("Texts, lists and objects are checked", () => {
    for (const [schema, good, bad] of [
        [{ minLength: 2, maxLength: 3 }, "ab", "a"], [{ pattern: "^a+$" }, "aa", "b"],
        [{ format: "ipv4" }, "10.0.0.1", "10.0.0.256"],
        [{ format: "date-time" }, "2026-11-30T18:00:00Z", "yesterday"], [{ multipleOf: 0.1 }, 0.3, 0.35],
        [{ exclusiveMinimum: 0 }, 1, 0], [{ exclusiveMaximum: 1 }, 0, 1],
        [{ maxItems: 1 }, [1], [1, 2]], [{ minItems: 1 }, [1], []], [{ uniqueItems: true }, [1, 2], [{ a: 1 }, { a: 1 }]],
        [{ minProperties: 1 }, { a: 1 }, {}], [{ maxProperties: 0 }, {}, { a: 1 }],
        [{ anyOf: [{ type: "string" }, { minimum: 5 }] }, 6, 4], [{ oneOf: [{ minimum: 5 }, { maximum: 6 }] }, 4, 5],
        [{ not: { type: "null" } }, 1, null], [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, 1, 3],
        [false, undefined, 1],
        [{ additionalProperties: { type: "string" } }, { a: "b" }, { a: 1 }],
        [{ prefixItems: [{ type: "string" }], items: { type: "number" } }, ["a", 1], ["a", "b"]],
        [{ $ref: "#/$defs/a", $defs: { a: { minimum: 3 } } }, 3, 2],
    ]) {
        if (good !== undefined) assert.deepEqual(validate(schema, good), [], JSON.stringify(schema))
        assert.equal(validate(schema, bad).length, 1, JSON.stringify(schema))
    }
})

test("A schema without an end, or one that is wrong, does not hold up the page", () => {
    const endless = { $ref: "#" }
    assert.deepEqual(validate(endless, {}), [])
    const self = { properties: { a: { $ref: "#" } }, allOf: [{ $ref: "#" }, { $ref: "#" }] }
    let deep = {}
    for (let depth = 0; depth < 500; depth++) deep = { a: deep }
    validate(self, deep)
    const wrong = [
        null, 5, "x", [], { type: 5 }, { enum: 3 }, { properties: [] }, { required: "a" }, { pattern: "(" }, { $ref: "#/a/b" },
    ]
    for (const schema of wrong) validate(schema, { a: 1 })
    assert.equal(validate({ items: { type: "string" } }, new Array(100_000).fill(1)).length, 50)
})

test("A pattern that could take for ever is left to the owner", () => {
    assert.deepEqual(validate({ pattern: "^(a+)+$" }, `${"a".repeat(60)}!`), [])
    assert.deepEqual(validate({ pattern: "^a*a*a*a*a*$" }, `${"a".repeat(250)}!`), [])
    for (const pattern of [
        `^${"a?".repeat(40)}${"a".repeat(40)}$`, "(a|a)".repeat(30) + "b", "(?:a|a)".repeat(25) + "$", ".*.*.*x",
        `^${"a{0,1}".repeat(20)}${"a".repeat(20)}$`, "^(a+){20}$", "[)]|(a|b|ab)*c", "(a*)*b",
    ]) validate({ pattern }, "a".repeat(40))
    const many = new Array(20_000).fill("a".repeat(250))
    validate({ items: { pattern: "^.*a.*b$" } }, many)
})

test("Patterns as they are common are checked, and so are long texts", () => {
    for (const [pattern, right, wrong] of [
        ["^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-01-02", "2026-1-2"], ["^(static|dhcp|off)$", "dhcp", "dhcpx"],
        ["^[a-z_][a-z0-9_-]*$", "jet-agent", "Jet"], ["^https?://", "http://a", "ftp://a"], ["b", "abc", "ac"],
        ["^[0-9a-f]+$", "0af".repeat(300), `${"0af".repeat(300)}g`],
    ]) {
        assert.deepEqual(validate({ pattern }, right), [], pattern)
        assert.equal(validate({ pattern }, wrong).length, 1, pattern)
    }
})

test("A schema that is huge does not hold up the page", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `n${index}`)
    const value = Array.from({ length: 100_000 }, (_, index) => `m${index}`)
    validate({ items: { enum: names } }, value)
    validate({ items: { type: names } }, value)
    validate({ items: { const: names } }, Array.from({ length: 20 }, () => [...names.slice(0, 99_999), 1]))
    validate({ items: { $ref: `#${"/a".repeat(400_000)}` } }, value)
    validate({ items: { required: names } }, new Array(20_000).fill({}))
    validate({ items: { uniqueItems: true } }, new Array(1000).fill(Array.from({ length: 200 }, () => names)))
})

test("Members of any name are members", () => {
    const value = JSON.parse("{\"__proto__\":1,\"constructor\":2}")
    assert.deepEqual(places({ additionalProperties: false }, value), ["__proto__", "constructor"])
    assert.deepEqual(validate({ required: ["toString"] }, {}).length, 1)
    assert.equal(memberAt("a", "b c"), "a.b c")
    assert.equal(memberAt("", 3), "[3]")
    assert.equal(memberAt("a", "x".repeat(1000)).length < 120, true)
})

test("Objects are equal whatever the order of their members", () => {
    assert.ok(isEqual({ a: [1, { b: null }], c: 1 }, { c: 1, a: [1, { b: null }] }))
    assert.ok(!isEqual({ a: 1 }, { b: 1 }))
    assert.ok(!isEqual([1], { 0: 1 }))
    assert.ok(!isEqual(null, {}))
})

test("The schema is read from the meta, and only if it is one", () => {
    assert.deepEqual(schemaOf({ format: "{\"type\":\"object\"}" }), { type: "object" })
    for (const format of [undefined, "0:100", "{", 5, "[1]", "null"]) assert.equal(schemaOf({ format }), null)
    assert.equal(schemaOf(undefined), null)
})
