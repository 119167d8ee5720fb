import assert from "node:assert/strict"
import { createServer } from "node:net"
import { JetError } from "../../../Sources/Web/JavaScript/jet.js"
import { Daemon } from "./support/daemon.mjs"
import { frame, serve } from "./support/server.mjs"
import { failure, peer, test, until } from "./support/test.mjs"

const garbage = [
    "", "nonsense", "null", "7", '"text"', "[]", "[[]]", "[null, 7, [[]]]", "{}", '{"id":1}', '{"id":{}}',
    '{"id":[1],"result":1}', '{"id":99999,"result":1}', '{"id":"1","result":1}', '{"id":1e999,"result":1}',
    '{"error":null}', '{"error":7}', '{"error":{}}', '{"error":{"data":{"id":1}}}', '{"id":null,"error":"x"}',
    '{"error":{"code":"x","message":{},"data":"[{\\"id\\":77,"}}', '{"method":null}', '{"method":{}}', '{"method":"a"}',
    '{"method":7,"params":[]}', '{"method":"__proto__","params":{"path":"x"}}', '{"method":"constructor","id":1}',
    '{"__proto__":{"id":1}}', '{"id":"__proto__","result":1}', "\u0000", '{"method":"a","id":{}}', "[".repeat(100000),
]

test("Garbage from a server breaks nothing", async t => {
    const server = await serve(t)
    const jet = peer(t, server)
    const seen = []
    const fetch = jet.fetch({}, notification => seen.push(notification))
    const window = jet.window({ sort: { from: 1, to: 5 } }, () => {})
    await Promise.all([fetch.started, window.started])
    for (const text of garbage) server.send(text)
    const [first, second] = server.received.filter(({ method }) => method === "fetch").map(({ params }) => params.id)
    for (const params of [
        undefined, null, 7, "text", [], {}, { path: 7 }, { path: null, event: "add" }, { path: "a", event: "remove" },
        { path: "a", event: {} }, { n: -5, changes: [{ index: 1, path: "a" }] },
        { n: 1e9, changes: [{ index: 1e9, path: "a" }] }, { n: 2, changes: {} }, { n: "2", changes: [] },
        { n: 5, changes: [null, 7, [], { index: 0 }, { index: 6 }, { index: 1.5 }] },
        { n: 3, changes: [{ index: 3, path: "c" }], total: "many" }, { n: 1e999, changes: [] },
    ]) {
        server.send(JSON.stringify({ method: first, params }))
        server.send(JSON.stringify({ method: second, params }))
    }
    assert.equal(await jet.request("anything"), true)
    assert.equal(jet.state, "open")
    assert.deepEqual(seen, [{ path: "a", event: "add" }])
    assert.deepEqual(window.entries.map(({ path }) => path), ["c"])
    assert.equal(window.total, null)
})

test("What is announced as too long closes the connection, and does not wait for it", async t => {
    let count = 0
    const server = await serve(t, ({ method }, send) => {
        if (method !== "info") return undefined
        count += 1
        if (count > 2) return undefined
        send(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]))
        return null
    })
    const jet = peer(t, server)
    const reasons = []
    jet.addEventListener("state", () => { if (jet.state === "waiting") reasons.push(jet.reason.message) })
    await jet.opened()
    assert.match(reasons[0], /too long/)
})

test("A message in single bytes, and many in one piece, are read", async t => {
    const server = await serve(t, ({ method, id }, send) => {
        if (method === "bytes") {
            for (const byte of frame(JSON.stringify({ id, result: "€" }))) send(Buffer.from([byte]))
        } else if (method === "piece") {
            const many = Array.from({ length: 1000 }, () => frame("{}"))
            send(Buffer.concat([Buffer.alloc(4), ...many, frame(JSON.stringify({ id, result: 2 }))]))
        } else return undefined
        return null
    })
    const jet = peer(t, server)
    await jet.opened()
    assert.equal(await jet.request("bytes"), "€")
    assert.equal(await jet.request("piece"), 2)
})

test("A second answer and answers to nothing are ignored", async t => {
    const server = await serve(t, ({ method, id }, send) => {
        if (method !== "twice") return undefined
        for (let i = 0; i < 3; i++) send({ id, result: i })
        send({ id, error: { code: 1, message: "late" } })
        return null
    })
    const jet = peer(t, server)
    await jet.opened()
    assert.equal(await jet.request("twice"), 0)
    assert.equal(await jet.request("twice"), 0)
})

