import assert from "node:assert/strict"
import { Daemon } from "./support/daemon.mjs"
import { failure, peer, test, until } from "./support/test.mjs"

async function pair(t) {
    const daemon = await Daemon.start(t)
    const owner = peer(t, daemon)
    const user = peer(t, daemon)
    await Promise.all([owner.opened(), user.opened()])
    return { owner, user }
}

test("Any path can be added, fetched, set and called", async t => {
    const { owner, user } = await pair(t)
    const paths = [
        "__proto__", "constructor", "toString", "hasOwnProperty", "a\u0000b", "\"quotes\"", "back\\slash", "\\ud83d",
        " ", "/", "fetch", "info", "7", "ä€𝄞", "\u2028", "x".repeat(100000),
    ]
    for (const path of paths) {
        await owner.addState(path, { is: path }, { set: value => value }).added
        await owner.addMethod(`call ${path}`, args => args).added
    }
    const known = new Map()
    user.fetch({}, ({ path, value, event }) => {
        assert.equal(event, known.has(path) ? "change" : "add")
        known.set(path, value)
    })
    for (const path of paths) {
        assert.deepEqual(await user.set(path, { set: path }, { valueAsResult: true }), { set: path })
        assert.deepEqual(await user.call(`call ${path}`, [path]), [path])
    }
    await until(() => paths.every(path => known.get(path)?.set === path))
    assert.equal(known.size, 2 * paths.length)
    assert.equal((await failure(user.set("valueOf", 1))).key, "pathNotExists")
})

test("A member __proto__ is a member, and pollutes nothing", async t => {
    const { owner, user } = await pair(t)
    const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}')
    await owner.addMethod("echo", args => args).added
    const state = owner.addState("state", null, { set: taken => taken })
    await state.added
    const seen = []
    user.fetch({ path: { equals: "state" } }, notification => seen.push(notification))
    for (const result of [
        await user.call("echo", value), await user.set("state", value, { valueAsResult: true }), state.value,
        (await user.get({ path: { equals: "state" } }))[0].value, await user.request("echo", value),
        (await until(() => seen.find(({ event }) => event === "change"))).value,
    ]) {
        assert.equal(JSON.stringify(result), JSON.stringify(value))
        assert.equal({}.polluted, undefined)
        assert.equal(result.polluted, undefined)
    }
})

test("Half of a surrogate pair becomes a replacement character, and what looks like one stays", async t => {
    const { user } = await pair(t)
    const texts = [
        "\ud83d", "a\udc00b", "\\ud83d", "\\\ud83d", "\\\\ud83d", "😀", "😀".slice(0, 1) + "😀",
        "\u0000\ud800\u0000", "\n\\ud",
    ]
    for (const text of texts) {
        const echo = await user.request("echo", { text })
        assert.equal(echo.text, text.replace(/\p{Surrogate}/gu, "\ufffd"))
    }
})

test("What is not JSON is refused before it is sent", async t => {
    const { owner, user } = await pair(t)
    const cyclic = {}
    cyclic.self = cyclic
    for (const value of [7n, cyclic, { toJSON() { throw new Error("mine") } }]) {
        assert.equal((await failure(user.set("a", value))).key, "wrongType")
        const first = owner.addState("a", value)
        assert.equal((await failure(first.added)).key, "wrongType")
        await first.remove()
        const second = owner.addState("a", 1)
        await second.added
        second.value = value
        await second.remove()
        await user.fetch({ value }, () => {}).started.catch(error => assert.equal(error.key, "wrongType"))
    }
    assert.equal(await user.request("echo", { a: NaN }).then(echo => echo.a), null)
    assert.equal(await user.request("echo"), true)
})

test("What is too long for a daemon is refused before it is sent, and the connection stays", async t => {
    const { owner, user } = await pair(t)
    const text = "x".repeat(17 << 20)
    assert.equal((await failure(user.request("echo", { text }))).data.limit, "messageSize")
    const state = owner.addState("a", 1)
    await owner.addMethod("long", () => text).added
    state.value = text
    assert.equal((await failure(user.call("long"))).key, "limit")
    assert.equal(user.state, "open")
    assert.equal(owner.state, "open")
    state.value = 2
    await until(async () => (await user.get({ path: { equals: "a" } }))[0].value === 2)
})

test("A request that the daemon cannot read fails, and the others of its batch do not", async t => {
    const { user } = await pair(t)
    let deep = 1
    for (let i = 0; i < 200; i++) deep = [deep]
    assert.equal((await failure(user.request("echo", { deep }))).code, -32700)
    const outcomes = await Promise.allSettled(user.batch(() =>
        [1, deep, 2].map(value => user.request("echo", { value }))))
    assert.deepEqual(outcomes.map(({ value, reason }) => value?.value ?? reason.code), [1, -32700, 2])
    assert.equal(user.state, "open")
})

test("undefined as a value is null", async t => {
    const { owner, user } = await pair(t)
    const state = owner.addState("a", undefined, { set: value => value })
    await state.added
    assert.equal(await user.set("a", undefined, { valueAsResult: true }), null)
    state.value = undefined
    assert.deepEqual(await user.get({}), [{ path: "a", value: null }])
})
