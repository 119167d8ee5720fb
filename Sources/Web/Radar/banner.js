import { attribute, fill, h, setText } from "./dom.js"
import { explain } from "./errors.js"
import { href } from "./router.js"
import { session } from "./session.js"
import { t } from "./texts.js"
import "./widgets/age.js"

/** How long there may be no connection before the banner appears, in milliseconds. */
const patience = 3000

/**
 * Why there is no connection, as a key of texts: what a browser tells scripts, which is little, put together.
 *
 * - `health`: whether `GET /healthz` was answered: "well", "failed", or null if it is not known.
 * - `refusals`: how many attempts in a row have failed although the device answers.
 */
export function diagnose({ state, isOnline = true, isSecure = false, health = null, refusals = 0 }) {
    if (state === "refused") return "login"
    if (state === "closed") return "closed"
    if (state === "open") return "silent"
    if (!isOnline) return "offline"
    if (health === "well") return refusals > 1 ? "origin" : "gone"
    return health === "failed" && isSecure ? "certificate" : "gone"
}

/** Says why there is no connection, and what one can do, once that has lasted for a moment. */
export class Banner {
    #place
    #title = h("strong")
    #reason = h("span", { class: "grow" })
    #age = h("radar-age")
    #next = h("span", { class: "number" })
    #retry = h("button", { on: { click: () => session.jet.connect() } }, t("banner.retry"))
    #reload = h("button", { on: { click: () => location.reload() } }, t("banner.reload"))
    #login = h("a", { class: "button", href: href("login") }, t("banner.login"))
    #without = h("button", { on: { click: () => { session.jet.logout().catch(() => {}) } } }, t("banner.without"))
    #health = null
    #refusals = 0
    #said = null

    constructor(place, announce) {
        this.#place = place
        this.announce = announce
        fill(place, h("p", { class: "grow" }, this.#title, " ", this.#reason, " ",
            h("span", { class: "soft" }, t("banner.since"), " ", this.#age, " ", t("banner.ago"), " ", this.#next)),
        h("div", { class: "row" }, this.#login, this.#without, this.#reload, this.#retry))
        session.addEventListener("state", () => this.#changed())
        session.addEventListener("late", () => this.show())
        setInterval(() => this.show(), 1000)
    }

    #changed() {
        const { state } = session.jet
        if (state === "open") {
            this.#health = null
            this.#refusals = 0
        } else if (state === "waiting") {
            this.#ask()
        }
        this.show()
    }

    /** After an attempt has failed: whether the device answers at all. */
    async #ask() {
        try {
            const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) })
            this.#health = response.ok ? "well" : "failed"
            this.#refusals = response.ok ? this.#refusals + 1 : 0
        } catch {
            this.#health = "failed"
            this.#refusals = 0
        }
        this.show()
    }

    show() {
        const { jet } = session
        const isLost = session.isLate && (jet.state === "refused" || performance.now() - session.lateSince > patience)
        this.#place.hidden = !isLost
        document.body.classList.toggle("has-banner", isLost)
        if (!isLost) {
            if (this.#said !== null && !session.isLate) this.announce(t("banner.back"))
            if (!session.isLate) this.#said = null
            return
        }
        const key = diagnose({
            state: jet.state, isOnline: navigator.onLine, isSecure: location.protocol === "https:",
            health: this.#health, refusals: this.#refusals,
        })
        const values = { origin: location.origin, reason: jet.reason ? explain(jet.reason) : "" }
        setText(this.#title, t(`banner.titles.${key}`))
        setText(this.#reason, t(`banner.reasons.${key}`, values))
        this.#age.since = session.lateSince
        const seconds = Math.max(0, Math.ceil(((jet.retryAt ?? 0) - Date.now()) / 1000))
        setText(this.#next, jet.state === "connecting" ? t("banner.connecting")
            : jet.state === "waiting" ? t("banner.next", { seconds }) : "")
        const isLogin = key === "login"
        for (const [button, isShown] of [[this.#login, isLogin], [this.#without, isLogin],
            [this.#reload, key === "certificate"], [this.#retry, !isLogin && key !== "silent"]]) {
            button.hidden = !isShown
        }
        attribute(this.#retry, "aria-disabled", jet.state === "connecting" ? "true" : null)
        if (this.#said === key) return
        this.#said = key
        this.announce(`${this.#title.textContent} ${this.#reason.textContent}`)
    }
}

/**
 * Loads the page again if the daemon has another version of it: the parts that are not loaded yet would not fit.
 *
 * The session's storage holds the version for which that was done, so that an old page in a cache in between cannot
 * have it loaded for ever.
 */
export async function reloadIfReplaced() {
    const own = versionOf(import.meta.url)
    if (own === null) return false
    let present
    try {
        present = versionOf(await (await fetch("/", { cache: "no-cache" })).text())
    } catch {
        return false
    }
    if (present === null || present === own || sessionStorage.getItem("radar-version") === present) return false
    sessionStorage.setItem("radar-version", present)
    location.reload()
    return true
}

/** The version that an address of the page's files, or its markup, names. */
export function versionOf(text) { return /\/radar\/([0-9a-f]{16})\//.exec(text)?.[1] ?? null }
