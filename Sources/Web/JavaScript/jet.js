/**
 * A peer of the Jet bus for browsers and Node: see jet.d.ts for its types, and jet-javascript(7) for how it is used.
 *
 * This is one file, longer than others, because it is what users copy or load: there is no build step that would join
 * several. It has no dependencies, and needs ES2022.
 *
 * From top to bottom: errors, transports (WebSocket, sockets of Node), Connection (one connection: requests and
 * responses), what survives connections (Fetch, Window, OwnElement), and Jet, which connects again and again.
 */

const responseTimeout = -32001
const connectionClosed = -32002
const methodNotFound = -32601
const invalidParams = -32602
const internalError = -32603
const limitExceeded = -32010

/** What waits to be sent before requests are refused and changes of States are conflated, in bytes. */
const outboxLimit = 32 << 20
/** The longest message that is received, in bytes: less than the longest string. */
const longestMessage = 256 << 20
/** A batch that is longer is sent as several messages, in characters. */
const longestBatch = 1 << 20
/** The requests for one element that may wait for its handler. */
const waitingRequests = 65536
/** A connection that was open for this time was a success, in milliseconds. */
const settledAfter = 5000
/** How long a path of one's own may be taken after a reconnect: by one's own lost connection. */
const retakePathFor = 30000
const watchEvery = 5000
const silentTicks = 3

const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value)
const now = () => performance.now()
const ignore = () => {}

/** Reports an exception of a function of the user without ending what called it. */
function report(error) {
    if (typeof reportError === "function") reportError(error)
    else console.error(error)
}

function callSafely(body, ...args) {
    try {
        body(...args)
    } catch (error) {
        report(error)
    }
}

/** Starts a timer that does not keep a program of Node running. */
function background(body, ms) {
    const timer = setTimeout(body, ms)
    timer.unref?.()
    return timer
}

/** Members of the data of an error that say more about it, and do not name it. */
const details = new Set(["got", "max", "used", "account"])

export class JetError extends Error {
    constructor(message, code = internalError, data = undefined) {
        super(message)
        this.name = "JetError"
        this.code = code
        this.data = data
        this.key = code === responseTimeout ? "timeout"
            : isObject(data) && code <= -32000 && code >= -32768 ? Object.keys(data).find(key => !details.has(key))
            : undefined
    }

    static closed(why = "There is no connection to the daemon.") {
        return new JetError(why, connectionClosed, { connectionClosed: true })
    }

    /** The error of a response, which may be anything. */
    static received(error) {
        if (!isObject(error)) return new JetError(String(error))
        const message = typeof error.message === "string" ? error.message : "Unknown error"
        return new JetError(message, Number.isInteger(error.code) ? error.code : internalError, error.data)
    }
}

/** Writes JSON. Half of a surrogate pair, which is no character and which the daemon refuses, becomes U+FFFD. */
function write(value) {
    const text = JSON.stringify(value) ?? "null"
    if (!text.includes("\\ud")) return text
    return text.replace(/\\(ud[89a-f]..|.)/g, escape => escape.length > 2 ? "\ufffd" : escape)
}

// Transports call `opened()`, `received(text)`, and once `closed(error)`.

function openWebSocket(Implementation, url, { opened, received, closed }) {
    const socket = new Implementation(url, "jet")
    const decoder = new TextDecoder()
    socket.binaryType = "arraybuffer"
    socket.onopen = opened
    socket.onmessage = ({ data }) => received(typeof data === "string" ? data : decoder.decode(data))
    socket.onerror = ignore
    socket.onclose = ({ code, reason }) =>
        closed(JetError.closed(`The connection was closed${code ? ` (${code}${reason ? `, ${reason}` : ""})` : ""}.`))
    return {
        send: text => socket.send(text),
        close: () => socket.close(),
        get waiting() { return socket.bufferedAmount },
    }
}

