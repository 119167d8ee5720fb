/**
 * A peer of the Jet bus for browsers and Node.
 *
 * Values are JSON. Paths, rules and errors are those of jet-protocol(7).
 */

export type JSONValue = null | boolean | number | string | JSONValue[] | { [member: string]: JSONValue }

/** What the owner says about an element, jet-protocol(7) §7.1. */
export interface Meta {
    title?: string
    unit?: string
    datatype?: "integer" | "float" | "boolean" | "string" | "enum" | "color" | "datetime" | "duration" | "json"
    format?: string
    [member: string]: JSONValue | undefined
}

/** Which elements a fetch or a get selects, jet-protocol(7) §4. */
export interface Rule {
    path?: { [predicate: string]: JSONValue }
    value?: { [predicate: string]: JSONValue }
    valueField?: { [field: string]: { [predicate: string]: JSONValue } }
    sort?: Sort
    max?: number
    [member: string]: unknown
}

export interface Sort {
    byPath?: boolean
    byValue?: "number" | "string" | "boolean"
    byValueField?: { [field: string]: "number" | "string" | "boolean" }
    descending?: boolean
    /** The first place of the window, from 1. */
    from?: number
    to?: number
}

/** An element as a fetch or a get shows it. */
export interface Entry {
    path: string
    /** Absent for a Method. */
    value?: JSONValue
    /** True if this peer cannot set or call the element. */
    fetchOnly?: boolean
    meta?: Meta
    /** The place in a sorted window, from 1. */
    index?: number
}

export interface Options {
    /** What this peer is called in the daemon's log. */
    name?: string
    /** The implementation of WebSocket; the global one by default. Node has one since version 22. */
    WebSocket?: unknown
    /** Logs in at each connection, before anything else is sent. Kept in memory only. */
    login?: { user: string, password: string }
    /** The shortest and the longest time between two attempts to connect, in milliseconds: 250 and 15000. */
    backoff?: { min?: number, max?: number }
    /** How long a request waits for its response, in milliseconds: 10000. 0 waits for ever. `set` and `call` wait until
     *  the daemon answers, which knows how long the owner may take; with a `timeout` of their own, for this longer. */
    timeout?: number
    /** Receives each message that is sent or received: "out" or "in", the parsed message, which must not be changed,
     *  and its length in characters. Members `password` of what is sent are masked. */
    tap?: (direction: "in" | "out", message: JSONValue, length: number) => void
}

/** Why a request failed: by the daemon, by the owner, or because there was no response. */
export class JetError extends Error {
    /** A handler throws one to answer with this error. The code is -32603 by default; owners may use any. */
    constructor(message: string, code?: number, data?: JSONValue)
    /** The code, jet-protocol(7) §5.1; -32001 and -32002 also stand for a response that did not arrive. */
    readonly code: number
    readonly data: JSONValue | undefined
    /** The key of `data` that names the error, for the codes of the protocol: such as "pathNotExists", "noAccess",
     *  "loginRequired", "invalidPassword", "limit". "timeout" for -32001, "connectionClosed" without a connection. */
    readonly key: string | undefined
}

/** "connecting": an attempt is made. "open": connected, and logged in if there is a login. "waiting": until the next
 *  attempt. "refused": the login was refused; there is no further attempt until `login`, `logout` or `connect`.
 *  "closed": by `close`. */
export type ConnectionState = "connecting" | "open" | "waiting" | "refused" | "closed"

/**
 * Connects to a daemon, and reconnects for ever: with a growing pause, and at once when the page becomes visible or
 * the machine is online again. A connection on which the daemon is silent although it was asked for a sign of life, is
 * closed. Fetches, windows, States and Methods are made again at each connection. A page that the browser keeps when
 * it is left has no connection meanwhile, and connects with its login when it is shown again.
 *
 * In a browser the URL is that of the page by default, by WebSocket. In Node it is ws:// or wss://, unix:/path, or
 * tcp://host:port.
 */
export function connect(url?: string, options?: Options): Jet

/**
 * Events: "state" (the state has changed: see `state`, `reason`), "open" (connected; `info` is known), "message"
 * (something arrived; at most one event for each frame of the display), "refused" (the daemon has refused a fetch, an
 * own element or a change of one: `source` of the event is the Fetch, Window or OwnElement, `error` the JetError; if
 * the program does not ask for `started` or `added`, it is also written to the console).
 *
 * Requests without a connection fail at once with the key "connectionClosed"; nothing is kept for later. A text with
 * half of a surrogate pair, which the daemon refuses, is sent with U+FFFD in its place.
 */
export class Jet extends EventTarget {
    readonly url: string
    readonly state: ConnectionState
    /** Why there is no connection: what the daemon said before it closed the last one, a refused login, or what the
     *  system said; null while there is one. */
    readonly reason: JetError | null
    /** When the next attempt is made, in milliseconds of Date.now(), while `state` is "waiting". */
    readonly retryAt: number | null
    /** When something was last received, in milliseconds of performance.now(). */
    readonly lastReceived: number
    /** The daemon: the result of `info`, or null for a daemon that does not know it. */
    readonly info: { [member: string]: any } | null
    /** The user that is logged in, and the groups; null without a login. */
    readonly user: string | null
    readonly groups: { fetch: string[], set: string[], call: string[] } | null

