/**
 * A peer of the Jet bus for browsers and Node. jet.d.ts describes what is exported, jet-javascript(7) how it is used.
 *
 * It is one long file because users copy and load it without a build step.
 */

const invalidParams = -32602
const methodNotFound = -32601
const internalError = -32603
const responseTimeout = -32001
const connectionClosed = -32002
const limitExceeded = -32010

/** The longest messages that a daemon accepts by default, and that are received, in bytes. */
const messageSize = 16 << 20
const longestReceived = 256 << 20
/** What may wait to be sent, in bytes. */
const outboxSize = 32 << 20
/** What is sent as one message, in characters and in requests. */
const batchSize = 1 << 20
const batchCount = 1000
const waitingRequests = 65536

// In milliseconds.
/** After which a connection was a success. */
const settledAfter = 5000
/** How long one's own lost connection may occupy a path. */
const retakeFor = 30000
const watchEvery = 5000
const hurriedWatch = 1000

const encoder = new TextEncoder()
const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value)
const now = () => performance.now()
const ignore = () => {}
const mask = (name, value) => name === "password" ? "***" : value

/** Calls a function of the user, whose exceptions are reported and end nothing here. */
function callSafely(body, ...args) {
    try {
        body(...args)
    } catch (error) {
        if (typeof reportError === "function") reportError(error)
        else console.error(error)
    }
}

export class JetError extends Error {
    constructor(message, code = internalError, data = undefined) {
        super(message)
        this.name = "JetError"
        this.code = code
        this.data = data
        this.key = code === responseTimeout ? "timeout"
            : isObject(data) && code <= -32000 && code >= -32768 ? Object.keys(data)[0] : undefined
    }
}

const invalid = data => new JetError("Invalid params", invalidParams, data)
const limit = (name, max) => new JetError("Limit exceeded", limitExceeded, { limit: name, max })
const closed = (why = "There is no connection to the daemon.") =>
    new JetError(why, connectionClosed, { connectionClosed: true })
const closedHere = () => closed("This program has ended it.")
const silent = () => closed("The daemon does not answer.")
const isClosed = error => error.key === "connectionClosed"

/** The error of a response, which may be anything. */
function received(error) {
    const { message, code, data } = isObject(error) ? error : { message: error }
    return new JetError(String(message), Number.isInteger(code) ? code : undefined, data)
}

/** Writes JSON. Half of a surrogate pair, which the daemon refuses, becomes U+FFFD. */
function write(message) {
    let text
    try {
        text = JSON.stringify(message) ?? "null"
    } catch (error) {
        throw new JetError(`This is not JSON: ${error.message}`, invalidParams, { wrongType: "params" })
    }
    // A character has at most three bytes.
    if (text.length * 3 > messageSize && encoder.encode(text).length > messageSize) {
        throw limit("messageSize", messageSize)
    }
    if (!text.includes("\\ud")) return text
    return text.replace(/\\(ud[89a-f]..|.)/g, escape => escape.length > 2 ? "\ufffd" : escape)
}

/** The response to a request whose handler has thrown `error`. */
function refusal(id, error) {
    try {
        const { code, message = error, data } = error ?? {}
        const answer = Number.isInteger(code) ? { code, message: `${message}`, data }
            : { code: internalError, message: "Internal error", data: `${message}` }
        return write({ id, error: answer })
    } catch {
        return write({ id, error: { code: internalError, message: "Internal error" } })
    }
}

// A transport calls onOpen(), onText(text), and at last onClosed(error).

function openWebSocket(WebSocket, url, { onOpen, onText, onClosed }) {
    const socket = new WebSocket(url, "jet")
    const decoder = new TextDecoder()
    let wasOpen = false
    socket.binaryType = "arraybuffer"
    socket.onopen = () => {
        wasOpen = true
        onOpen()
    }
    socket.onmessage = ({ data }) => onText(typeof data === "string" ? data : decoder.decode(data))
    socket.onerror = ignore
    socket.onclose = ({ code, reason }) => onClosed(closed(wasOpen
        ? `The daemon has closed the connection (${code}${reason && `, ${reason}`}).`
        : "The daemon cannot be reached, or does not accept the connection."))
    return { send: text => socket.send(text), close: () => socket.close(), waiting: () => socket.bufferedAmount }
}