async function openSocket(address, { opened, received, closed }) {
    const { connect } = await import("node:net")
    const socket = connect(address)
    let chunks = []
    let size = 0
    let failure = null
    socket.setNoDelay(true)
    socket.on("connect", opened)
    socket.on("error", error => { failure ??= error })
    socket.on("close", () => closed(JetError.closed(failure?.message ?? "The daemon has closed the connection.")))
    socket.on("data", chunk => {
        chunks.push(chunk)
        size += chunk.length
        while (size >= 4 && !socket.destroyed) {
            if (chunks[0].length < 4) chunks = [Buffer.concat(chunks)]
            const end = 4 + chunks[0].readUInt32BE(0)
            if (end > longestMessage) {
                socket.destroy(new Error("The daemon has sent a message that is too long."))
                return
            }
            if (size < end) return
            const whole = chunks.length > 1 ? Buffer.concat(chunks) : chunks[0]
            const rest = whole.subarray(end)
            chunks = rest.length ? [rest] : []
            size = rest.length
            if (end > 4) received(whole.toString("utf8", 4, end))
        }
    })
    return {
        send: text => {
            const bytes = Buffer.from(text)
            const length = Buffer.alloc(4)
            length.writeUInt32BE(bytes.length)
            socket.cork()
            socket.write(length)
            socket.write(bytes)
            socket.uncork()
        },
        close: () => socket.destroy(),
        get waiting() { return socket.writableLength },
    }
}

/** What opens a transport for a URL. Throws if that is not possible here. */
function transportFor(url, Implementation) {
    if (url.startsWith("unix:")) {
        const path = url.slice(5).replace(/^\/\/(?=\/)/, "")
        return hooks => openSocket({ path }, hooks)
    }
    const { protocol, hostname, port } = new URL(url)
    if (protocol === "tcp:") {
        const host = hostname.replace(/^\[|\]$/g, "")
        return hooks => openSocket({ host, port: Number(port || 11122) }, hooks)
    }
    if (!/^(ws|http)s?:$/.test(protocol)) {
        throw new TypeError(`Cannot connect to ${url}: use ws://, wss://, or in Node unix:/path or tcp://host:port.`)
    }
    if (!Implementation) {
        throw new TypeError("There is no WebSocket here. Use Node 22 or newer, or give one in the options:"
            + " connect(url, { WebSocket }), such as that of the package ws.")
    }
    const webURL = url.replace(/^http/, "ws")
    return hooks => openWebSocket(Implementation, webURL, hooks)
}

/** One connection. It is used once. */
class Connection {
    isClosed = false
    lastReceived = 0
    /** Why the daemon is about to close the connection, if it has said so. */
    lastError = null
    /** The error with which a login was refused, rather than not answered. */
    refusal = null
    /** Receive each message with a method, and the end. */
    onMethod = ignore
    onClosed = ignore
    onReceived = ignore
    #transport = null
    #pending = new Map()
    #nextId = 1
    #batch = null
    #tap

