import assert from "node:assert/strict"
import { Daemon } from "./support/daemon.mjs"
import { serve } from "./support/server.mjs"
import { failure, peer, test, until } from "./support/test.mjs"

/** A peer with `count` States under "s/", each with its number. */
async function owner(t, daemon, count) {
    const jet = peer(t, daemon)
    await jet.opened()
    const states = jet.batch(() =>
        Array.from({ length: count }, (_, i) => jet.addState(`s/${String(i).padStart(6, "0")}`, i)))
    await Promise.all(states.map(state => state.added))
    return { jet, states }
}

test("A fetch that is made before the connection is open starts with it", async t => {
    const daemon = await Daemon.start(t)
    const { states } = await owner(t, daemon, 2)
    const seen = []
    const jet = peer(t, daemon)
    const fetch = jet.fetch({ path: { startsWith: "s/" } }, notification => seen.push(notification))
    await fetch.started
    states[1].value = "new"
    await states[0].remove()
    await until(() => seen.length === 4)
    assert.deepEqual(seen, [
        { path: "s/000000", event: "add", value: 0, fetchOnly: true },
        { path: "s/000001", event: "add", value: 1, fetchOnly: true },
        { path: "s/000001", event: "change", value: "new" },
        { path: "s/000000", event: "remove", value: 0 },
    ])
    assert.equal(fetch.error, null)
})

test("A fetch that has ended is silent", async t => {
    const daemon = await Daemon.start(t)
    const { jet, states } = await owner(t, daemon, 1)
    const seen = []
    const fetch = jet.fetch({}, notification => {
        seen.push(notification)
        fetch.end()
    })
    await until(() => seen.length === 1)
    states[0].value = 2
    await jet.request("echo")
    await fetch.end()
    assert.equal(seen.length, 1)
    assert.equal((await jet.request("info")).statistics.fetchers, 0)
})

test("A rule that the daemon refuses is reported three ways, and again at the next connection", async t => {
    const daemon = await Daemon.start(t)
    const jet = peer(t, daemon)
    const events = []
    jet.addEventListener("refused", ({ source, error }) => events.push([source, error.key]))
    const fetch = jet.fetch({ value: { lessThen: 3 } }, () => {})
    const window = jet.window({ sort: { from: 1, to: 100000 } }, () => {})
    assert.equal((await failure(fetch.started)).key, "badRule")
    assert.equal((await failure(window.started)).key, "badRule")
    assert.equal(fetch.error.data.badRule.at, "value.lessThen")
    assert.deepEqual(events, [[fetch, "badRule"], [window, "badRule"]])
    await daemon.kill()
    await daemon.start()
    await until(() => events.length === 4)
})

test("After a reconnect, what has gone is removed, what is there is changed, and what is new is added", async t => {
    const daemon = await Daemon.start(t)
    const first = await owner(t, daemon, 3)
    const jet = peer(t, daemon)
    const seen = []
    jet.fetch({ path: { startsWith: "s/" } }, ({ path, event, value }) => seen.push(`${event} ${path} ${value}`))
    await until(() => seen.length === 3)
    seen.length = 0
    first.jet.close()
    await until(() => seen.length === 3)
    const second = await owner(t, daemon, 3)
    await until(() => seen.length === 6)
    seen.length = 0
    await daemon.kill()
    await second.states[1].remove()
    second.states[2].value = "other"
    second.jet.addState("s/new", 7)
    await daemon.start()
    await until(() => seen.length >= 4)
    // The owner may come back later than the fetcher, and then a State is removed and added.
    assert.ok(seen.includes("remove s/000001 1"))
    assert.ok(seen.includes("add s/new 7"))
    assert.ok(seen.some(text => /^(change|add) s\/000000 0$/.test(text)))
    assert.ok(seen.some(text => /^(change|add) s\/000002 other$/.test(text)))
})

test("After a reconnect of the fetcher alone, nothing that has stayed is removed", async t => {
    const daemon = await Daemon.start(t)
    await owner(t, daemon, 20000)
    const { jet: other, states } = await owner(t, daemon, 0)
    const extra = other.addState("s/x", true)
    await extra.added
    assert.equal(states.length, 0)
    const jet = peer(t, daemon)
    const counts = { add: 0, change: 0, remove: 0 }
    const paths = new Set()
    const count = ({ event, path }) => {
        counts[event] += 1
        if (event === "remove") paths.delete(path)
        else paths.add(path)
    }
    jet.fetch({ path: { startsWith: "S/", caseInsensitive: true }, value: { equalsNot: "none" } }, count)
    await until(() => counts.add === 20001)
    const closed = jet.login("admin", "radar")
    await extra.remove()
    await closed
    await until(() => counts.change >= 20000 && counts.remove === 1)
    await jet.request("echo")
    assert.equal(counts.add, 20001)
    assert.equal(paths.size, 20000)
})

