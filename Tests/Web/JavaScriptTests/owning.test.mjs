import assert from "node:assert/strict"
import { JetError } from "../../../Sources/Web/JavaScript/jet.js"
import { Daemon } from "./support/daemon.mjs"
import { proxy, serve } from "./support/server.mjs"
import { failure, peer, test, until } from "./support/test.mjs"

async function pair(t) {
    const daemon = await Daemon.start(t)
    const owner = peer(t, daemon, { name: "owner" })
    const user = peer(t, daemon, { name: "user" })
    await Promise.all([owner.opened(), user.opened()])
    return { daemon, owner, user }
}

test("A State takes what its handler returns, or what it sets itself, and answers with the value", async t => {
    const { owner, user } = await pair(t)
    const returned = owner.addState("returned", 0, { set: value => Math.min(value, 10) })
    const own = owner.addState("own", 0, { set: async value => { own.value = value * 2 } })
    await Promise.all([returned.added, own.added])
    assert.equal(await user.set("returned", 7), true)
    assert.equal(await user.set("returned", 70, { valueAsResult: true }), 10)
    assert.equal(await user.set("own", 4, { valueAsResult: true }), 8)
    assert.deepEqual((await user.get({})).map(({ value }) => value).sort(), [10, 8])
    assert.equal(returned.value, 10)
})

test("A State without a handler cannot be set", async t => {
    const { owner, user } = await pair(t)
    await owner.addState("fixed", 1).added
    assert.equal((await failure(user.set("fixed", 2))).key, "fetchOnly")
    assert.equal((await user.get({}))[0].fetchOnly, true)
})

test("What an element is added with reaches the daemon", async t => {
    const { owner, user } = await pair(t)
    const callers = []
    await owner.addMethod("who", (args, { caller }) => { callers.push([args, caller.peer]) },
        { meta: { title: "Who" }, caller: true, timeout: 3, access: { callGroups: null } }).added
    assert.deepEqual(await user.get({}), [{ path: "who", meta: { title: "Who" } }])
    assert.equal(await user.call("who"), null)
    assert.equal(await user.call("who", { a: 1 }), null)
    assert.deepEqual(callers, [[{}, "user"], [{ a: 1 }, "user"]])
})

test("The exceptions of a handler are error responses with a code", async t => {
    const { owner, user } = await pair(t)
    const cyclic = {}
    cyclic.self = cyclic
    const thrown = [
        new Error("plain"), new JetError("Too hot", 1234, { degrees: 90 }),
        Object.assign(new Error("coded"), { code: 5 }), Object.assign(new Error("named"), { code: "ENOENT" }),
        "text", null, undefined, new JetError("cyclic", 7, cyclic),
        Object.create(null), 7n, Symbol("s"),
    ]
    await owner.addMethod("fail", ([which]) => { throw thrown[which] }).added
    const errors = []
    for (let which = 0; which < thrown.length; which++) errors.push(await failure(user.call("fail", [which])))
    assert.deepEqual(errors.slice(0, 4).map(({ code, message, data }) => ({ code, message, data })), [
        { code: -32603, message: "Internal error", data: "plain" },
        { code: 1234, message: "Too hot", data: { degrees: 90 } },
        { code: 5, message: "coded", data: undefined },
        { code: -32603, message: "Internal error", data: "named" },
    ])
    assert.equal(errors[1].key, undefined)
    for (const error of errors) assert.ok(error instanceof JetError && Number.isInteger(error.code))
    assert.equal(errors[7].code, -32603)
    for (const result of [cyclic, 7n]) {
        await owner.addMethod(`answer ${typeof result}`, () => result).added
        assert.equal((await failure(user.call(`answer ${typeof result}`))).code, -32602)
    }
    await owner.addMethod("function", () => () => {}).added
    assert.equal(await user.call("function").catch(error => error.code), null)
})