async function openSocket(address, { onOpen, onText, onClosed }) {
    const { connect } = await import("node:net")
    const socket = connect(address, onOpen)
    let chunks = []
    let size = 0
    let why
    socket.setNoDelay(true)
    socket.on("error", error => { why = error.message })
    socket.on("close", () => onClosed(closed(why ?? "The daemon has closed the connection.")))
    socket.on("data", chunk => {
        chunks.push(chunk)
        size += chunk.length
        while (size >= 4 && !socket.destroyed) {
            if (chunks[0].length < 4) chunks = [Buffer.concat(chunks)]
            const end = 4 + chunks[0].readUInt32BE(0)
            if (end > longestReceived) return socket.destroy(new Error("The daemon has sent too long a message."))
            if (size < end) return
            const bytes = chunks.length > 1 ? Buffer.concat(chunks) : chunks[0]
            chunks = [bytes.subarray(end)]
            size -= end
            if (end > 4) onText(bytes.toString("utf8", 4, end))
        }
    })
    return {
        send: text => {
            const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
            bytes.writeUInt32BE(bytes.length - 4)
            bytes.write(text, 4)
            socket.write(bytes)
        },
        close: () => socket.destroy(),
        waiting: () => socket.writableLength,
    }
}

/** Returns what opens a transport. Throws if there can be none. */
function transport(url, WebSocket) {
    if (url.startsWith("unix:")) return hooks => openSocket({ path: url.slice(5) }, hooks)
    const { protocol, hostname, port } = new URL(url)
    if (protocol === "tcp:") {
        return hooks => openSocket({ host: hostname.replace(/[[\]]/g, ""), port: Number(port || 11122) }, hooks)
    }
    if (!/^(ws|http)s?:$/.test(protocol)) {
        throw new TypeError(`Cannot connect to ${url}: use ws://, wss://, or in Node unix:/path or tcp://host:port.`)
    }
    if (!WebSocket) {
        throw new TypeError("There is no WebSocket. Use Node 22 or that of the package ws: connect(url, { WebSocket }).")
    }
    return hooks => openWebSocket(WebSocket, url.replace(/^http/, "ws"), hooks)
}

/** One connection, which is used once. */
class Connection {
    isClosed = false
    lastReceived = 0
    /** The error with which the daemon has refused a login. */
    refusal = null
    onMethod = ignore
    onReceived = ignore
    onClosed = ignore
    #transport = null
    #pending = new Map()
    #nextId = 1
    #batch = null
    #lastError = null
    #abort
    #tap