    /** Resolves when the connection is open; at once if it is. Rejects when it is refused or closed. */
    opened(): Promise<void>
    /** Attempts to connect now, without waiting; also after `close`. */
    connect(): void
    /** Ends the connection, and all attempts. */
    close(): void

    /** Logs in: on a new connection, since the rights of a fetch do not change. Rejects with the daemon's error, and
     *  then the connection is as before. */
    login(user: string, password: string): Promise<void>
    /** Connects again, without a login. Resolves when the attempt has ended; `user` is null at once. */
    logout(): Promise<void>
    changePassword(user: string, password: string): Promise<void>

    /** Sends a request; `params` as in jet-protocol(7) §2. */
    request(method: string, params?: JSONValue, options?: { timeout?: number }): Promise<any>
    /** What is requested during `body` is sent as one message, or several if it has more than 1 MiB or 1,000
     *  requests. If the daemon cannot read one of them, only this one fails. */
    batch<T>(body: () => T): T

    get(rule: Rule): Promise<Entry[]>
    /** The names that follow `prefix` in the paths, one level deep and sorted; null if the daemon does not know the
     *  method. */
    branches(prefix: string, from?: number, to?: number): Promise<{ total: number, branches: Branch[] } | null>
    /** Seconds, as in the protocol, for `timeout`. */
    set(path: string, value: JSONValue, options?: { timeout?: number, valueAsResult?: boolean }): Promise<JSONValue>
    call(path: string, args?: JSONValue[] | { [name: string]: JSONValue },
        options?: { timeout?: number }): Promise<JSONValue>

    /** Fetches elements. `interval` in seconds. The listener is called with each notification; after a reconnect,
     *  elements that are gone are reported as removed, and those that are still there as changed. */
    fetch(rule: Rule, listener: (notification: Notification) => void, options?: { interval?: number }): Fetch
    /** Fetches a window of a sorted list. The listener is called after each change, at most once for each message. */
    window(rule: Rule, listener: (window: Window) => void, options?: { interval?: number }): Window

    /** Adds a State. Without `set` it is fetchOnly. `set` receives the value that is asked for, changes the State
     *  itself or returns the value that it takes; it refuses with an exception. If it does neither, the State stays as
     *  it is. The element is added again at each connection, with the value that it has then. */
    addState(path: string, value: JSONValue, options?: ElementOptions & {
        set?: (value: JSONValue, request: { caller?: any }) => void | JSONValue | Promise<void | JSONValue>
    }): OwnState
    /** Adds a Method. `call` receives the arguments as they were sent, `{}` if there are none. */
    addMethod(path: string,
        call: (args: any, request: { caller?: any }) => JSONValue | void | Promise<JSONValue | void>,
        options?: ElementOptions): OwnElement
}

export interface ElementOptions {
    meta?: Meta
    access?: { fetchGroups?: string[], setGroups?: string[], callGroups?: string[] }
    /** Seconds. */
    timeout?: number
    caller?: boolean
}

/** An element that this peer has added. */
export class OwnElement {
    readonly path: string
    /** Settles when the daemon has answered the first add: rejects if it was refused. */
    readonly added: Promise<void>
    /** The error with which the daemon refused the add, at the present connection. */
    readonly error: JetError | null
    remove(): Promise<void>
}

export class OwnState extends OwnElement {
    /** The value. Setting it changes the State for all. */
    value: JSONValue
}

export interface Notification extends Entry {
    event: "add" | "change" | "remove"
}

export class Fetch {
    /** Settles when the daemon has answered the fetch: rejects if the rule is refused. */
    readonly started: Promise<void>
    /** The error with which the daemon refused the fetch, at the present connection. */
    readonly error: JetError | null
    end(): Promise<void>
}

export class Window {
    readonly started: Promise<void>
    readonly error: JetError | null
    /** The entries of the window, in order, each with its `index`. After a move and a reconnect, those that were shown
     *  before stay until the daemon has sent others. There is another array after each change. */
    readonly entries: Entry[]
    /** What was asked for last. */
    readonly from: number
    readonly to: number
    /** How many elements satisfy the rule; null if the daemon does not tell. */
    readonly total: number | null
    /** Whether the window shows what was asked for last: false from `move` until the daemon has sent it. */
    readonly isCurrent: boolean
    /** Moves the window. While a move is not answered, only the last of others is sent. */
    move(from: number, to: number): void
    end(): Promise<void>
}

/** One level of the tree of paths: see `branches` in jet-protocol(7). */
export interface Branch {
    name: string
    /** The path of the element with exactly this name, or the prefix of those below it, with the separator. */
    path: string
    elements: number
    kind?: "state" | "method"
}