test("What goes while a daemon shows in parts what exists is removed", async t => {
    // The daemon has shown only "a" when it answers what follows; "b" comes later, "c" is gone, and "d" goes meanwhile.
    let connection = 0
    let gets = 0
    const server = await serve(t, ({ method, id, params }, send) => {
        if (method === "info") connection += 1
        if (method === "fetch") {
            send({ id, result: true })
            const paths = connection === 1 ? ["a", "b", "c", "d"] : ["a"]
            for (const path of paths) send({ method: params.id, params: { path, event: "add", value: connection } })
            server.fetchId = params.id
            return null
        }
        if (method !== "get") return undefined
        gets += 1
        const there = gets === 1 ? ["b", "d"] : []
        if (gets === 1) send({ method: server.fetchId, params: { path: "b", event: "add", value: 2 } })
        const asked = there.filter(path => params.path.equalsOneOf.includes(path))
        send({ id, result: asked.map(path => ({ path, value: 0 })) })
        return null
    })
    const jet = peer(t, server)
    const seen = []
    const rule = { path: { contains: "" }, match: "a", unmatch: "z", value: { isType: "number" } }
    jet.fetch(rule, ({ path, event }) => seen.push(`${event} ${path}`))
    await until(() => seen.length === 4)
    seen.length = 0
    for (const socket of server.sockets) socket.destroy()
    await until(() => seen.length === 4)
    assert.deepEqual(seen, ["change a", "change b", "remove c", "remove d"])
    const [get] = server.received.filter(({ method }) => method === "get")
    assert.deepEqual(get.params, { path: { equalsOneOf: ["b", "c", "d"] }, value: { isType: "number" } })
})

test("A listener that throws is reported, and nothing else suffers", async t => {
    const daemon = await Daemon.start(t)
    await owner(t, daemon, 2)
    const reported = t.mock.method(console, "error", () => {})
    const jet = peer(t, daemon)
    const seen = []
    jet.fetch({}, () => { throw new Error("mine") })
    jet.fetch({}, notification => seen.push(notification))
    await until(() => seen.length === 2)
    assert.equal(reported.mock.callCount(), 2)
    assert.equal(jet.state, "open")
})

test("A window shows its places in order, and follows changes", async t => {
    const daemon = await Daemon.start(t)
    const { states } = await owner(t, daemon, 10)
    const jet = peer(t, daemon)
    let told = 0
    const sort = { byValue: "number", descending: true, from: 2, to: 4 }
    const window = jet.window({ path: { startsWith: "s/" }, sort }, () => { told += 1 })
    assert.equal(window.isCurrent, false)
    await until(() => told === 1)
    const shown = () => window.entries.map(({ index, value }) => `${index}:${value}`).join(" ")
    assert.equal(shown(), "2:8 3:7 4:6")
    assert.equal(window.isCurrent, true)
    assert.equal(window.total, jet.info.features.total ? 10 : null)
    states[0].value = 7.5
    await until(() => told === 2)
    assert.equal(shown(), "2:8 3:7.5 4:7")
    states[9].value = "no number"
    await until(() => told === 3)
    assert.equal(shown(), "2:7.5 3:7 4:6")
    for (const state of states.slice(1, 8)) state.value = null
    await until(() => shown() === "2:7.5")
    await window.end()
    assert.equal((await jet.request("info")).statistics.fetchers, 0)
})

test("A window moves, and says when it shows what was asked for", async t => {
    const daemon = await Daemon.start(t)
    await owner(t, daemon, 100)
    const jet = peer(t, daemon)
    const window = jet.window({ path: { startsWith: "s/" }, sort: { from: 1, to: 3 } }, () => {})
    const shown = () => window.entries.map(({ value }) => value).join(" ")
    await until(() => window.isCurrent)
    assert.equal(shown(), "0 1 2")
    for (let from = 2; from <= 90; from++) window.move(from, from + 2)
    assert.equal(window.isCurrent, false)
    assert.deepEqual([window.from, window.to], [90, 92])
    assert.equal(shown(), "0 1 2")
    await until(() => window.isCurrent)
    assert.equal(shown(), "89 90 91")
    window.move(99, 110)
    await until(() => window.isCurrent)
    assert.equal(shown(), "98 99")
    window.move(200, 210)
    await until(() => window.isCurrent)
    assert.deepEqual(window.entries, [])
    window.move(1, 2)
    window.move(200, 210)
    await jet.request("echo")
    await until(() => window.isCurrent)
    assert.deepEqual(window.entries, [])
    assert.equal((await jet.request("info")).statistics.fetchers, 1)
})