test("An error response can be anything", async t => {
    const errors = [7, "text", {}, [], { code: 1.5, message: 7 }, { code: -32602, message: "m", data: null }, false]
    const server = await serve(t, ({ method, id, params }, send) => {
        if (method !== "fail") return undefined
        send({ id, error: errors[params.which] })
        return null
    })
    const jet = peer(t, server)
    await jet.opened()
    for (let which = 0; which < errors.length; which++) {
        const error = await failure(jet.request("fail", { which }))
        assert.ok(error instanceof JetError)
        assert.ok(Number.isInteger(error.code))
        assert.equal(typeof error.message, "string")
        assert.equal(error.key, undefined)
    }
})

test("An error without id at the end is the reason, and an earlier one is not", async t => {
    const server = await serve(t, ({ method }, send, socket) => {
        if (method !== "end") return undefined
        send({ error: { code: -32700, message: "Parse error", data: "{" } })
        send({ error: { code: -32010, message: "Limit exceeded", data: { limit: "unreadBytes", max: 1 } } })
        socket.end()
        return null
    })
    const jet = peer(t, server, { backoff: { min: 1e9, max: 1e9 } })
    await jet.opened()
    assert.equal((await failure(jet.request("end"))).key, "connectionClosed")
    await until(() => jet.state === "waiting")
    assert.equal(jet.reason.key, "limit")
})

test("A tap that throws is reported, and the messages pass", async t => {
    const reported = t.mock.method(console, "error", () => {})
    const server = await serve(t)
    const jet = peer(t, server, { tap: () => { throw new Error("mine") } })
    await jet.opened()
    assert.equal(await jet.request("echo"), true)
    assert.equal(reported.mock.callCount(), 4)
})

test("A tap sees all messages, and no passwords", async t => {
    const server = await serve(t)
    const seen = []
    const login = { user: "a", password: "secret" }
    const jet = peer(t, server, { login, tap: (...message) => seen.push(message) })
    await jet.opened()
    await jet.changePassword("a", "other")
    assert.deepEqual(seen.map(([direction, { method }]) => [direction, method]), [
        ["out", "authenticate"], ["in", undefined], ["out", "info"], ["in", undefined],
        ["out", "passwd"], ["in", undefined],
    ])
    for (const [, message, length] of seen) assert.ok(length > 0 && !/secret|other/.test(JSON.stringify(message)))
    assert.equal(server.received[0].params.password, "secret")
})

test("A server that closes at once, whenever it is asked, is tried again and again", async t => {
    let count = 0
    const path = (await serve(t)).unix.slice(5) + ".storm"
    const server = createServer(socket => {
        count += 1
        socket.on("error", () => {})
        if (count % 3 === 0) socket.destroy()
        else if (count % 3 === 1) socket.resume().end(frame("nonsense"))
        else socket.once("data", () => socket.destroy())
    })
    await new Promise(resolve => server.listen(path, resolve))
    t.after(() => server.close())
    const jet = peer(t, `unix:${path}`, { backoff: { min: 0, max: 1 }, login: { user: "a", password: "b" } })
    jet.fetch({}, () => {})
    jet.addState("a", 1)
    await until(() => count > 300)
})

for (const transport of ["unix", "ws"]) {
    test(`Over ${transport}, a daemon that is killed in any state is found again, with all that there was`, async t => {
        const daemon = await Daemon.start(t)
        const jet = peer(t, daemon[transport], { login: { user: "admin", password: "radar" } })
        const state = jet.addState("a", 0, { set: value => value })
        let newest
        jet.fetch({}, ({ value }) => { newest = value })
        const window = jet.window({}, () => {})
        for (let round = 0; round < 12; round++) {
            const asked = []
            if (round % 4 === 1) asked.push(jet.opened())
            if (round % 4 === 2) {
                await jet.opened()
                window.move(round, round + 5)
                asked.push(jet.login("admin", "radar"), jet.logout(), jet.set("a", 1), jet.get({}))
            }
            if (round % 4 === 3) {
                await until(() => jet.state === "open" && window.isCurrent)
                jet.batch(() => { for (let i = 0; i < 100; i++) state.value = i })
                asked.push(jet.request("echo"))
            }
            const outcomes = Promise.allSettled(asked)
            await daemon.kill()
            await daemon.start()
            for (const { status, reason } of await outcomes) {
                if (status === "rejected") assert.equal(reason.key, "connectionClosed")
            }
        }
        window.move(1, 10)
        await until(() => jet.state === "open" && window.isCurrent && window.entries.length === 1)
        state.value = "end"
        await until(() => newest === "end" && window.entries[0].value === "end")
    })
}