test("A set without a value is refused", async t => {
    const server = await serve(t)
    const jet = peer(t, server)
    await jet.addState("a", 1, { set: value => value }).added
    const isAnswer = (message, id) => message.id === id && message.method === undefined
    const answered = id => until(() => server.received.find(message => isAnswer(message, id)))
    const wrong = [undefined, [], {}, "text", JSON.parse('{"__proto__":{"value":2}}')]
    for (const [id, params] of wrong.entries()) {
        server.send(JSON.stringify({ id: `${id}`, method: "a", params }))
        assert.deepEqual((await answered(`${id}`)).error.data.missingParam, "value")
    }
    server.send(JSON.stringify({ id: "6", method: "gone", params: {} }))
    assert.equal((await answered("6")).error.code, -32601)
    server.send(JSON.stringify({ method: "a", params: { value: 5 } }))
    const change = await until(() => server.received.find(({ method }) => method === "change"))
    assert.deepEqual(change.params, { path: "a", value: 5 })
})

test("A set handler that never answers costs its caller no more than the timeout", async t => {
    const { owner, user } = await pair(t)
    const state = owner.addState("stuck", 0, { set: () => new Promise(() => {}), timeout: 0.05 })
    await state.added
    const error = await failure(user.set("stuck", 1))
    assert.equal(error.key, "timeout")
    assert.equal(error.code, -32001)
    assert.equal((await failure(user.set("stuck", 1, { timeout: 0 }))).key, "timeout")
    state.value = 3
    await owner.request("echo")
    assert.equal((await user.get({}))[0].value, 3)
})

test("An owner that goes before it answers fails the request with ownerGone", async t => {
    const { owner, user } = await pair(t)
    let isAsked = false
    await owner.addMethod("stuck", () => new Promise(() => { isAsked = true })).added
    const asked = failure(user.call("stuck"))
    await until(() => isAsked)
    owner.close()
    assert.equal((await asked).key, "ownerGone")
})

test("An answer after the connection has ended is dropped", async t => {
    const { daemon, owner, user } = await pair(t)
    let answer
    await owner.addMethod("slow", () => new Promise(resolve => { answer = resolve })).added
    const asked = failure(user.call("slow"))
    await until(() => answer)
    await daemon.kill()
    await asked
    answer(1)
    await daemon.start()
    await owner.opened()
    await until(async () => (await user.get({}).catch(() => [])).length === 1)
})

test("A path that is taken is reported", async t => {
    const { owner, user } = await pair(t)
    const refused = []
    user.addEventListener("refused", ({ source, error }) => refused.push([source.path, error.key]))
    await owner.addState("a", 1).added
    const second = user.addState("a", 2)
    assert.equal((await failure(second.added)).key, "pathAlreadyExists")
    assert.equal(second.error.key, "pathAlreadyExists")
    assert.deepEqual(refused, [["a", "pathAlreadyExists"]])
    const third = owner.addMethod("a", () => {})
    assert.equal((await failure(third.added)).key, "pathAlreadyExists")
    second.value = 3
    await third.remove()
    await second.remove()
    await user.request("echo")
    assert.equal((await user.get({}))[0].value, 1)
})

test("A refusal that the program does not look at is written to the console", async t => {
    const { owner } = await pair(t)
    const warned = t.mock.method(console, "warn", () => {})
    owner.addState("", 1)
    await until(() => warned.mock.callCount() === 1)
    const looked = owner.addState("", 1)
    await failure(looked.added)
    await owner.request("echo")
    assert.equal(warned.mock.callCount(), 1)
})

test("States and Methods are added again at each connection, with their present values", async t => {
    const { daemon, owner, user } = await pair(t)
    const state = owner.addState("state", 1, { set: value => value })
    owner.addMethod("method", () => "here")
    const removed = owner.addState("removed", 1)
    await removed.added
    await daemon.kill()
    await until(() => owner.state === "waiting")
    state.value = 2
    await removed.remove()
    const later = owner.addState("later", 3)
    await daemon.start()
    await later.added
    await user.opened()
    assert.deepEqual((await user.get({})).map(({ path, value }) => [path, value]),
        [["state", 2], ["method", undefined], ["later", 3]])
    assert.equal(await user.call("method"), "here")
    assert.equal(await user.set("state", 4, { valueAsResult: true }), 4)
})

