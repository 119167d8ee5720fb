import assert from "node:assert/strict"
import { test } from "node:test"

import { colorStyle, fromHex, toHex } from "../../../Sources/Web/Radar/editors/kind.js"
import { editorKind } from "../../../Sources/Web/Radar/editors/kind.js"
import { parse } from "../../../Sources/Web/Radar/editors/objects.js"

const kind = (meta, value) => editorKind(meta, value).type

test("The meta chooses the editor", () => {
    assert.equal(kind({ datatype: "float" }, 1), "number")
    const { type, min, max, step } = editorKind({ datatype: "integer", format: "0:100:5" }, 1)
    assert.deepEqual([type, min, max, step], ["slider", 0, 100, 5])
    assert.equal(kind({ datatype: "integer", format: "0:3600000" }, 1), "number")
    assert.equal(kind({ datatype: "float", format: ":100" }, 1), "number")
    assert.equal(kind({ datatype: "boolean" }, true), "switch")
    assert.deepEqual(editorKind({ datatype: "enum", format: "a,b" }, "a").values, ["a", "b"])
    assert.equal(kind({ datatype: "enum" }, "a"), "text")
    assert.equal(kind({ datatype: "color", format: "rgb" }, "rgb,1,2,3"), "color")
    assert.equal(kind({ datatype: "datetime" }, ""), "datetime")
    assert.equal(kind({ datatype: "duration" }, 5), "number")
    assert.equal(kind({ datatype: "duration" }, "PT5M"), "text")
    assert.equal(kind({ datatype: "json" }, {}), "json")
})

test("Without meta, the value chooses it", () => {
    assert.equal(kind({}, 1), "number")
    assert.equal(kind(undefined, true), "switch")
    assert.equal(kind({}, "x"), "text")
    assert.equal(kind({}, { a: 1 }), "json")
    assert.equal(kind({}, null), "json")
    assert.equal(kind({ datatype: 5, format: {}, unit: [] }, 1), "number")
})

test("An object with a simple schema is a form, and any other one JSON", () => {
    const schema = {
        type: "object", properties: {
            brightness: { type: "integer", minimum: 0, maximum: 255 },
            on: { type: "boolean" },
            max: { const: 255, readOnly: true },
            color: { type: "object", properties: { red: {}, green: {}, blue: {} } },
        },
    }
    const form = editorKind({ format: JSON.stringify(schema) }, {})
    assert.equal(form.type, "form")
    assert.equal(form.isPartial, true)
    assert.deepEqual(form.members.map(member => [member.name, member.kind.type]),
        [["brightness", "slider"], ["on", "switch"], ["max", "const"], ["color", "color"]])
    schema.properties.list = { type: "array" }
    assert.equal(kind({ format: JSON.stringify(schema) }, {}), "json")
    const members = Array.from({ length: 100 }, (_, index) => [`m${index}`, { type: "string" }])
    const wide = { type: "object", properties: Object.fromEntries(members) }
    assert.equal(kind({ format: JSON.stringify(wide) }, {}), "json")
    assert.equal(kind({ format: "{\"$ref\":\"#\"}" }, {}), "json")
})

test("Colours are read and written in each form", () => {
    for (const [value, format, hex] of [
        ["rgb,255,120,0", "rgb", "#ff7800"], ["hsv,300,50,100", "hsv", "#ff80ff"], ["255,0,1", "rgb", "#ff0001"],
        ["#00ff7f", "", "#00ff7f"],
        [{ red: 0, green: 120, blue: 255 }, "", "#0078ff"], [{ r: 1, g: 2, b: 3 }, "", "#010203"],
    ]) {
        const style = colorStyle(value, format)
        assert.equal(toHex(value, style), hex)
        assert.equal(toHex(fromHex(hex, style), style), hex)
        assert.equal(typeof fromHex(hex, style), typeof value)
    }
    for (const value of [null, 5, "red", "rgb,1,2", "rgb,a,b,c", {}]) assert.equal(toHex(value, "rgb"), null)
})

test("JSON that is wrong names the line and the column", () => {
    const place = text => { const { line, column } = parse(text); return [line, column] }
    assert.deepEqual(parse("{\"a\": [1, true, null]}"), { value: { a: [1, true, null] } })
    assert.deepEqual(place("{\"a\": 1,}"), [1, 9])
    assert.deepEqual(place("{\n  \"a\": 1\n  \"b\": 2\n}"), [3, 3])
    assert.deepEqual(place("[1, 2"), [1, 6])
    assert.deepEqual(place("[1,,2]"), [1, 4])
    assert.deepEqual(place("{a: 1}"), [1, 2])
    assert.deepEqual(place("{\"a\" 1}"), [1, 6])
    assert.deepEqual(place("1 2"), [1, 3])
    assert.deepEqual(place(""), [1, 1])
    assert.deepEqual(place("[\"a\nb\"]"), [1, 2])
    assert.deepEqual(place("[01]"), [1, 3])
    assert.deepEqual(place("{\"a\": undefined}"), [1, 7])
    assert.deepEqual(place("[1}"), [1, 3])
    assert.deepEqual(place("]"), [1, 1])
})

test("Long JSON that is wrong at its end is found quickly", () => {
    const text = `[${"{\"a\": [1, 2, 3]}, ".repeat(20_000)}]`
    assert.equal(parse(text).offset, text.length - 1)
})
