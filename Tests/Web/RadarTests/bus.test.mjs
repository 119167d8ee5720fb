import assert from "node:assert/strict"
import test from "node:test"
import { masked, MessageRing, ringSize, longestMessage } from "../../../Sources/Web/Radar/bus/messages.js"
import { flooder, Rates, sorted } from "../../../Sources/Web/Radar/bus/rates.js"
import { mostNames, Sample } from "../../../Sources/Web/Radar/bus/sample.js"

const peer = (number, messages, work, more = {}) =>
    ({ peer: number, account: `uid ${number}`, messages, work, conflated: 0, refused: 0, elements: number, ...more })

test("rates are differences of two readings, and unknown at the first", () => {
    const rates = new Rates()
    assert.equal(rates.read([peer(1, 100, 0)], 0)[0].rates, null)
    const [first, second] = rates.read([peer(1, 300, 3e8), peer(2, 50, 9e8)], 2000)
    assert.equal(first.rates.messages, 100)
    assert.equal(first.rates.work, 1.5e8)
    assert.equal(second.rates, null)
})

test("a number that another connection has got has no rates at first", () => {
    const rates = new Rates()
    rates.read([peer(1, 1000, 0)], 0)
    assert.equal(rates.read([peer(1, 3, 0)], 2000)[0].rates, null)
})

test("who floods the bus is the one with most of the work, if that is much", () => {
    const rates = new Rates()
    rates.read([peer(1, 0, 0), peer(2, 0, 0)], 0)
    assert.equal(flooder(rates.read([peer(1, 9, 1e6), peer(2, 9, 1e3)], 1000)), null)
    assert.equal(flooder(rates.read([peer(1, 9, 1e6), peer(2, 9, 5e8)], 2000)).peer, 2)
    assert.equal(flooder(rates.read([peer(1, 9009, 2e6), peer(2, 9, 5e8)], 3000)).peer, 1)
    assert.equal(flooder([]), null)
})

test("equal rows keep their order, and columns sort in both directions", () => {
    const entries = [peer(3, 0, 0), peer(1, 0, 0), peer(2, 0, 0)]
    assert.deepEqual(sorted(entries, "work", true).map(({ peer }) => peer), [1, 2, 3])
    assert.deepEqual(sorted(entries, "elements", true).map(({ peer }) => peer), [3, 2, 1])
})

test("passwords are never kept, in requests, in batches and in errors", () => {
    const ring = new MessageRing()
    const secret = "hunter2"
    const messages = [
        { id: 1, method: "authenticate", params: { user: "admin", password: secret } },
        [{ id: 2, method: "passwd", params: { user: "admin", password: secret } }, { id: 3, method: "echo" }],
        { id: 1, error: { code: -32602, message: "Invalid params", data: { missingParam: "user", got: { password: secret } } } },
        { error: { code: -32700, message: "Parse error", data: `{"password":"${secret}"` } },
        { id: 4, method: "set", params: { path: "settings/wifi", value: { networks: [{ psk: secret, PassPhrase: secret }] } } },
        { id: 4, result: { pending: { token: secret } } },
    ]
    for (const message of messages) ring.add("out", message, 10)
    const text = JSON.stringify(ring.find())
    assert.doesNotMatch(text, /hunter2/)
    assert.match(text, /admin/)
    assert.equal(ring.find({ text: secret }).length, 0)
})

test("pairing codes are never kept, whichever side sends them", () => {
    const ring = new MessageRing()
    ring.add("out", { id: "p", method: "pair", params: { code: "ABCDEFGH", title: "laptop" } }, 10)
    ring.add("out", { id: 7, method: "offerPairing", params: {} }, 10)
    ring.add("in", { id: 7, result: { code: "ABCDEFGH", expires: "soon" } }, 10)
    assert.doesNotMatch(JSON.stringify(ring.find()), /ABCDEFGH/)
    ring.add("in", { id: 8, error: { code: 5 } }, 10)
    assert.match(JSON.stringify(ring.find()), /"code":5/)
})

test("a response is shown with what was asked", () => {
    const ring = new MessageRing()
    ring.add("out", { id: 1, method: "set", params: { path: "a/b", value: 3 } }, 10)
    ring.add("out", [{ id: 2, method: "info" }, { id: 3, method: "peers" }], 10)
    assert.equal(ring.add("in", { id: 3, error: { code: 1, message: "No" } }, 10).text, "peers: No")
    assert.equal(ring.add("in", { id: 1, result: true }, 10).text, "set a/b")
    assert.equal(ring.add("in", { id: 1, result: true }, 10).text, "1")
})

test("the ring keeps the newest messages, and finds them by text and direction", () => {
    const ring = new MessageRing()
    for (let number = 1; number <= ringSize + 250; number += 1) {
        ring.add(number % 2 ? "in" : "out", { method: "f", params: { path: `a/${number}`, event: "change", value: number } }, 10)
        if (number === 3) assert.deepEqual(ring.find().map(entry => entry.number), [3, 2, 1])
    }
    assert.equal(ring.find().length, ringSize)
    assert.equal(ring.find()[0].number, ringSize + 250)
    assert.equal(ring.find().at(-1).number, 251)
    assert.deepEqual(ring.find({ text: "A/300" }).map(entry => entry.number), [300])
    assert.ok(ring.find({ direction: "in" }).every(entry => entry.number % 2 === 1))
    ring.clear()
    assert.deepEqual(ring.find(), [])
    ring.add("in", {}, 1)
    assert.equal(ring.find().length, 1)
})

test("a message of any size and shape is kept in a bounded size", () => {
    let deep = 1
    for (let level = 0; level < 2000; level += 1) deep = [deep]
    for (const message of [
        { value: "x".repeat(1e6) }, { value: Array(1e5).fill(7) }, Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`k${i}`, i])),
        { ["n".repeat(1e5)]: 1 }, deep, { x: Array(1e4).fill({ a: { b: "c" } }) }, null, 3, "x", [], [1, null],
    ]) {
        const entry = new MessageRing().add("in", message, 10)
        assert.ok(JSON.stringify(entry.message).length < longestMessage * 2)
    }
    assert.equal(Object.hasOwn(masked(JSON.parse('{"__proto__":{"a":1}}')), "__proto__"), true)
})

test("a sample counts changes by path, or by the first parts of it", () => {
    const whole = new Sample()
    const first = new Sample(1)
    for (const sample of [whole, first]) {
        for (const path of ["a/x", "a/y", "b"]) sample.add({ event: "add", path })
        for (const path of ["a/x", "a/x", "a/y", "b"]) sample.add({ event: "change", path })
        sample.add({ event: "remove", path: "b" })
    }
    assert.deepEqual(whole.busiest(2)[0], { name: "a/x", count: 2, rate: 1, share: 0.5 })
    assert.deepEqual(first.busiest(1).map(({ name, count }) => [name, count]), [["a", 3], ["b", 1]])
    assert.equal(whole.elements, 3)
})

test("a sample does not grow without a bound", () => {
    const sample = new Sample()
    for (let number = 0; number < mostNames + 5; number += 1) sample.add({ event: "change", path: `p${number}` })
    assert.equal(sample.others, 5)
    assert.equal(sample.busiest(1).length, 50)
})
