import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { frame, readFrames } from "./server.mjs"

const methods = new Set(["add", "change", "remove", "fetch", "unfetch", "set", "call", "config", "authenticate"])
const invalid = data => ({ code: -32602, message: "Invalid params", data })

const selects = ({ path: { equals, startsWith = "", contains = "" } = {} }, path) =>
    (equals === undefined || path === equals) && path.startsWith(startsWith) && path.includes(contains)

/**
 * A small daemon that behaves as lua-jet does, sections 1 to 6 of jet-protocol(7): without info, get, echo, meta,
 * caller and interval.
 * It knows the path rules equals, startsWith and contains, and sorts by path and by value.
 */
export class ClassicDaemon {
    #elements = new Map()
    #peers = new Set()
    #routed = new Map()
    #nextId = 1
    #server = createServer(socket => this.#accept(socket))
    #folder = mkdtempSync(join(tmpdir(), "jet-js-"))
    requests = []

    static async start(t) {
        const daemon = new ClassicDaemon()
        await new Promise(resolve => daemon.#server.listen(daemon.unix.slice(5), resolve))
        t.after(() => {
            daemon.disconnect()
            daemon.#server.close()
            rmSync(daemon.#folder, { recursive: true })
        })
        return daemon
    }

    get unix() { return `unix:${join(this.#folder, "jet.sock")}` }

    disconnect() { for (const peer of this.#peers) peer.socket.destroy() }

    #accept(socket) {
        const peer = { socket, fetches: new Map(), send: message => socket.write(frame(JSON.stringify(message))) }
        this.#peers.add(peer)
        socket.on("error", () => {})
        socket.on("close", () => {
            this.#peers.delete(peer)
            for (const [path, { owner }] of [...this.#elements]) if (owner === peer) this.#remove(path)
        })
        readFrames(socket, text => { for (const message of [JSON.parse(text)].flat()) this.#handle(peer, message) })
    }

    #handle(peer, message) {
        const { id, method, params = {} } = message
        if (method === undefined) {
            const caller = this.#routed.get(id)
            this.#routed.delete(id)
            return caller?.peer.send({ ...message, id: caller.id })
        }
        this.requests.push(message)
        let answer
        if (!methods.has(method)) answer = { error: { code: -32601, message: "Method not found", data: method } }
        else {
            try {
                answer = { result: this[method](peer, params, message) ?? true }
            } catch (error) {
                answer = { error }
            }
        }
        const isAnswered = id !== undefined && answer.result !== "routed" && method !== "fetch"
        if (isAnswered) peer.send({ id, ...answer })
    }

    add(peer, { path, value, fetchOnly }) {
        if (this.#elements.has(path)) throw invalid({ pathAlreadyExists: path })
        this.#elements.set(path, { owner: peer, path, value, fetchOnly })
        this.#notify(path, "add", value)
    }

    change(peer, { path, value }) {
        if (!this.#elements.has(path)) throw invalid({ pathNotExists: path })
        this.#elements.get(path).value = value
        this.#notify(path, "change", value)
    }

    remove(peer, { path }) {
        if (!this.#elements.has(path)) throw invalid({ pathNotExists: path })
        this.#remove(path)
    }

    #remove(path) {
        const { value } = this.#elements.get(path)
        this.#elements.delete(path)
        this.#notify(path, "remove", value)
    }

    fetch(peer, params, { id }) {
        peer.send({ id, result: true })
        const fetch = { ...params, shown: [] }
        peer.fetches.set(params.id, fetch)
        if (params.sort) this.#sort(peer, fetch, null, true)
        else {
            for (const { path, value } of this.#selected(fetch)) {
                peer.send({ method: params.id, params: { path, value, event: "add" } })
            }
        }
    }

    unfetch(peer, { id }) { peer.fetches.delete(id) }
    config() {}

    authenticate(peer, { user, password }) {
        if (user !== "admin" || password !== "radar") throw invalid({ invalidPassword: true })
        return { fetchGroups: ["all"], setGroups: [], callGroups: [] }
    }

    set(peer, { path, value, valueAsResult }, { id }) { return this.#route(peer, id, path, { value, valueAsResult }) }
    call(peer, { path, args = {} }, { id }) { return this.#route(peer, id, path, args) }

    #route(peer, id, path, params) {
        const element = this.#elements.get(path)
        if (!element) throw invalid({ pathNotExists: path })
        if (element.fetchOnly) throw invalid({ fetchOnly: path })
        const routedId = this.#nextId++
        this.#routed.set(routedId, { peer, id })
        element.owner.send({ id: routedId, method: path, params })
        return "routed"
    }

    #selected(fetch) { return [...this.#elements.values()].filter(({ path }) => selects(fetch, path)) }

    #notify(path, event, value) {
        for (const peer of this.#peers) {
            for (const [id, fetch] of peer.fetches) {
                if (fetch.sort) this.#sort(peer, fetch, path)
                else if (selects(fetch, path)) peer.send({ method: id, params: { path, event, value } })
            }
        }
    }

    #sort(peer, fetch, changed, isFirst = false) {
        const { from = 1, to = 10, byValue, descending } = fetch.sort
        const key = byValue ? "value" : "path"
        const sorted = this.#selected(fetch).filter(({ value }) => !byValue || typeof value === byValue)
            .sort((a, b) => (a[key] < b[key] ? -1 : 1) * (descending ? -1 : 1))
        const shown = sorted.slice(from - 1, to).map(({ path, value }, at) => ({ path, value, index: from + at }))
        const changes = shown.filter((entry, at) =>
            entry.path === changed || JSON.stringify(entry) !== JSON.stringify(fetch.shown[at]))
        if (isFirst || changes.length || shown.length !== fetch.shown.length) {
            peer.send({ method: fetch.id, params: { n: shown.length, changes } })
        }
        fetch.shown = shown
    }
}