test("A window keeps its place and its entries over a reconnect", async t => {
    const daemon = await Daemon.start(t)
    const { states } = await owner(t, daemon, 20)
    const jet = peer(t, daemon)
    const window = jet.window({ sort: {} }, () => {})
    await until(() => window.isCurrent)
    window.move(5, 6)
    await until(() => window.isCurrent)
    await daemon.kill()
    await until(() => jet.state === "waiting")
    assert.deepEqual(window.entries.map(({ value }) => value), [4, 5])
    states[4].value = "four"
    window.move(5, 7)
    await daemon.start()
    await until(() => window.isCurrent && window.entries.length === 3)
    assert.deepEqual(window.entries.map(({ value }) => value), ["four", 5, 6])
})

test("A window uses what a daemon can do, moving and the total, and ignores what belongs elsewhere", async t => {
    const server = await serve(t, ({ method, id, params }, send) => {
        if (method === "info") send({ id, result: { features: { total: true, moveWindow: true } } })
        else if (method === "fetch") {
            send({ id, result: true })
            const changes = [[1, "a"], [2, "b"]].map(([index, path]) => ({ index, path }))
            send({ method: params.id, params: { n: 2, total: 9, changes } })
        } else if (method === "moveWindow") {
            send({ method: params.id, params: { n: 2, total: 8, changes: [{ index: 2, path: "late" }] } })
            send({ id, result: true })
            const changes = [4, 5, 77, -1, "6"].map(index => ({ index, path: `new ${index}` }))
            send({ method: params.id, params: { n: 2, total: 7, changes } })
            send({ method: "jet.js-other", params: { n: 0, changes: [] } })
        } else return undefined
        return null
    })
    const jet = peer(t, server)
    const totals = []
    const window = jet.window({ sort: { to: 2 } }, ({ total, isCurrent }) => totals.push([total, isCurrent]))
    await until(() => totals.length === 1)
    window.move(4, 5)
    await until(() => window.isCurrent)
    assert.deepEqual(totals, [[9, true], [8, false], [7, true]])
    assert.deepEqual(window.entries.map(({ path }) => path), ["new 4", "new 5"])
    const sent = server.received.filter(({ method }) => method === "fetch" || method === "moveWindow")
    assert.deepEqual(sent.map(({ params }) => ({ ...params, id: 0 })), [
        { sort: { total: true, from: 1, to: 2 }, id: 0 }, { from: 4, to: 5, id: 0 },
    ])
})

test("A move that is refused is reported, and the next one starts the window again", async t => {
    const server = await serve(t, ({ method, id, params }, send) => {
        if (method === "info") send({ id, result: { features: { moveWindow: true } } })
        else if (method === "fetch") {
            send({ id, result: true })
            send({ method: params.id, params: { n: 1, changes: [{ index: params.sort.from, path: "a" }] } })
        } else if (method === "moveWindow") send({ id, error: { code: -32602, message: "no", data: { badRule: {} } } })
        else return undefined
        return null
    })
    const jet = peer(t, server)
    const refused = []
    jet.addEventListener("refused", ({ error }) => refused.push(error.key))
    const window = jet.window({}, () => {})
    await window.started
    window.move(1, 99999)
    await until(() => refused.length === 1)
    assert.equal(window.error.key, "badRule")
    assert.equal(window.isCurrent, false)
    window.move(3, 5)
    await until(() => window.isCurrent)
    assert.equal(window.error, null)
    assert.equal(window.entries[0].index, 3)
})

test("Ten thousand notifications that arrive at once are all handed on", async t => {
    const server = await serve(t, ({ method, params, id }, send) => {
        if (method !== "fetch") return undefined
        send({ id, result: true })
        const notification = i => ({ method: params.id, params: { path: `p${i}`, event: "add", value: i } })
        const burst = Array.from({ length: 10000 }, (_, i) => notification(i))
        send(burst)
        for (const message of burst) send({ ...message, params: { ...message.params, event: "change" } })
        return null
    })
    const counts = { add: 0, change: 0 }
    peer(t, server).fetch({}, ({ event }) => { counts[event] += 1 })
    await until(() => counts.change === 10000)
    assert.equal(counts.add, 10000)
})
