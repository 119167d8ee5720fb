import assert from "node:assert/strict"
import { test } from "node:test"

import { Series } from "../../../Sources/Web/Radar/chart.js"
import { digitsOf, ticks, timeTicks, valueRange } from "../../../Sources/Web/Radar/chart/draw.js"

test("A value holds until the next one", () => {
    const series = new Series()
    series.push(1, 1000)
    series.push(3, 5000)
    assert.ok(Number.isNaN(series.valueAt(999)))
    assert.equal(series.valueAt(4999), 1)
    assert.equal(series.valueAt(5000), 3)
    assert.deepEqual(series.range(4000, 4500), [1, 1])
})

test("What is no number is one gap, and what held before it is not known after it", () => {
    const series = new Series()
    for (const value of [null, "x", 1, NaN, Infinity, {}, 2]) series.push(value, series.length + 1)
    assert.deepEqual([...series.values.slice(0, series.length)], [1, NaN, 2])
})

test("A million points take the memory of the limit, and the extremes stay", () => {
    const series = new Series({ limit: 3600, keep: 1e12 })
    for (let index = 0; index < 1_000_000; index++) series.push(index === 400_123 ? 99 : Math.sin(index), index)
    assert.ok(series.length <= 3600)
    assert.equal(series.times.length, 3600)
    assert.equal(series.range(0, 1e6)[1], 99)
    const times = series.times.slice(0, series.length)
    assert.ok(times.every((time, index) => index === 0 || times[index - 1] <= time))
})

test("A gap is still there after thinning", () => {
    const series = new Series({ limit: 64, keep: 1e12 })
    for (let index = 0; index < 20; index++) series.push(1, index)
    series.push(null, 20)
    for (let index = 21; index < 80; index++) series.push(2, index)
    assert.ok([...series.values.slice(0, series.length)].some(Number.isNaN))
})

test("What is older than is kept leaves first", () => {
    const series = new Series({ limit: 100, keep: 50 })
    for (let index = 0; index < 1000; index++) series.push(index, index)
    assert.ok(series.times[0] >= 800)
    for (let index = 950; index < 1000; index++) assert.equal(series.valueAt(index), index)
})

test("A clock that is set back does not mix up the order", () => {
    const series = new Series()
    series.push(1, 5000)
    series.push(2, 1000)
    assert.equal(series.times[1], 5000)
})

test("Ticks are round numbers inside the range", () => {
    assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10])
    assert.deepEqual(ticks(44.7, 51.2, 4), [46, 48, 50])
    assert.deepEqual(ticks(-0.03, 0.03, 4), [-0.02, 0, 0.02])
    assert.deepEqual(ticks(1, 1, 4), [])
    assert.equal(digitsOf([0.1, 0.15, 0.2]), 2)
    assert.equal(digitsOf([10, 20]), 0)
    for (const size of [1e-300, 1e-9, 1, 1e9, 1e300]) assert.ok(ticks(0, size, 5).length <= 50)
})

test("Times are round in the time zone, and few", () => {
    const { step, list } = timeTicks(1000, 301_000, 6, 3_600_000)
    assert.equal(step, 60_000)
    assert.deepEqual(list, [60_000, 120_000, 180_000, 240_000, 300_000])
})

test("A limit is in the range once a value is near, and noise does not fill the chart", () => {
    const far = valueRange([[45, 51]], [{ value: 100 }])
    assert.ok(far[1] < 60)
    assert.ok(valueRange([[45, 80]], [{ value: 100 }])[1] >= 100)
    const [low, high] = valueRange([[1000, 1000.001]])
    assert.ok(high - low >= 20)
    assert.equal(valueRange([[0, 5]])[0], 0)
    assert.ok(valueRange([[-5, 5]])[0] < -5)
    assert.deepEqual(valueRange([]), [0, 1])
})
