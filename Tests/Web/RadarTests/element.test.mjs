import assert from "node:assert/strict"
import { test } from "node:test"

import { csv, field, rowsOf } from "../../../Sources/Web/Radar/chart/full.js"
import { Series } from "../../../Sources/Web/Radar/chart.js"
import { numberAt, numericFields } from "../../../Sources/Web/Radar/element/value.js"
import { outcomeOf, partOf } from "../../../Sources/Web/Radar/element/log.js"

test("The numbers inside a value can be charted, in bounded number and depth", () => {
    assert.deepEqual(numericFields(5), [{ at: "", steps: [], value: 5 }])
    const fields = numericFields({ total: 70, cores: [41, 99], name: "x", in: { a: { b: { c: { d: 1 } } } } })
    assert.deepEqual(fields.map(({ at }) => at), ["total", "cores[0]", "cores[1]"])
    assert.equal(numberAt({ cores: [41, 99] }, fields[2].steps), 99)
    assert.equal(numberAt({ cores: "x" }, fields[2].steps), null)
    assert.equal(numberAt(null, ["a"]), null)
    assert.equal(numberAt({}, ["constructor"]), null)
    const many = Object.fromEntries(Array.from({ length: 1e5 }, (_, index) => [`m${index}`, index]))
    assert.equal(numericFields(many).length, 60)
})

test("A set is taken, adjusted, or not seen yet", () => {
    assert.deepEqual(outcomeOf(50, 49, 10, 49), { kind: "adjusted", value: 49 })
    assert.deepEqual(outcomeOf(50, 50, 10, 10), { kind: "taken", value: 50 })
    assert.equal(outcomeOf(50, true, 10, 50).kind, "taken")
    assert.equal(outcomeOf(50, true, 10, 10).kind, "accepted")
    assert.equal(outcomeOf(50, null, 10, 49).kind, "adjusted")
    assert.equal(outcomeOf(true, true, false, false).kind, "taken")
    assert.equal(outcomeOf(true, false, false, false).kind, "adjusted")
    assert.equal(outcomeOf({ percent: 60 }, { percent: 60, brightness: 153 }, {}, {}).kind, "taken")
    assert.equal(outcomeOf({ percent: 60 }, { percent: 59.6, brightness: 152 }, {}, {}).kind, "adjusted")
    assert.deepEqual(partOf({ percent: 60 }, { percent: 59.6, brightness: 152 }), { percent: 59.6 })
})

function line(label, points, unit = "") {
    const series = new Series()
    for (const [time, value] of points) series.push(value, time)
    return { label, unit, series }
}

test("CSV has a row for each time, quotes what must be, and starts no formula", () => {
    const column = "sensors/x/y"
    assert.match(csv([{ ...line("y", [[0, 1]], "°C"), column }]), /^time,sensors\/x\/y \[°C\]\r\n/)
    const text = csv([line("=SUM(A1)", [[0, 1.5], [1000, null]], "°C"), line("a, \"b\"\n", [[1000, -2]])])
    const rows = [
        "time,'=SUM(A1) [°C],\"a, \"\"b\"\"\n\"", "1970-01-01T00:00:00.000Z,1.5,", "1970-01-01T00:00:01.000Z,,-2", "",
    ]
    assert.equal(text, rows.join("\r\n"))
    for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
        assert.ok(field(`${start}x`).replace("\"", "").startsWith("'"))
    }
})

test("The table has the last rows", () => {
    const rows = rowsOf([line("a", Array.from({ length: 1000 }, (_, index) => [index, index]))], 200)
    assert.deepEqual([rows.length, rows[0].time, rows.at(-1).values], [200, 800, [999]])
    assert.deepEqual(rowsOf([], 200), [])
})
