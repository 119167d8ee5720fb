import { connect } from "./jet.js"

/** After which time without a sign of life the connection is late, in milliseconds. */
const lateAfter = 3000
const checkEvery = 1000
/** How long the connection may be silent before the page asks the daemon for a sign of life. */
const askAfter = 2000

/**
 * The one connection of the page, and what all views need to know of it.
 *
 * Events: "state" (the connection or the login has changed), "late" (`isLate` has changed), "access" (`needsLogin` has
 * changed).
 */
class Session extends EventTarget {
    /** Whether what is shown may be out of date: there is no connection, or the daemon has been silent for too long. */
    isLate = true
    /** Since when, in milliseconds of performance.now(). */
    lateSince = performance.now()
    /** Whether the daemon shows nothing to this page before a login; null until it is known. */
    needsLogin = null
    #asked = null
    #taps = new Set()

    start() {
        const scheme = location.protocol === "https:" ? "wss:" : "ws:"
        this.jet = connect(`${scheme}//${location.host}/`, {
            name: "Radar",
            tap: (direction, message, length) => {
                for (const tap of this.#taps) tap(direction, message, length)
            },
        })
        this.jet.addEventListener("state", () => {
            this.#asked = null
            this.#judge()
            this.#checkAccess()
            this.dispatchEvent(new Event("state"))
        })
        setInterval(() => this.#judge(), checkEvery)
        document.addEventListener("visibilitychange", () => this.#judge())
    }

    /** Calls `tap` with each message of the connection until the function that is returned is called. */
    listenToMessages(tap) {
        this.#taps.add(tap)
        return () => this.#taps.delete(tap)
    }

    /** What the daemon can do, such as `authentication`. */
    get features() { return this.jet?.info?.features ?? {} }

    get isOpen() { return this.jet.state === "open" }

    /** Whether the peer is in a group, for "set" or "call"; as far as the page can know. */
    isIn(group, right) { return this.jet.groups?.[right]?.includes(group) ?? false }

    /** A stranger, jet-protocol(7) §8.3, may not even fetch: the daemon does not say so before it is tried. */
    #checkAccess() {
        if (!this.isOpen) return
        const { user } = this.jet
        if (user !== null || !this.features.authentication) {
            this.#noteAccess(false)
            return
        }
        this.jet.request("get", { path: { equals: "system/hostname" } }).then(() => false, error => {
            if (error.key === "loginRequired") return true
            return error.key === "connectionClosed" ? null : false
        }).then(needsLogin => {
            if (needsLogin !== null && this.jet.user === user) this.#noteAccess(needsLogin)
        })
    }

    #noteAccess(needsLogin) {
        if (this.needsLogin === needsLogin) return
        this.needsLogin = needsLogin
        this.dispatchEvent(new Event("access"))
    }

    #judge() {
        const now = performance.now()
        const silence = now - this.jet.lastReceived
        if (this.isOpen && !document.hidden && silence > askAfter && this.#asked === null) {
            this.#asked = now
            const asked = this.#asked
            const answered = () => { if (this.#asked === asked) { this.#asked = null; this.#judge() } }
            this.jet.request("echo", {}, { timeout: 30000 }).then(answered, answered)
        }
        if (silence < askAfter) this.#asked = null
        const isLate = !this.isOpen || (this.#asked !== null && now - this.#asked > lateAfter)
        if (isLate === this.isLate) return
        this.isLate = isLate
        this.lateSince = now
        this.dispatchEvent(new Event("late"))
    }
}

export const session = new Session()