    constructor(tap) { this.#tap = tap }

    open(openTransport) {
        return new Promise((resolve, reject) => {
            if (this.isClosed) throw closed()
            this.#abort = reject
            const hooks = {
                onOpen: resolve, onText: text => this.#receive(text), onClosed: error => this.close(error),
            }
            Promise.resolve(hooks).then(openTransport).then(transport => {
                this.#transport = transport
                if (this.isClosed) transport.close()
            }).catch(error => this.close(closed(error.message)))
        })
    }

    close(error = closed()) {
        if (this.isClosed) return
        this.isClosed = true
        this.#abort?.(error)
        for (const id of [...this.#pending.keys()]) this.#take(id).reject(closed(error.message))
        this.onClosed(this.#lastError ?? error)
        this.#transport?.close()
    }

    get isFull() { return this.#transport?.waiting() > outboxSize }

    /** `onResult` is called before a message that follows is handled; the promise settles later. */
    request(method, params = undefined, timeout = 0, onResult = ignore) {
        return new Promise((resolve, reject) => {
            if (this.isClosed) throw closed()
            if (this.isFull) throw limit("outbox", outboxSize)
            const id = this.#nextId++
            const text = write({ id, method, params })
            const timer = timeout > 0 ? setTimeout(() => {
                this.#take(id)?.reject(new JetError("The daemon has not answered in time.", responseTimeout, params))
            }, Math.min(timeout, 0x7fffffff)) : undefined
            const request = { id, resolve, reject, timer, onResult, message: null }
            this.#pending.set(id, request)
            this.send(text, request)
        })
    }

    notify(message) { this.send(write(message)) }

    batch(body) {
        if (this.#batch) return body()
        const batch = this.#batch = []
        try {
            return body()
        } finally {
            this.#batch = null
            while (batch.length) {
                let count = 1
                for (let size = batch[0].text.length; count < batch.length && count < batchCount; count++) {
                    size += batch[count].text.length
                    if (size > batchSize) break
                }
                const message = batch.splice(0, count)
                if (count > 1) for (const { request } of message) if (request) request.message = message
                this.send(count > 1 ? `[${message.map(({ text }) => text)}]` : message[0].text)
            }
        }
    }

    send(text, request = undefined) {
        if (this.#batch) return this.#batch.push({ text, request })
        if (this.isClosed) return
        if (this.#tap) callSafely(() => this.#tap("out", JSON.parse(text, mask), text.length))
        try {
            this.#transport.send(text)
        } catch (error) {
            this.close(closed(error.message))
        }
    }

    #receive(text) {
        if (this.isClosed) return
        this.lastReceived = now()
        this.#lastError = null
        let message
        try {
            message = JSON.parse(text)
        } catch {
            return
        }
        if (this.#tap) callSafely(this.#tap, "in", message, text.length)
        for (const one of Array.isArray(message) ? message : [message]) {
            if (!isObject(one)) continue
            if (one.method !== undefined) this.onMethod(one)
            else this.#settle(one)
        }
        this.onReceived()
    }

    #settle({ id, result = null, error = null }) {
        if (error === null) {
            const request = this.#take(id)
            request?.onResult()
            request?.resolve(result)
        } else if (id !== undefined && id !== null) this.#take(id)?.reject(received(error))
        else {
            // It is about the connection, or quotes the beginning of a message that the daemon could not read.
            this.#lastError = received(error)
            const [, first] = /^\[?\{"id":(\d+),/.exec(this.#lastError.data) ?? []
            const { message } = this.#pending.get(Number(first)) ?? {}
            if (!message) return this.#take(Number(first))?.reject(this.#lastError)
            // The daemon has read nothing of the batch: each request for itself shows which it cannot read.
            for (const { text, request } of message) {
                if (request && !this.#pending.has(request.id)) continue
                if (request) request.message = null
                this.send(text)
            }
        }
    }

    #take(id) {
        const request = this.#pending.get(id)
        this.#pending.delete(id)
        clearTimeout(request?.timer)
        return request
    }
}

/** What outlasts connections, and is made again at each one. */
class Lasting {
    error = null
    isAwaited = false
    #settle
    #first = new Promise((resolve, reject) => { this.#settle = { resolve, reject } })

    constructor(bus) {
        this.bus = bus
        this.#first.catch(ignore)
    }

    get first() {
        this.isAwaited = true
        return this.#first
    }

    succeed() {
        this.error = null
        this.#settle.resolve()
    }

    fail(error) {
        this.error = error
        this.#settle.reject(error)
        this.bus.refused(this, error)
    }

    async dismiss(method, params) {
        this.#settle.reject(closedHere())
        await this.bus.connection?.request(method, params).catch(ignore)
    }
}

class Subscription extends Lasting {
    /** Each start has another one, so that what comes late for an older one is ignored. */
    id = null

    get started() { return this.first }

    begin(params) {
        const { bus } = this
        const id = this.id = bus.newId()
        bus.byId.set(id, this)
        bus.connection.request("fetch", { ...params, id }).then(
            () => { if (id === this.id) this.succeed() },
            error => { if (id === this.id && !isClosed(error)) this.fail(error) })
    }

    async end() {
        const { id, bus } = this
        if (!bus.subscriptions.delete(this)) return
        this.id = null
        bus.byId.delete(id)
        await this.dismiss("unfetch", { id })
    }
}

export class Fetch extends Subscription {
    #params
    #listener
    /** The elements that the listener knows, with their values. */
    #known = new Map()
    /** Those among them that the daemon has not shown at this connection. */
    #unseen = new Set()

    constructor(bus, params, listener) {
        super(bus)
        this.#params = params
        this.#listener = listener
    }

    start() {
        this.#unseen = new Set(this.#known.keys())
        this.begin(this.#params)
        if (this.#unseen.size) this.#sweep(this.id, this.bus.connection)
    }

    receive(params) {
        const { path, event, value } = params
        if (typeof path !== "string") return
        const isKnown = this.#known.has(path)
        const seen = event === "remove" ? event : isKnown ? "change" : "add"
        this.#unseen.delete(path)
        if (seen !== "remove") this.#known.set(path, value)
        else if (!this.#known.delete(path)) return
        callSafely(this.#listener, seen === event ? params : { ...params, event: seen })
    }

    /** Reports what has gone while there was no connection. The daemon may show what exists in several parts and does
     *  not mark the last, so it is asked for what is missing, until nothing is. */
    async #sweep(id, connection) {
        const { path, match, matches, unmatch, equalsNot, caseInsensitive, interval, ...rule } = this.#params
        await connection.request("echo", {}).catch(ignore)
        while (id === this.id && this.#unseen.size && !connection.isClosed) {
            const paths = [...this.#unseen].slice(0, 500)
            let there
            try {
                there = await connection.request("get",
                    rule.max == null ? { ...rule, path: { equalsOneOf: paths } } : this.#params)
                there = there.map(entry => entry.path)
            } catch (error) {
                // A classic daemon without get has shown everything before it answered.
                if (error.code === methodNotFound) there = []
                else await new Promise(resolve => setTimeout(resolve, 1000))
            }
            if (connection.isClosed || !there) continue
            there = new Set(there)
            for (const path of paths) {
                if (id !== this.id || !this.#unseen.delete(path)) continue
                if (there.has(path)) this.#unseen.add(path)
                else this.receive({ path, event: "remove", value: this.#known.get(path) })
            }
        }
    }
}

export class Window extends Subscription {
    entries = []
    total = null
    #params
    #listener
    /** The places that notifications are about, and whether `entries` shows them. */
    #places
    #isShown = false
    #isMoving = false

    constructor(bus, params, listener) {
        super(bus)
        const { from = 1, to = 10 } = params.sort
        this.from = from
        this.to = to
        this.#params = params
        this.#listener = listener
    }

    get isCurrent() { return this.#isShown && this.#places.from === this.from && this.#places.to === this.to }

    start() {
        const { from, to, bus } = this
        this.#isMoving = false
        this.#expect(from, to)
        const total = bus.can("total") ? true : undefined
        this.begin({ ...this.#params, sort: { total, ...this.#params.sort, from, to } })
    }

    move(from, to) {
        if (from === this.from && to === this.to) return
        this.from = from
        this.to = to
        if (this.bus.connection && this.id !== null && !this.#isMoving) this.#move()
    }

    #expect(from, to) {
        this.#places = { from, to }
        this.#isShown = false
    }

    #move() {
        const { id, from, to, bus } = this
        const { connection } = bus
        if (this.error || !bus.can("moveWindow")) {
            bus.byId.delete(id)
            return connection.batch(() => {
                connection.notify({ method: "unfetch", params: { id } })
                this.start()
            })
        }
        const settle = error => {
            if (id !== this.id || connection.isClosed) return
            this.#isMoving = false
            if (error) return this.fail(error)
            this.#expect(from, to)
            if (from !== this.from || to !== this.to) this.#move()
        }
        this.#isMoving = true
        connection.request("moveWindow", { id, from, to }, 0, settle).catch(settle)
    }

    receive({ n, changes, total }) {
        if (!Number.isInteger(n) || !Array.isArray(changes)) return
        const { from, to } = this.#places
        const size = Math.min(n, to - from + 1)
        const entries = this.#isShown ? this.entries.slice(0, size) : []
        for (const entry of changes) {
            const place = entry?.index - from
            if (place >= 0 && place < size && Number.isInteger(place)) entries[place] = entry
        }
        this.#isShown = true
        this.entries = entries.filter(isObject)
        this.total = Number.isInteger(total) ? total : null
        this.bus.changed.add(this)
    }

    tell() { if (this.id !== null) callSafely(this.#listener, this) }
}

export class OwnElement extends Lasting {
    #params
    #handler
    #wasAdded = false
    #isTaken = false
    #waiting = 0

    constructor(bus, params, handler) {
        super(bus)
        this.#params = params
        this.#handler = handler
    }

    get path() { return this.#params.path }
    get added() { return this.first }
    get params() { return this.#params }
    get isThere() { return this.bus.elements.get(this.path) === this && !this.#isTaken && !this.error }

    start(connection, since = now(), pause = 20) {
        this.#isTaken = false
        connection.request("add", this.params).then(() => {
            this.#wasAdded = true
            this.succeed()
        }, error => {
            if (isClosed(error)) return
            // The daemon may not know yet that the last connection is lost.
            this.#isTaken = this.#wasAdded && error.key === "pathAlreadyExists" && now() - since < retakeFor
            if (!this.#isTaken) return this.fail(error)
            setTimeout(() => {
                if (this.#isTaken && this.bus.connection === connection) {
                    this.start(connection, since, Math.min(pause * 2, 1000))
                }
            }, pause)
        })
    }

    async remove() {
        const { path, bus } = this
        if (bus.elements.get(path) !== this) return
        this.#isTaken = false
        bus.elements.delete(path)
        await this.dismiss("remove", { path })
    }

    async handle({ id, params, caller }, connection) {
        let answer
        try {
            if (!this.#handler) throw invalid({ fetchOnly: this.path })
            if (this.#waiting >= waitingRequests) throw limit("waitingRequests", waitingRequests)
            this.#waiting += 1
            try {
                const result = write(await this.answer(this.#handler, params, { caller }))
                answer = `{"id":${JSON.stringify(id)},"result":${result}}`
            } finally {
                this.#waiting -= 1
            }
        } catch (error) {
            answer = refusal(id, error)
        }
        if (id !== undefined) connection.send(answer)
    }

    answer(handler, params, request) { return handler(params ?? {}, request) }
}

export class OwnState extends OwnElement {
    #value
    #isDelayed = false

    constructor(bus, value, params, handler) {
        super(bus, params, handler)
        this.#value = value ?? null
    }

    get params() { return { ...super.params, value: this.#value } }

    get value() { return this.#value }
    set value(value) {
        this.#value = value ?? null
        if (!this.#isDelayed) this.#publish()
    }

    #publish() {
        const { path, bus: { connection } } = this
        if (!connection || !this.isThere) return
        this.#isDelayed = connection.isFull
        if (this.#isDelayed) {
            setTimeout(() => this.#publish(), 50)
            return
        }
        connection.request("change", { path, value: this.#value }).catch(error => {
            if (!isClosed(error) && this.isThere) this.bus.refused(this, error)
        })
    }

    async answer(handler, params, request) {
        if (!isObject(params) || !Object.hasOwn(params, "value")) {
            throw invalid({ missingParam: "value", got: params ?? null })
        }
        const taken = await handler(params.value, request)
        if (taken !== undefined) this.value = taken
        return params.valueAsResult === true ? this.#value : true
    }
}

export class Jet extends EventTarget {
    state = "connecting"
    reason = null
    retryAt = null
    lastReceived = 0
    info = null
    user = null
    groups = null
    #openTransport
    #options
    #login
    #timeout
    /** Counts attempts, so that an older one that ends late is ignored. */
    #turn = 0
    #attempted = null
    #failures = 0
    #openedAt = 0
    #retryTimer
    #waiters = []
    #isEventDue = false
    #bus

    constructor(url, options = {}) {
        super()
        this.url = url
        this.#options = options
        this.#login = options.login ?? null
        this.#timeout = options.timeout ?? 10000
        this.#openTransport = transport(url, options.WebSocket ?? globalThis.WebSocket)
        const prefix = `jet.js-${Math.random().toString(36).slice(2, 8)}-`
        let lastId = 0
        this.#bus = {
            connection: null,
            subscriptions: new Set(),
            byId: new Map(),
            changed: new Set(),
            elements: new Map(),
            newId: () => prefix + ++lastId,
            can: feature => this.info?.features?.[feature] === true,
            refused: (source, error) => {
                if (!source.isAwaited) console.warn("Refused:", error.message, error.data)
                this.dispatchEvent(Object.assign(new Event("refused"), { source, error }))
            },
        }
        this.#attempt()
    }

    opened() {
        if (this.state === "open") return Promise.resolve()
        if (this.state === "refused" || this.state === "closed") return Promise.reject(this.reason)
        return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
    }

    connect() { if (this.state !== "open" && this.state !== "connecting") this.#attempt() }

    close() {
        if (this.state === "closed") return
        this.#drop()
        this.#listen("remove")
        this.#enter("closed", closedHere())
    }

    async login(user, password) {
        const login = { user, password }
        const made = await this.#establish(new Connection(this.#options.tap), login)
        if (this.state === "closed") {
            made.connection.close()
            throw closedHere()
        }
        this.#login = login
        this.#drop()
        this.#adopt(made)
    }

    async logout() {
        this.#login = null
        if (this.state === "closed") return
        this.#drop()
        await this.#attempt()
    }

    async changePassword(user, password) {
        await this.request("passwd", { user, password })
        if (this.#login?.user === user) this.#login = { user, password }
    }

    request(method, params, { timeout = this.#timeout } = {}) {
        return this.#bus.connection?.request(method, params, timeout) ?? Promise.reject(closed())
    }

    batch(body) { return this.#bus.connection ? this.#bus.connection.batch(body) : body() }

    async get(rule = {}) {
        return (await this.request("get", rule)).filter(isObject).map(({ event, ...entry }) => entry)
    }

    async branches(prefix = "", from = undefined, to = undefined) {
        try {
            return await this.request("branches", { prefix, from, to })
        } catch (error) {
            if (error.code === methodNotFound) return null
            throw error
        }
    }

    set(path, value, options) { return this.#ask("set", { path, value: value ?? null }, options) }

    call(path, args, options) { return this.#ask("call", { path, args }, options) }

    fetch(rule, listener, { interval } = {}) {
        return this.#subscribe(new Fetch(this.#bus, { ...rule, interval }, listener))
    }

    window(rule, listener, { interval } = {}) {
        return this.#subscribe(new Window(this.#bus, { ...rule, sort: { ...rule.sort }, interval }, listener))
    }

    addState(path, value, { set, ...options } = {}) {
        return this.#add(new OwnState(this.#bus, value, { path, ...options, fetchOnly: set ? undefined : true }, set))
    }

    addMethod(path, call, options) { return this.#add(new OwnElement(this.#bus, { path, ...options }, call)) }

    /** Asks an owner. The daemon knows how long that may take, and answers then itself. */
    #ask(method, params, { timeout, valueAsResult } = {}) {
        return this.request(method, { ...params, timeout, valueAsResult },
            { timeout: timeout === undefined || !this.#timeout ? 0 : timeout * 1000 + this.#timeout })
    }

    #subscribe(subscription) {
        this.#bus.subscriptions.add(subscription)
        if (this.#bus.connection) subscription.start()
        return subscription
    }

    #add(element) {
        const { elements, connection } = this.#bus
        const { path } = element
        if (elements.has(path)) {
            element.start({ request: async () => { throw invalid({ pathAlreadyExists: path }) } })
            return element
        }
        elements.set(path, element)
        if (connection) element.start(connection)
        return element
    }

    #enter(state, reason = null, retryAt = null) {
        Object.assign(this, { state, reason, retryAt })
        if (state !== "connecting" && state !== "waiting") {
            for (const { resolve, reject } of this.#waiters.splice(0)) state === "open" ? resolve() : reject(reason)
        }
        this.dispatchEvent(new Event("state"))
    }

    /** Closes what is open, and keeps the state. */
    #drop() {
        this.#turn += 1
        clearTimeout(this.#retryTimer)
        const dropped = [this.#bus.connection, this.#attempted]
        this.#bus.connection = this.#attempted = this.info = this.user = this.groups = null
        this.#bus.byId.clear()
        for (const connection of dropped) {
            if (!connection) continue
            connection.onClosed = connection.onMethod = ignore
            connection.close()
        }
    }

    #listen(what) {
        const change = `${what}EventListener`
        globalThis[change]?.("online", this.#hurry)
        globalThis[change]?.("pagehide", this.#leave)
        globalThis[change]?.("pageshow", this.#hurry)
        globalThis.document?.[change]("visibilitychange", this.#hurry)
    }

    /** A browser keeps a page that is left for the way back, but not with its connection. */
    #leave = ({ persisted }) => {
        if (!persisted || this.state === "refused") return
        this.#drop()
        this.#enter("waiting", closed("The page was left."))
    }

    /** The network or the user may have come back. */
    #hurry = () => {
        if (globalThis.document?.hidden) return
        if (this.state === "waiting") this.#attempt()
        else if (this.#bus.connection) this.#watch(this.#bus.connection, hurriedWatch)
    }

    async #attempt() {
        this.#drop()
        const turn = this.#turn
        const connection = this.#attempted = new Connection(this.#options.tap)
        this.#listen("add")
        this.#enter("connecting", this.reason)
        try {
            const made = await this.#establish(connection, this.#login)
            if (turn !== this.#turn) return
            this.#attempted = null
            this.#adopt(made)
        } catch (error) {
            if (turn !== this.#turn) return
            if (error === connection.refusal) this.#enter("refused", error)
            else this.#wait(error)
        }
    }

    /** Connects and logs in. */
    async #establish(connection, login) {
        const patience = ms => setTimeout(() => connection.close(silent()), Math.max(ms, this.#timeout))
        let timer = patience(10000)
        connection.onReceived = () => this.#received(connection)
        try {
            await connection.open(this.#openTransport)
            const { name } = this.#options
            let groups = null
            if (name) connection.notify({ method: "config", params: { name } })
            if (login) {
                clearTimeout(timer)
                // After wrong passwords the daemon delays logins, up to 16 seconds.
                timer = patience(30000)
                const rights = await connection.request("authenticate", login).catch(error => {
                    if (error.code === invalidParams || error.code === methodNotFound) connection.refusal = error
                    throw error
                })
                const [fetch, set, call] = ["fetch", "set", "call"].map(right => rights?.[`${right}Groups`] ?? [])
                groups = { fetch, set, call }
            }
            const info = await connection.request("info").catch(error => { if (isClosed(error)) throw error })
            return { connection, groups, user: login && login.user, info: isObject(info) ? info : null }
        } catch (error) {
            connection.close(error)
            throw error
        } finally {
            clearTimeout(timer)
        }
    }

    #adopt({ connection, ...facts }) {
        if (connection.isClosed) return this.#wait(closed())
        Object.assign(this, facts)
        this.#bus.connection = connection
        this.#openedAt = now()
        connection.onMethod = message => this.#handle(message, connection)
        connection.onClosed = error => {
            if (now() - this.#openedAt > settledAfter) this.#failures = 0
            this.#drop()
            this.#wait(error)
        }
        connection.batch(() => {
            for (const element of this.#bus.elements.values()) element.start(connection)
            for (const subscription of this.#bus.subscriptions) subscription.start()
        })
        this.#watch(connection)
        if (this.#bus.connection === connection) this.#enter("open")
        if (this.#bus.connection === connection) this.dispatchEvent(new Event("open"))
    }

    #wait(reason) {
        const { min = 250, max = 15000 } = this.#options.backoff ?? {}
        const pause = Math.min(max, 1e9, min * 2 ** Math.min(this.#failures++, 20)) * (0.5 + Math.random() / 2)
        this.#retryTimer = setTimeout(() => this.#attempt(), pause)
        this.#enter("waiting", reason, Date.now() + pause)
    }

    /** Closes a connection on which the daemon is silent although it was asked for a sign of life. It counts ticks, not
     *  time, so that a program that was busy receives first what has arrived. */
    #watch(connection, every = watchEvery, ticks = 0) {
        if (this.#bus.connection !== connection) return
        if (ticks === 3) return connection.close(silent())
        if (ticks || every === hurriedWatch) connection.request("echo", {}).catch(ignore)
        const since = now()
        setTimeout(() => {
            if (connection.lastReceived < since) this.#watch(connection, every, ticks + 1)
            else if (every === watchEvery) this.#watch(connection)
        }, every).unref?.()
    }

    #received(connection) {
        this.lastReceived = connection.lastReceived
        const { changed } = this.#bus
        if (changed.size) {
            this.#bus.changed = new Set()
            for (const window of changed) window.tell()
        }
        if (this.#isEventDue) return
        this.#isEventDue = true
        const event = () => {
            this.#isEventDue = false
            this.dispatchEvent(new Event("message"))
        }
        if (typeof requestAnimationFrame === "function") requestAnimationFrame(event)
        else setTimeout(event, 16).unref?.()
    }

    #handle(message, connection) {
        const { id, method, params } = message
        const subscription = id === undefined ? this.#bus.byId.get(method) : undefined
        if (subscription) return isObject(params) && subscription.receive(params)
        const element = this.#bus.elements.get(method)
        if (element) element.handle(message, connection)
        else if (id !== undefined) {
            connection.notify({ id, error: { code: methodNotFound, message: "Method not found", data: method } })
        }
    }
}

export function connect(url = undefined, options = undefined) {
    if (url === undefined && !globalThis.location) {
        throw new TypeError("Give the URL of the daemon, such as unix:/run/jet/jet.sock.")
    }
    return new Jet(url ?? new URL("/", location.href).href.replace(/^http/, "ws"), options)
}
