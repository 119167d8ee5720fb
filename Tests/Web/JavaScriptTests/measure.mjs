// Measures how many notifications jet.js takes in Node: what it does with each, compared with JSON.parse of the same
// messages alone, and then with the daemon and an owner, over a unix socket and over a WebSocket:
//
//   JETD=... node Tests/Web/JavaScriptTests/measure.mjs [notifications]

import { connect } from "../../../Sources/Web/JavaScript/jet.js"
import { Daemon } from "./support/daemon.mjs"
import { until, WebSocket } from "./support/test.mjs"

const count = Number(process.argv[2] ?? 200_000)
const paths = 1000
const rounds = 5
const rule = { path: { startsWith: "bench/" } }

/** Stands in for a connection: it answers requests, and hands on the messages that it is given. */
class Still {
    static last
    bufferedAmount = 0
    constructor() {
        Still.last = this
        setTimeout(() => this.onopen())
    }
    close() {}
    send(sent) {
        for (const { id, method, params } of [JSON.parse(sent)].flat()) {
            if (method === "fetch") this.fetchId = params.id
            if (id !== undefined) this.onmessage({ data: JSON.stringify({ id, result: method === "info" ? {} : true }) })
        }
    }
}

function time(body) {
    const begin = performance.now()
    body()
    return performance.now() - begin
}

async function measureHandling() {
    const jet = connect("ws://nowhere/", { WebSocket: Still })
    let taken = 0
    jet.fetch(rule, () => { taken += 1 })
    await jet.opened()
    const { last } = Still
    const texts = Array.from({ length: count }, (_, i) => JSON.stringify({
        method: last.fetchId, params: { path: `bench/sensor${i % paths}/temperature`, event: "change", value: { i } },
    }))
    let parsing = Infinity
    let handling = Infinity
    for (let round = 0; round < rounds; round++) {
        let sum = 0
        parsing = Math.min(parsing, time(() => { for (const text of texts) sum += JSON.parse(text).params.value.i }))
        handling = Math.min(handling, time(() => { for (const data of texts) last.onmessage({ data }) }))
    }
    if (taken !== rounds * count) throw new Error(`${taken} were handed on`)
    jet.close()
    console.log(`jet.js takes ${Math.round(count / handling * 1000)} notifications a second, JSON.parse alone`
        + ` ${Math.round(count / parsing * 1000)}: ratio ${(handling / parsing).toFixed(2)}`)
}

/** The owner's work is in the same process. */
async function measureBus(url, states, owner) {
    const jet = connect(url, { WebSocket })
    let received = 0
    jet.fetch(rule, () => { received += 1 })
    await until(() => received === paths)
    received = 0
    const before = process.cpuUsage()
    const begin = performance.now()
    // In turns, so that nothing is conflated.
    for (let sent = 0; sent < count; sent += paths) {
        owner.batch(() => { for (const state of states) state.value = { sent } })
        await until(() => received === sent + paths)
    }
    const whole = performance.now() - begin
    const { user, system } = process.cpuUsage(before)
    jet.close()
    console.log(`${url.split(":")[0]}: ${Math.round(count / whole * 1000)} changes a second from owner to fetcher,`
        + ` ${((user + system) / count).toFixed(1)} µs of processor time each in this process`)
}

await measureHandling()
const ends = []
const daemon = await Daemon.start({ after: end => ends.push(end) })
const owner = connect(daemon.unix)
await owner.opened()
const states = Array.from({ length: paths }, (_, i) => owner.addState(`bench/sensor${i}/temperature`, { i }))
await Promise.all(states.map(state => state.added))
for (const url of [daemon.unix, daemon.ws]) await measureBus(url, states, owner)
owner.close()
for (const end of ends) await end()
