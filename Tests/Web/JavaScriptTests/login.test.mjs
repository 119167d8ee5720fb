import assert from "node:assert/strict"
import { JetError } from "../../../Sources/Web/JavaScript/jet.js"
import { Daemon } from "./support/daemon.mjs"
import { serve } from "./support/server.mjs"
import { failure, hurryTimers, peer, test, until } from "./support/test.mjs"

const admin = { user: "admin", password: "radar" }

/** A daemon with one State that only operators see. */
async function secret(t) {
    const daemon = await Daemon.start(t)
    const owner = peer(t, daemon)
    await owner.addState("secret", 1, { access: { fetchGroups: ["operator"] } }).added
    return daemon
}

test("A login of the options comes before everything else, at each connection", async t => {
    const daemon = await secret(t)
    const seen = []
    const jet = peer(t, daemon, { login: admin })
    jet.fetch({}, ({ event }) => seen.push(event))
    await until(() => seen.length === 1)
    assert.equal(jet.user, "admin")
    assert.deepEqual(jet.groups.set, ["admin", "operator"])
    await daemon.kill()
    await daemon.start()
    await until(() => seen.length > 1)
    assert.equal(jet.user, "admin")
})

test("login and logout change what the fetches show, and the state stays open for a login", async t => {
    const daemon = await secret(t)
    const jet = peer(t, daemon)
    const seen = []
    const states = []
    jet.fetch({}, ({ event }) => seen.push(event))
    await jet.opened()
    await jet.request("echo")
    assert.deepEqual(seen, [])
    jet.addEventListener("state", () => states.push(jet.state))
    await jet.login("admin", "radar")
    await until(() => seen.length === 1)
    assert.deepEqual(states, ["open"])
    await jet.logout()
    assert.equal(jet.user, null)
    assert.equal(jet.groups, null)
    assert.equal(jet.state, "open")
    await until(() => seen.length === 2)
    assert.deepEqual(seen, ["add", "remove"])
})

test("A login that fails changes nothing", async t => {
    const daemon = await secret(t)
    const jet = peer(t, daemon, { login: admin })
    await jet.opened()
    const events = []
    jet.addEventListener("state", () => events.push(jet.state))
    for (const [user, password, key] of [["admin", "wrong", "invalidPassword"], ["nobody", "x", "invalidUser"]]) {
        assert.equal((await failure(jet.login(user, password))).key, key)
        assert.equal(jet.user, "admin")
    }
    assert.equal((await jet.get({})).length, 1)
    await daemon.kill()
    await until(() => jet.state !== "open")
    assert.equal((await failure(jet.login("admin", "radar"))).key, "connectionClosed")
    await daemon.start()
    await jet.opened()
    assert.equal(jet.user, "admin")
    assert.ok(!events.includes("refused"))
})

for (const [what, action] of [
    ["login", jet => jet.login("admin", "radar")], ["logout", jet => jet.logout()],
    ["connect", async jet => { jet.connect() }],
]) {
    test(`A refused login ends the attempts until ${what}`, async t => {
        const daemon = await secret(t)
        const jet = peer(t, daemon, { login: { user: "admin", password: "wrong" } })
        const error = await failure(jet.opened())
        assert.ok(error instanceof JetError)
        assert.equal(error.key, "invalidPassword")
        assert.equal(jet.state, "refused")
        assert.equal(jet.reason, error)
        assert.equal(jet.retryAt, null)
        assert.equal((await failure(jet.opened())).key, "invalidPassword")
        assert.equal((await failure(jet.request("echo"))).key, "connectionClosed")
        await action(jet)
        if (what === "connect") assert.equal((await failure(jet.opened())).key, "invalidPassword")
        else await jet.opened()
    })
}

test("A login that could not be checked is tried again", async t => {
    let count = 0
    const server = await serve(t, ({ method, id }, send) => {
        if (method !== "authenticate" || ++count > 2) return undefined
        send({ id, error: { code: -32010, message: "Limit exceeded", data: { limit: "authentications", max: 256 } } })
        return null
    })
    const jet = peer(t, server, { login: admin })
    await jet.opened()
    assert.equal(count, 3)
    assert.deepEqual(jet.groups, { fetch: [], set: [], call: [] })
})

test("A login that the daemon delays, as after wrong passwords, is waited for", async t => {
    hurryTimers(t, 20)
    let count = 0
    const server = await serve(t, ({ method, id }, send) => {
        if (method !== "authenticate") return undefined
        count += 1
        setTimeout(() => send({ id, result: {} }), 16000)
        return null
    })
    const jet = peer(t, server, { login: admin })
    await jet.opened()
    assert.equal(count, 1)
})

test("A changed password is used at the next connection", async t => {
    const daemon = await secret(t)
    const jet = peer(t, daemon, { login: { user: "guest", password: "guest" } })
    await jet.opened()
    assert.equal((await failure(jet.changePassword("admin", "x"))).key, "noAccess")
    await jet.changePassword("guest", "other")
    await daemon.kill()
    await daemon.start()
    await jet.opened()
    assert.equal(jet.user, "guest")
})

test("close during a login ends both", async t => {
    const daemon = await secret(t)
    const jet = peer(t, daemon)
    await jet.opened()
    const login = failure(jet.login("admin", "radar"))
    jet.close()
    assert.equal((await login).key, "connectionClosed")
    assert.equal(jet.state, "closed")
    assert.equal(jet.user, null)
})

test("Logins at the same time leave one connection", async t => {
    const daemon = await secret(t)
    const jet = peer(t, daemon)
    await Promise.all([
        jet.login("admin", "radar"), jet.login("guest", "guest"), jet.logout(), jet.login("admin", "radar"),
    ])
    await jet.opened()
    const other = peer(t, daemon)
    await other.opened()
    // The owner, this one and the other.
    await until(async () => (await other.request("info")).statistics.peers === 3)
})
