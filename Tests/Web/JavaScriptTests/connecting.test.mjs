import assert from "node:assert/strict"
import { once } from "node:events"
import { connect, JetError } from "../../../Sources/Web/JavaScript/jet.js"
import { Daemon } from "./support/daemon.mjs"
import { serve } from "./support/server.mjs"
import { failure, hurryTimers, peer, test, until } from "./support/test.mjs"

for (const transport of ["unix", "tcp", "ws"]) {
    test(`Over ${transport}, a peer connects, and asks and answers others`, async t => {
        const daemon = await Daemon.start(t)
        const owner = peer(t, daemon[transport], { name: "owner" })
        const user = peer(t, daemon[transport])
        await owner.addState("lamp", { level: 1 }, { set: value => value }).added
        await owner.addMethod("sum", ([a, b]) => a + b).added
        await user.opened()
        assert.equal(user.state, "open")
        assert.equal(user.reason, null)
        assert.equal(user.info.protocolVersion, "1.1.0")
        assert.ok(user.lastReceived > 0)
        assert.equal(await user.set("lamp", { level: "ä€𝄞" }), true)
        assert.equal(await user.call("sum", [1, 2]), 3)
        const entries = await user.get({ path: { startsWith: "" } })
        assert.deepEqual(entries, [{ path: "lamp", value: { level: "ä€𝄞" } }, { path: "sum" }])
    })

    test(`Over ${transport}, a message of several MB arrives whole`, async t => {
        const daemon = await Daemon.start(t)
        const jet = peer(t, daemon[transport])
        await jet.opened()
        const text = "ä€𝄞".repeat(400_000)
        assert.equal((await jet.request("echo", { text })).text, text)
    })
}

test("A daemon that is started later is found", async t => {
    const daemon = await Daemon.start(t)
    await daemon.kill()
    const jet = peer(t, daemon)
    await until(() => jet.state === "waiting")
    assert.ok(jet.reason instanceof JetError)
    assert.ok(jet.retryAt > 0)
    await daemon.start()
    await jet.opened()
    assert.equal(jet.reason, null)
    assert.equal(jet.retryAt, null)
})

test("Each change of the state is an event, and open is one of its own", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    const seen = []
    jet.addEventListener("state", () => seen.push(jet.state))
    jet.addEventListener("open", () => seen.push(`${jet.state} ${jet.info !== null}`))
    await jet.opened()
    await daemon.kill()
    await until(() => seen.includes("waiting"))
    await daemon.start()
    await jet.opened()
    jet.close()
    assert.deepEqual(seen.slice(0, 4), ["open", "open true", "waiting", "connecting"])
    assert.deepEqual(seen.slice(-3), ["open", "open true", "closed"])
})

test("The event message comes once for what arrives together", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    await jet.opened()
    await once(jet, "message")
    let count = 0
    jet.addEventListener("message", () => { count += 1 })
    await jet.batch(() => Promise.all(Array.from({ length: 1000 }, () => jet.request("echo"))))
    await until(() => count > 0)
    assert.ok(count < 1000)
})

test("Without a connection, requests fail at once, and nothing is kept for later", async t => {
    const daemon = await Daemon.start(t)
    await daemon.kill()
    const jet = peer(t, daemon)
    for (const asked of [jet.get({}), jet.set("a", 1), jet.call("a"), jet.request("echo"), jet.branches("")]) {
        const error = await failure(asked)
        assert.ok(error instanceof JetError)
        assert.equal(error.key, "connectionClosed")
        assert.equal(error.code, -32002)
    }
    assert.equal(jet.batch(() => 7), 7)
})

test("Requests that wait when the connection ends fail", async t => {
    const server = await serve(t, ({ method }) => method === "slow" ? null : undefined)
    const jet = peer(t, server)
    await jet.opened()
    const asked = [1, 2, 3].map(() => failure(jet.request("slow")))
    await until(() => server.received.filter(({ method }) => method === "slow").length === 3)
    for (const socket of server.sockets) socket.destroy()
    for (const error of await Promise.all(asked)) assert.equal(error.key, "connectionClosed")
})

test("close fails what waits, and there is no further attempt until connect", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    await jet.opened()
    const asked = failure(jet.request("echo"))
    jet.close()
    jet.close()
    assert.equal((await asked).key, "connectionClosed")
    assert.equal(jet.state, "closed")
    assert.equal((await failure(jet.opened())).key, "connectionClosed")
    assert.equal((await failure(jet.login("admin", "radar"))).key, "connectionClosed")
    assert.equal(jet.state, "closed")
    jet.connect()
    await jet.opened()
})

test("close during an attempt ends it", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    const opened = failure(jet.opened())
    jet.close()
    assert.equal((await opened).key, "connectionClosed")
    assert.equal(jet.state, "closed")
})