    constructor(tap) { this.#tap = tap }

    /** Resolves when the transport is open. */
    open(openTransport) {
        return new Promise((resolve, reject) => {
            const hooks = {
                opened: () => { this.lastReceived = now(); resolve() },
                received: text => { if (!this.isClosed) this.#received(text) },
                closed: error => { reject(error); this.#closed(error) },
            }
            this.#abort = error => { reject(error) }
            Promise.resolve().then(() => openTransport(hooks)).then(transport => {
                this.#transport = transport
                if (this.isClosed) transport.close()
            }).catch(error => hooks.closed(error))
        })
    }
    #abort = ignore

    close(error = JetError.closed("The connection was closed.")) {
        if (this.isClosed) return
        this.#abort(error)
        this.#closed(error)
        try { this.#transport?.close() } catch { /* It is closed. */ }
    }

    /** Whether so much waits to be sent that no more should be added. */
    get isFull() { return (this.#transport?.waiting ?? 0) > outboxLimit }

    request(method, params, timeout = 0) {
        return new Promise((resolve, reject) => {
            if (this.isClosed || !this.#transport) return reject(JetError.closed())
            if (this.isFull) {
                return reject(new JetError("The daemon does not read what is sent.", limitExceeded,
                    { limit: "outbox", max: outboxLimit }))
            }
            const id = this.#nextId++
            let text
            try {
                text = write({ id, method, params })
            } catch (error) {
                return reject(new JetError(`Not JSON: ${error.message}`, invalidParams, { wrongType: "params" }))
            }
            const timer = timeout > 0 && setTimeout(() => {
                this.#pending.delete(id)
                reject(new JetError("There was no response in time.", responseTimeout, params))
            }, Math.min(timeout, 0x7fffffff))
            this.#pending.set(id, { resolve, reject, timer, batch: this.#batch })
            this.#send(text, id)
        })
    }

    /** Sends a message that gets no response. */
    send(message) {
        if (!this.isClosed && this.#transport) this.#send(write(message))
    }

    batch(body) {
        if (this.#batch) return body()
        const batch = this.#batch = { texts: [], ids: [] }
        try {
            return body()
        } finally {
            this.#batch = null
            this.#sendBatch(batch.texts)
        }
    }

    #send(text, id) {
        if (!this.#batch) return this.#transmit(text)
        this.#batch.texts.push(text)
        if (id) this.#batch.ids.push(id)
    }

    #sendBatch(texts) {
        for (let start = 0, end = 0, length = 0; start < texts.length; start = end, length = 0) {
            do length += texts[end++].length
            while (end < texts.length && length + texts[end].length < longestBatch)
            this.#transmit(end - start === 1 ? texts[start] : `[${texts.slice(start, end).join(",")}]`)
        }
    }

    #transmit(text) {
        if (this.isClosed) return
        if (this.#tap) callSafely(() => this.#tap("out", JSON.parse(text), text.length))
        try {
            this.#transport.send(text)
        } catch (error) {
            this.close(JetError.closed(error.message))
        }
    }

    #received(text) {
        this.lastReceived = now()
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
            else this.#answered(one)
        }
        this.onReceived()
    }

    #answered({ id, result, error }) {
        if (error !== undefined && error !== null) {
            const failure = JetError.received(error)
            if (id === undefined || id === null) return this.#complained(failure)
            this.#take(id)?.reject(failure)
        } else {
            this.#take(id)?.resolve(result === undefined ? null : result)
        }
    }

    /** An error without id is about the connection, or about a message that the daemon could not read. */
    #complained(error) {
        this.lastError = error
        const [, id] = typeof error.data === "string" && /^\[?\{"id":(\d+),/.exec(error.data) || []
        const failed = this.#pending.get(Number(id))
        for (const one of failed?.batch?.ids ?? [Number(id)]) this.#take(one)?.reject(error)
    }

    #take(id) {
        const request = this.#pending.get(id)
        if (request) {
            this.#pending.delete(id)
            clearTimeout(request.timer)
        }
        return request
    }

    #closed(error) {
        if (this.isClosed) return
        this.isClosed = true
        for (const id of [...this.#pending.keys()]) this.#take(id).reject(JetError.closed(error.message))
        this.onClosed(this.lastError ?? error)
    }
}

/** A promise with what settles it. A rejection that is not awaited is not an error of the program. */
function deferred() {
    const result = {}
    result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }))
    result.promise.catch(ignore)
    return result
}

/** What Fetch and Window have in common: they are started at each connection. */
class Subscription {
    error = null
    isEnded = false
    /** The id of the present fetch. Each start has another one, so that what is late is not mistaken. */
    id = null
    #bus
    #started = deferred()

    constructor(bus) { this.#bus = bus }

    get started() { return this.#started.promise }
    get bus() { return this.#bus }

    /** Starts at a new connection. `params` are those of the request, without the id. */
    async begin(params) {
        const id = this.id = this.#bus.register(this)
        try {
            await this.#bus.connection.request("fetch", { ...params, id })
            if (id !== this.id) return
            this.error = null
            this.#started.resolve()
        } catch (error) {
            if (id !== this.id || error.key === "connectionClosed") return
            this.error = error
            this.#started.reject(error)
            this.#bus.refused(this, error)
        }
    }

    async end() {
        if (this.isEnded) return
        this.isEnded = true
        this.#started.reject(JetError.closed("The fetch was ended."))
        await this.#bus.forget(this)
    }
}

export class Fetch extends Subscription {
    #params
    #listener
    /** The elements that the listener knows, each with its value. */
    #known = new Map()
    /** Those of the last connection that this one has not shown yet; null if it has shown all. */
    #unseen = null

    constructor(bus, params, listener) {
        super(bus)
        this.#params = params
        this.#listener = listener
    }

    start() {
        this.#unseen = this.#known.size ? new Set(this.#known.keys()) : null
        this.begin(this.#params)
        if (!this.#unseen) return
        // The answer to a request that follows comes after the notifications of the elements that exist.
        const { id } = this
        const swept = () => { if (id === this.id) this.#sweep() }
        this.bus.connection.request("echo", {}).then(swept, error => {
            if (error.key !== "connectionClosed") swept()
        })
    }

    receive(params) {
        const { path, event, value } = params
        if (typeof path !== "string") return
        this.#unseen?.delete(path)
        if (event === "remove") {
            if (!this.#known.delete(path)) return
            return this.#tell(params)
        }
        const isKnown = this.#known.has(path)
        this.#known.set(path, value)
        this.#tell(isKnown === (event === "change") ? params : { ...params, event: isKnown ? "change" : "add" })
    }

    #tell(notification) { callSafely(this.#listener, notification) }

    #sweep() {
        const gone = this.#unseen ?? []
        this.#unseen = null
        for (const path of gone) {
            if (this.isEnded) return
            const value = this.#known.get(path)
            this.#known.delete(path)
            this.#tell(value === undefined ? { path, event: "remove" } : { path, event: "remove", value })
        }
    }
}

export class Window extends Subscription {
    entries = []
    total = null
    from
    to
    #params
    #listener
    /** The places that the notifications are about; null until the first one of a fetch. */
    #shown = null
    #asked = null
    #isMoving = false

    constructor(bus, params, listener) {
        super(bus)
        const { from = 1, to = 10 } = params.sort ?? {}
        Object.assign(this, { from, to })
        this.#params = params
        this.#listener = listener
    }

    get isCurrent() {
        return this.#shown !== null && this.#shown.from === this.from && this.#shown.to === this.to
    }

    start() {
        const { from, to } = this
        this.#shown = null
        this.#isMoving = false
        this.#asked = { from, to }
        const sort = { ...this.#params.sort, from, to }
        if (this.bus.can("total")) sort.total ??= true
        else delete sort.total
        this.begin({ ...this.#params, sort })
    }

    move(from, to) {
        if (this.isEnded || (from === this.from && to === this.to)) return
        Object.assign(this, { from, to })
        if (this.bus.connection && this.id !== null && !this.#isMoving) this.#move()
    }

    async #move() {
        const { id, from, to, bus } = this
        if (!bus.can("moveWindow") || this.error) {
            bus.connection.batch(() => {
                bus.connection.send({ method: "unfetch", params: { id } })
                bus.unregister(this)
                this.start()
            })
            return
        }
        this.#isMoving = true
        try {
            await bus.connection.request("moveWindow", { id, from, to })
        } catch (error) {
            if (id !== this.id || error.key === "connectionClosed" || this.isEnded) return
            this.#isMoving = false
            this.error = error
            bus.refused(this, error)
            return
        }
        if (id !== this.id || this.isEnded) return
        this.#isMoving = false
        this.#shown = null
        this.#asked = { from, to }
        if (from !== this.from || to !== this.to) this.#move()
    }

    receive({ n, changes, total }) {
        if (!Number.isInteger(n) || !Array.isArray(changes)) return
        const { from, to } = this.#asked
        const entries = this.#shown ? this.entries.slice() : []
        const size = Math.max(0, Math.min(n, to - from + 1))
        if (entries.length > size) entries.length = size
        for (const entry of changes) {
            const at = isObject(entry) ? entry.index - from : -1
            if (Number.isInteger(at) && at >= 0 && at < size && typeof entry.path === "string") entries[at] = entry
        }
        this.#shown = this.#asked
        this.entries = entries.filter(entry => entry !== undefined)
        this.total = Number.isInteger(total) ? total : null
        this.bus.changed(this)
    }

    tell() { callSafely(this.#listener, this) }
}

export class OwnElement {
    error = null
    isRemoved = false
    #bus
    #params
    #handler
    #added = deferred()
    #wasAdded = false
    #waiting = 0

    constructor(bus, params, handler) {
        this.#bus = bus
        this.#params = params
        this.#handler = handler
    }

    get path() { return this.#params.path }
    get added() { return this.#added.promise }
    get bus() { return this.#bus }

    /** The params of add, at this moment. */
    params() { return this.#params }

    /** Adds the element at a new connection. */
    async start(connection, since = now()) {
        try {
            await connection.request("add", this.params())
            if (this.isRemoved) return
            this.error = null
            this.#wasAdded = true
            this.#added.resolve()
        } catch (error) {
            if (this.isRemoved || error.key === "connectionClosed") return
            if (this.#wasAdded && error.key === "pathAlreadyExists" && now() - since < retakePathFor) {
                // The daemon has not noticed yet that the last connection is lost.
                setTimeout(() => {
                    if (!this.isRemoved && this.#bus.connection === connection) this.start(connection, since)
                }, 500)
                return
            }
            this.error = error
            this.#added.reject(error)
            this.#bus.refused(this, error)
        }
    }

    async remove() {
        if (this.isRemoved) return
        this.isRemoved = true
        this.#added.reject(JetError.closed("The element was removed."))
        await this.#bus.removed(this)
    }

    /** Handles a request for the element. */
    async handle({ id, params, caller }, connection) {
        let answer
        try {
            if (!this.#handler) throw new JetError("Invalid params", invalidParams, { fetchOnly: this.path })
            if (this.#waiting >= waitingRequests) {
                throw new JetError("Limit exceeded", limitExceeded, { limit: "waitingRequests", max: waitingRequests })
            }
            this.#waiting += 1
            try {
                answer = { id, result: await this.answer(this.#handler, params, { caller }) ?? null }
            } finally {
                this.#waiting -= 1
            }
        } catch (error) {
            answer = { id, error: describe(error) }
        }
        if (id === undefined) return
        try {
            connection.send(answer)
        } catch (error) {
            connection.send({ id, error: describe(new Error(`The answer is not JSON: ${error.message}`)) })
        }
    }

    answer(handler, params, request) { return handler(params ?? {}, request) }
}

/** The error of a response to a request whose handler has thrown `error`. */
function describe(error) {
    if (error instanceof JetError) return { code: error.code, message: error.message, data: error.data }
    const message = error instanceof Error ? error.message : String(error)
    const code = Number.isInteger(error?.code) ? error.code : internalError
    return code === internalError ? { code, message: "Internal error", data: message } : { code, message }
}

export class OwnState extends OwnElement {
    #value
    #isDelayed = false

    constructor(bus, value, params, handler) {
        super(bus, params, handler)
        this.#value = value === undefined ? null : value
    }

    params() { return { ...super.params(), value: this.#value } }

    get value() { return this.#value }

    set value(value) {
        this.#value = value === undefined ? null : value
        if (!this.#isDelayed) this.#publish()
    }

    #publish() {
        const { connection } = this.bus
        if (!connection || this.isRemoved) return
        if (connection.isFull) {
            // What follows is conflated.
            this.#isDelayed = true
            setTimeout(() => { this.#isDelayed = false; this.#publish() }, 50)
            return
        }
        connection.request("change", { path: this.path, value: this.#value }).catch(error => {
            if (error.key !== "connectionClosed" && !this.isRemoved && !this.error) this.bus.refused(this, error)
        })
    }

    async answer(handler, params, request) {
        if (!isObject(params) || !Object.hasOwn(params, "value")) {
            throw new JetError("Invalid params", invalidParams, { missingParam: "value", got: params ?? null })
        }
        const taken = await handler(params.value, request)
        if (taken !== undefined) this.value = taken
        return params.valueAsResult === true ? this.#value : true
    }
}

export class Jet extends EventTarget {
    #openTransport
    #options
    #state = "connecting"
    #reason = null
    #retryAt = null
    #retryTimer = null
    #failures = 0
    #openedAt = 0
    /** Counts attempts: an older one that ends late is ignored. */
    #turn = 0
    #attempting = null
    #connection = null
    #login
    #info = null
    #user = null
    #groups = null
    #lastReceived = 0
    #waiters = []
    #subscriptions = new Set()
    #byId = new Map()
    #elements = new Map()
    #changed = new Set()
    #idPrefix = `jet.js-${Math.random().toString(36).slice(2, 8)}-`
    #nextId = 1
    #isEventDue = false
    #bus

    constructor(url, options = {}) {
        super()
        this.url = url
        this.#options = options
        this.#login = options.login ?? null
        this.#openTransport = transportFor(url, options.WebSocket ?? globalThis.WebSocket)
        const jet = this
        this.#bus = {
            get connection() { return jet.#connection },
            can: feature => jet.#info?.features?.[feature] === true,
            register: subscription => {
                const id = `${jet.#idPrefix}${jet.#nextId++}`
                jet.#byId.set(id, subscription)
                return id
            },
            unregister: subscription => jet.#byId.delete(subscription.id),
            forget: async subscription => {
                jet.#subscriptions.delete(subscription)
                jet.#changed.delete(subscription)
                if (jet.#byId.delete(subscription.id)) await jet.#quietly("unfetch", { id: subscription.id })
            },
            removed: async element => {
                if (jet.#elements.get(element.path) !== element) return
                jet.#elements.delete(element.path)
                await jet.#quietly("remove", { path: element.path })
            },
            changed: subscription => jet.#changed.add(subscription),
            refused: (source, error) => jet.dispatchEvent(Object.assign(new Event("refused"), { source, error })),
        }
        const hurry = () => this.#hurry()
        if (typeof addEventListener === "function") addEventListener("online", hurry)
        globalThis.document?.addEventListener("visibilitychange", () => { if (!document.hidden) hurry() })
        this.#attempt()
    }

    get state() { return this.#state }
    get reason() { return this.#reason }
    get retryAt() { return this.#retryAt }
    get lastReceived() { return this.#lastReceived }
    get info() { return this.#info }
    get user() { return this.#user }
    get groups() { return this.#groups }

    opened() {
        if (this.#state === "open") return Promise.resolve()
        if (this.#state === "refused" || this.#state === "closed") return Promise.reject(this.#reason)
        const waiter = deferred()
        this.#waiters.push(waiter)
        return waiter.promise
    }

    connect() {
        if (this.#state !== "open" && this.#state !== "connecting") this.#attempt()
    }

    close() {
        if (this.#state === "closed") return
        this.#turn += 1
        this.#drop()
        this.#setState("closed", JetError.closed("The connection was closed by this program."))
    }

    async login(user, password) {
        if (this.#state === "closed") throw JetError.closed("The connection was closed by this program.")
        const login = { user, password }
        const made = await this.#establish(login, new Connection(this.#options.tap))
        if (this.#state === "closed") {
            made.connection.close()
            throw JetError.closed("The connection was closed by this program.")
        }
        this.#login = login
        this.#turn += 1
        this.#drop()
        this.#adopt(made)
    }

    async logout() {
        this.#login = null
        if (this.#state === "closed") return
        this.#turn += 1
        this.#drop()
        await this.#attempt()
    }

    async changePassword(user, password) {
        await this.request("passwd", { user, password })
        if (this.#login?.user === user) this.#login = { user, password }
    }

    request(method, params, { timeout = this.#options.timeout ?? 10000 } = {}) {
        if (!this.#connection) return Promise.reject(JetError.closed())
        return this.#connection.request(method, params, timeout)
    }

    batch(body) { return this.#connection ? this.#connection.batch(body) : body() }

    async get(rule = {}) {
        const entries = await this.request("get", rule)
        return Array.isArray(entries) ? entries.filter(isObject).map(({ event, ...entry }) => entry) : []
    }

    async branches(prefix = "", from = undefined, to = undefined) {
        try {
            return await this.request("branches", { prefix, from, to })
        } catch (error) {
            if (error.code === methodNotFound) return null
            throw error
        }
    }

    set(path, value, { timeout, valueAsResult } = {}) {
        return this.#ask("set", { path, value: value === undefined ? null : value, timeout, valueAsResult })
    }

    call(path, args = undefined, { timeout } = {}) { return this.#ask("call", { path, args, timeout }) }

    fetch(rule, listener, { interval } = {}) {
        return this.#subscribe(new Fetch(this.#bus, { ...rule, interval }, listener))
    }

    window(rule, listener, { interval } = {}) {
        return this.#subscribe(new Window(this.#bus, { ...rule, sort: { ...rule.sort }, interval }, listener))
    }

    addState(path, value, { set, ...options } = {}) {
        return this.#add(new OwnState(this.#bus, value, { path, ...options, fetchOnly: set ? undefined : true }, set))
    }

    addMethod(path, call, options = {}) { return this.#add(new OwnElement(this.#bus, { path, ...options }, call)) }

    /** Sends a request that the owner answers; the daemon sees to it that there is an answer in time. */
    #ask(method, params) {
        const { timeout } = params
        const slack = this.#options.timeout ?? 10000
        return this.request(method, params, { timeout: timeout === undefined || !slack ? 0 : timeout * 1000 + slack })
    }

    async #quietly(method, params) {
        await this.#connection?.request(method, params).catch(ignore)
    }

    #subscribe(subscription) {
        this.#subscriptions.add(subscription)
        if (this.#connection) subscription.start()
        return subscription
    }

    #add(element) {
        const { path } = element
        if (this.#elements.has(path)) {
            const error = new JetError("Invalid params", invalidParams, { pathAlreadyExists: path })
            element.start({ request: () => Promise.reject(error) })
            return element
        }
        this.#elements.set(path, element)
        if (this.#connection) element.start(this.#connection)
        return element
    }

    #setState(state, reason = null, retryAt = null) {
        this.#state = state
        this.#reason = reason
        this.#retryAt = retryAt
        if (state === "open" || state === "refused" || state === "closed") {
            for (const waiter of this.#waiters.splice(0)) {
                if (state === "open") waiter.resolve()
                else waiter.reject(reason)
            }
        }
        this.dispatchEvent(new Event("state"))
    }

    /** Closes what is open, without a change of the state. */
    #drop() {
        clearTimeout(this.#retryTimer)
        const connections = [this.#connection, this.#attempting]
        this.#connection = this.#attempting = this.#info = this.#user = this.#groups = null
        this.#byId.clear()
        for (const connection of connections) {
            if (!connection) continue
            connection.onClosed = connection.onMethod = ignore
            connection.close()
        }
    }

    async #attempt() {
        const turn = ++this.#turn
        clearTimeout(this.#retryTimer)
        this.#setState("connecting", this.#reason)
        const connection = this.#attempting = new Connection(this.#options.tap)
        try {
            const made = await this.#establish(this.#login, connection)
            if (turn !== this.#turn) return made.connection.close()
            this.#attempting = null
            this.#adopt(made)
        } catch (error) {
            if (turn !== this.#turn) return
            this.#attempting = null
            if (error === connection.refusal) this.#setState("refused", error)
            else this.#wait(error)
        }
    }

    /** Connects and logs in. */
    async #establish(login, connection) {
        const timer = setTimeout(() => connection.close(JetError.closed("The daemon does not answer.")),
            this.#options.timeout || 10000)
        connection.onReceived = () => this.#received(connection)
        try {
            await connection.open(this.#openTransport)
            const { name } = this.#options
            if (name) connection.send({ method: "config", params: { name } })
            let rights = null
            if (login) {
                const { user, password } = login
                rights = await connection.request("authenticate", { user, password }).catch(error => {
                    if (error.code === invalidParams || error.code === methodNotFound) connection.refusal = error
                    throw error
                })
            }
            const info = await connection.request("info").catch(error => {
                if (error.key === "connectionClosed") throw error
                return null
            })
            return {
                connection, info: isObject(info) ? info : null, user: login ? login.user : null,
                groups: login && {
                    fetch: names(rights?.fetchGroups), set: names(rights?.setGroups), call: names(rights?.callGroups),
                },
            }
        } catch (error) {
            connection.close()
            throw error
        } finally {
            clearTimeout(timer)
        }
    }

    #adopt({ connection, info, user, groups }) {
        if (connection.isClosed) return this.#wait(JetError.closed("The daemon has closed the connection."))
        this.#connection = connection
        this.#info = info
        this.#user = user
        this.#groups = groups
        this.#openedAt = now()
        connection.onClosed = error => this.#lost(connection, error)
        connection.onMethod = message => this.#handle(message, connection)
        connection.batch(() => {
            for (const element of this.#elements.values()) element.start(connection)
            for (const subscription of this.#subscriptions) subscription.start()
        })
        this.#watch(connection)
        this.#setState("open")
        if (this.#connection === connection) this.dispatchEvent(new Event("open"))
    }

    #lost(connection, error) {
        if (connection !== this.#connection) return
        if (now() - this.#openedAt > settledAfter) this.#failures = 0
        this.#drop()
        this.#wait(error)
    }

    #wait(reason) {
        const { min = 250, max = 15000 } = this.#options.backoff ?? {}
        const delay = Math.min(max, min * 2 ** Math.min(this.#failures, 20)) * (0.5 + Math.random() / 2)
        this.#failures += 1
        this.#retryTimer = setTimeout(() => this.#attempt(), delay)
        this.#setState("waiting", reason, Date.now() + delay)
    }

    #hurry() {
        if (this.#state === "waiting") this.#attempt()
        else if (this.#connection) this.#connection.request("echo", {}).catch(ignore)
    }

    /** Closes a connection on which the daemon is silent, though it was asked for a sign of life. Ticks are counted, not
     *  time, so that a program that was busy or asleep can first receive what has arrived. */
    #watch(connection, silent = 0) {
        background(() => {
            if (this.#connection !== connection) return
            if (now() - connection.lastReceived < watchEvery) return this.#watch(connection)
            if (silent === silentTicks) return connection.close(JetError.closed("The daemon does not answer."))
            if (silent === 0) connection.request("echo", {}).catch(ignore)
            this.#watch(connection, silent + 1)
        }, watchEvery)
    }

    #received(connection) {
        this.#lastReceived = connection.lastReceived
        if (this.#changed.size) {
            const changed = [...this.#changed]
            this.#changed.clear()
            for (const window of changed) if (!window.isEnded) window.tell()
        }
        if (this.#isEventDue) return
        this.#isEventDue = true
        const event = () => {
            this.#isEventDue = false
            this.dispatchEvent(new Event("message"))
        }
        if (typeof requestAnimationFrame === "function") requestAnimationFrame(event)
        else background(event, 16)
    }

    #handle(message, connection) {
        const { id, method, params } = message
        const subscription = id === undefined ? this.#byId.get(method) : undefined
        if (subscription) {
            if (isObject(params)) subscription.receive(params)
            return
        }
        const element = this.#elements.get(method)
        if (element) element.handle(message, connection)
        else if (typeof id === "string" || typeof id === "number") {
            connection.send({ id, error: { code: methodNotFound, message: "Method not found", data: method } })
        }
    }
}

const names = list => Array.isArray(list) ? list.filter(name => typeof name === "string") : []

/** See jet.d.ts. */
export function connect(url = undefined, options = {}) {
    if (url === undefined) {
        if (typeof location === "undefined") throw new TypeError("Give the URL of the daemon, such as unix:/run/jet/jet.sock.")
        url = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/`
    }
    return new Jet(url, options)
}