test("Elements come back although the daemon has not noticed that their last connection is lost", async t => {
    const { daemon, user } = await pair(t)
    const lossy = await proxy(t, daemon)
    const owner = peer(t, lossy)
    const refused = []
    owner.addEventListener("refused", ({ error }) => refused.push(error))
    const state = owner.addState("a", 1)
    await state.added
    const values = []
    user.fetch({}, ({ event, value }) => values.push(`${event} ${value}`))
    await until(() => values.length === 1)
    lossy.lose()
    await new Promise(resolve => owner.addEventListener("open", resolve, { once: true }))
    state.value = 2
    await owner.request("echo")
    lossy.release()
    await until(() => values.length === 3)
    assert.deepEqual(values, ["add 1", "remove 1", "add 2"])
    assert.deepEqual(refused, [])
    state.value = 3
    await until(() => values.length === 4)
})

test("An element that the daemon cannot read does not fail those that are added again with it", async t => {
    const { daemon, owner, user } = await pair(t)
    const good = [0, 1, 2].map(index => owner.addState(`good/${index}`, index))
    const deep = owner.addState("good/deep", 1)
    const long = owner.addState("good/long", 1)
    const last = owner.addMethod("good/last", () => "called")
    await Promise.all([...good, deep, long, last].map(element => element.added))
    const refused = []
    owner.addEventListener("refused", ({ source, error }) => refused.push([source.path, error.key]))
    await daemon.kill()
    await until(() => owner.state !== "open")
    // Lists in lists, deeper than JSON may be, and more bytes than a message may have, but not more characters.
    deep.value = JSON.parse("[".repeat(5000) + "]".repeat(5000))
    long.value = "€".repeat(6_000_000)
    await daemon.start()
    await until(async () => (await user.get({}).catch(() => [])).length >= 4)
    assert.equal(await user.call("good/last"), "called")
    assert.deepEqual((await user.get({ path: { startsWith: "good/" } })).map(({ path }) => path).sort(),
        ["good/0", "good/1", "good/2", "good/last"])
    await until(() => refused.length >= 2)
    assert.deepEqual(refused.map(([path]) => path).sort(), ["good/deep", "good/long"])
    assert.deepEqual(refused.find(([path]) => path === "good/long"), ["good/long", "limit"])
})

test("Many large elements are added again in several messages", async t => {
    const daemon = await Daemon.start(t)
    const sent = []
    const tap = (direction, message, length) => { if (direction === "out") sent.push([message, length]) }
    const owner = peer(t, daemon, { tap })
    const elements = []
    for (let index = 0; index < 3000; index++) {
        elements.push(owner.addState(`e/${index}`, "x".repeat(index % 10 ? 10 : 9000)))
    }
    await Promise.all(elements.map(element => element.added))
    sent.length = 0
    await daemon.kill()
    await daemon.start()
    await until(async () => (await owner.get({}).catch(() => [])).length === 3000)
    const batches = sent.filter(([message]) => Array.isArray(message))
    assert.ok(batches.length >= 3)
    for (const [message, length] of batches) assert.ok(message.length <= 1000 && length <= 1.1 * (1 << 20))
})

test("Elements are there after a login, which makes another connection", async t => {
    const { owner, user } = await pair(t)
    const state = owner.addState("a", 1)
    await state.added
    await owner.login("admin", "radar")
    state.value = 2
    await until(async () => (await user.get({}))[0]?.value === 2)
})

test("While a connection takes no more, changes are conflated and requests are refused", async t => {
    const daemon = await Daemon.start(t)
    const owner = peer(t, daemon)
    const user = peer(t, daemon)
    let newest = null
    user.fetch({ path: { equals: "a" } }, ({ value }) => { newest = value.i })
    const state = owner.addState("a", { i: 0 })
    await state.added
    daemon.pause()
    const text = "x".repeat(1_000_000)
    let changes = 0
    const sent = owner.request("echo", { text })
    for (let i = 1; i <= 200; i++) state.value = { i, text }
    assert.equal((await failure(owner.request("echo"))).key, "limit")
    changes = 200
    daemon.resume()
    await sent
    await until(() => newest === changes)
    await owner.request("echo")
})

test("A removed element is gone, and its path can be used again", async t => {
    const { owner, user } = await pair(t)
    const first = owner.addState("a", 1)
    await first.remove()
    await first.remove()
    assert.deepEqual(await user.get({}), [])
    const second = owner.addMethod("a", () => 2)
    await second.added
    first.value = 5
    await first.remove()
    assert.equal(await user.call("a"), 2)
})
