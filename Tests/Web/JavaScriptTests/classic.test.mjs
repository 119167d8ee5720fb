import assert from "node:assert/strict"
import { ClassicDaemon } from "./support/classicDaemon.mjs"
import { failure, peer, test, until } from "./support/test.mjs"

async function pair(t) {
    const daemon = await ClassicDaemon.start(t)
    const owner = peer(t, daemon)
    const user = peer(t, daemon)
    await Promise.all([owner.opened(), user.opened()])
    return { daemon, owner, user }
}

test("A classic daemon has no info, and no branches", async t => {
    const { user } = await pair(t)
    assert.equal(user.info, null)
    assert.equal(await user.branches("a/"), null)
    assert.equal((await failure(user.get({}))).code, -32601)
})

test("With a classic daemon, elements are fetched, set and called", async t => {
    const { owner, user } = await pair(t)
    const seen = []
    await user.fetch({ path: { startsWith: "a" } }, notification => seen.push(notification), { interval: 1 }).started
    const state = owner.addState("a", 1, { set: value => value, meta: { unit: "V" } })
    owner.addState("fixed", 1)
    await owner.addMethod("sum", ([a, b]) => a + b).added
    assert.equal(await user.set("a", 2), true)
    assert.equal(await user.call("sum", [1, 2]), 3)
    assert.equal((await failure(user.set("fixed", 2))).key, "fetchOnly")
    assert.equal((await failure(user.set("none", 2))).key, "pathNotExists")
    await state.remove()
    await until(() => seen.length === 3)
    assert.deepEqual(seen.map(({ event, value }) => [event, value]), [["add", 1], ["change", 2], ["remove", 2]])
})

test("With a classic daemon, a window moves, and has no total", async t => {
    const { daemon, owner, user } = await pair(t)
    const states = Array.from({ length: 20 }, (_, i) => owner.addState(`s/${i}`, i))
    await states[19].added
    const window = user.window({ sort: { byValue: "number", descending: true, from: 1, to: 3 } }, () => {})
    const shown = () => window.entries.map(({ index, value }) => `${index}:${value}`).join(" ")
    await until(() => window.isCurrent)
    assert.equal(shown(), "1:19 2:18 3:17")
    window.move(3, 5)
    await until(() => window.isCurrent)
    assert.equal(shown(), "3:17 4:16 5:15")
    states[0].value = 16.5
    await until(() => shown() === "3:17 4:16.5 5:16")
    for (const state of states.slice(1, 18)) state.remove()
    await until(() => shown() === "3:16.5")
    window.move(1, 2)
    window.move(2, 10)
    await until(() => window.isCurrent)
    assert.equal(shown(), "2:18 3:16.5")
    assert.equal(window.total, null)
    const fetches = daemon.requests.filter(({ method }) => method === "fetch")
    assert.ok(fetches.every(({ params }) => !("total" in params.sort)))
})

test("With a classic daemon, what has gone during a reconnect is removed", async t => {
    const { daemon, owner, user } = await pair(t)
    const stays = owner.addState("stays", 1)
    await owner.addState("goes", 1).added
    const seen = []
    user.fetch({}, ({ event, path }) => seen.push(`${event} ${path}`))
    await until(() => seen.length === 2)
    seen.length = 0
    owner.close()
    await until(() => seen.length === 2)
    owner.connect()
    await until(() => seen.length === 4)
    seen.length = 0
    daemon.disconnect()
    await until(() => seen.length >= 2)
    stays.value = 2
    await until(() => seen.includes("change stays"))
    assert.ok(stays.error === null)
})

test("With a classic daemon, a peer logs in", async t => {
    const { user } = await pair(t)
    assert.equal((await failure(user.login("admin", "wrong"))).key, "invalidPassword")
    await user.login("admin", "radar")
    assert.deepEqual(user.groups, { fetch: ["all"], set: [], call: [] })
})

test("A daemon that knows no logins refuses them", async t => {
    const daemon = await ClassicDaemon.start(t)
    daemon.authenticate = () => { throw { code: -32601, message: "Method not found" } }
    const jet = peer(t, daemon, { login: { user: "admin", password: "radar" } })
    assert.equal((await failure(jet.opened())).code, -32601)
    assert.equal(jet.state, "refused")
})
