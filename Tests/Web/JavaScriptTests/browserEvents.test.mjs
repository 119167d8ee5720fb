import assert from "node:assert/strict"
import { Daemon } from "./support/daemon.mjs"
import { hurryTimers, peer, test, until } from "./support/test.mjs"

// What a browser has: jet.js listens to the window and the document.
const page = new EventTarget()
const target = new EventTarget()
globalThis.document = Object.assign(page, { hidden: false })
globalThis.addEventListener = target.addEventListener.bind(target)
globalThis.removeEventListener = target.removeEventListener.bind(target)

/** Without the event, there is no attempt in the time of a test. */
const never = { backoff: { min: 1e9, max: 1e9 } }

for (const [what, source, event] of [
    ["the machine is online again", target, "online"], ["the page becomes visible", page, "visibilitychange"],
]) {
    test(`When ${what}, a peer that waits connects at once`, async t => {
        const daemon = await Daemon.start(t)
        const jet = peer(t, daemon, never)
        await jet.opened()
        await daemon.kill()
        await until(() => jet.state === "waiting")
        await daemon.start()
        document.hidden = true
        source.dispatchEvent(new Event(event))
        assert.equal(jet.state, "waiting")
        document.hidden = false
        source.dispatchEvent(new Event(event))
        await jet.opened()
    })
}

test("When the page becomes visible, a connection that was lost meanwhile is noticed", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon, never)
    await jet.opened()
    hurryTimers(t)
    daemon.pause()
    page.dispatchEvent(new Event("visibilitychange"))
    await until(() => jet.state === "waiting")
})

test("After close, a page that becomes visible connects nothing", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    await jet.opened()
    jet.close()
    page.dispatchEvent(new Event("visibilitychange"))
    target.dispatchEvent(new Event("online"))
    assert.equal(jet.state, "closed")
})

const leave = (type, persisted) => target.dispatchEvent(Object.assign(new Event(type), { persisted }))

test("A page that the browser keeps for the way back has no connection meanwhile, and returns with its login", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon, { ...never, login: { user: "admin", password: "radar" } })
    const values = []
    jet.addState("own", 1)
    jet.fetch({ path: { equals: "own" } }, ({ event, value }) => values.push([event, value]))
    await jet.opened()
    await until(() => values.length === 1)
    leave("pagehide", true)
    assert.equal(jet.state, "waiting")
    assert.equal(jet.retryAt, null)
    const other = peer(t, daemon)
    await other.opened()
    await until(async () => (await other.get({ path: { equals: "own" } })).length === 0)
    leave("pageshow", true)
    await jet.opened()
    assert.equal(jet.user, "admin")
    await until(async () => (await other.get({ path: { equals: "own" } })).length === 1)
})

test("A page that is left for good keeps its connection until the browser ends it", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon, never)
    await jet.opened()
    leave("pagehide", false)
    assert.equal(jet.state, "open")
})