test("A program can close in any event of the state, and connect again", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    for (const state of ["connecting", "open", "waiting", "closed"]) {
        await jet.opened()
        let isOver = false
        jet.addEventListener("state", function listen() {
            if (jet.state !== state) return
            jet.removeEventListener("state", listen)
            if (state !== "closed") jet.close()
            isOver = true
        })
        if (state === "closed") jet.close()
        else await daemon.kill()
        if (state === "open") await daemon.start()
        await until(() => isOver && jet.state === "closed")
        if (state !== "open" && state !== "closed") await daemon.start()
        jet.connect()
    }
    await jet.opened()
})

test("A request that is not answered in time fails, and a later answer is ignored", async t => {
    let answerLate
    const server = await serve(t, ({ method, id }, send) => {
        if (method !== "slow") return undefined
        answerLate = () => send({ id, result: 1 })
        return null
    })
    const jet = peer(t, server)
    await jet.opened()
    const error = await failure(jet.request("slow", { a: 1 }, { timeout: 1 }))
    assert.equal(error.key, "timeout")
    assert.equal(error.code, -32001)
    await until(() => answerLate)
    answerLate()
    assert.equal(await jet.request("other"), true)
})

test("A silent connection is closed, and another one is made", async t => {
    const daemon = await Daemon.start(t)
    hurryTimers(t)
    const jet = peer(t, daemon, { backoff: { min: 2, max: 10000 } })
    await jet.opened()
    daemon.pause()
    await until(() => jet.state !== "open")
    assert.match(jet.reason.message, /does not answer/)
    daemon.resume()
    await until(() => jet.state === "open")
})

test("A connection that is only quiet stays open", async t => {
    const daemon = await Daemon.start(t)
    hurryTimers(t, 20)
    let asked = 0
    const jet = peer(t, daemon, { tap: (direction, { method }) => { if (method === "echo") asked += 1 } })
    const states = []
    await jet.opened()
    jet.addEventListener("state", () => states.push(jet.state))
    await until(() => asked > 2)
    assert.deepEqual(states, [])
})

test("A daemon that accepts connections and says nothing is given up and tried again", async t => {
    const server = await serve(t, () => null)
    hurryTimers(t)
    const jet = peer(t, server)
    await until(() => jet.state === "waiting")
    assert.match(jet.reason.message, /does not answer/)
    await until(() => server.received.filter(({ method }) => method === "info").length > 2)
})

test("The pause between attempts grows while connections do not last", async t => {
    const server = await serve(t, ({ method }, send, socket) => { if (method === "echo") socket.destroy() })
    const pauses = []
    const jet = peer(t, server, { backoff: { min: 1, max: 64 } })
    jet.addEventListener("open", () => jet.request("echo").catch(() => {}))
    jet.addEventListener("state", () => { if (jet.state === "waiting") pauses.push(jet.retryAt - Date.now()) })
    await until(() => pauses.length === 9)
    assert.ok(Math.max(...pauses) <= 65)
    assert.ok(Math.max(...pauses.slice(6)) > Math.max(...pauses.slice(0, 3)))
})

test("What cannot be connected to is refused with what to do", () => {
    assert.throws(() => connect(), /Give the URL/)
    assert.throws(() => connect("ftp://localhost/"), /use ws:\/\//)
    assert.throws(() => connect("nonsense"), TypeError)
    assert.throws(() => connect("ws://localhost/", { WebSocket: null }), globalThis.WebSocket ? /$^/ : /package ws/)
})

test("A WebSocket that cannot be made is a reason, and there are further attempts", async t => {
    let count = 0
    const jet = peer(t, "ws://localhost/", {
        WebSocket: class {
            constructor() {
                count += 1
                throw new SyntaxError("not like that")
            }
        },
    })
    await until(() => count > 2)
    assert.equal((await until(() => jet.reason)).message, "not like that")
})

test("What is requested in a batch is one message", async t => {
    const sent = []
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon, { tap: (direction, message) => { if (direction === "out") sent.push(message) } })
    await jet.opened()
    sent.length = 0
    const results = await Promise.all(jet.batch(() => {
        const inner = jet.batch(() => jet.request("echo", { a: 1 }))
        return [inner, jet.request("echo", { a: 2 }), failure(jet.request("none"))]
    }))
    assert.deepEqual(results.slice(0, 2), [{ a: 1 }, { a: 2 }])
    assert.equal(results[2].code, -32601)
    assert.equal(sent.length, 1)
    assert.equal(sent[0].length, 3)
    assert.throws(() => jet.batch(() => {
        jet.request("echo")
        throw new Error("mine")
    }), /mine/)
    await jet.request("echo")
    assert.equal(sent.length, 3)
})

test("A large batch is sent in parts that the daemon accepts", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    await jet.opened()
    const text = "x".repeat(1_000_000)
    const results = await jet.batch(() => Promise.all(Array.from({ length: 40 }, () => jet.request("echo", { text }))))
    assert.equal(results.length, 40)
})
