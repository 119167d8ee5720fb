import { announce, fill, h, setText } from "../dom.js"
import { duration, time } from "../format.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { object } from "./classify.js"
import { formOf, pageAt } from "./network-check.js"
import { act, allow, problemPlace, setAttribute, showProblem, words } from "./parts.js"

const root = "settings/net"
/** For how long the result of a change that was undone is shown to those who did not see it, in milliseconds. */
const recent = 15 * 60_000

/**
 * The change that this page has asked for, in memory only: `{path, link, to, token, id, until}`. The token is null if
 * the connection ended before the answer to the set, as it does when the address of the connection changes.
 */
let own = null

/** Notes a change that was asked for. `until` is a moment of performance.now(). */
export function noteChange(change) { own = change }

/** Whether a pending change is the one that this page has asked for. */
function isOwn(pending) {
    if (!own) return false
    return own.id === null ? pending.link === own.link && pending.by === session.jet.user : own.id === pending.id
}

/** What Home says of a change of network settings: what is pending and until when, then what has become of it. */
export class Pending {
    #title = h("h2", { id: "home-pending" })
    #count = h("span", { class: "countdown number", role: "timer" })
    #text = h("p")
    #where = h("div", { class: "new-address", hidden: true })
    #confirm = h("button", { type: "button", class: "primary", on: { click: () => this.#keep() } },
        t("network.confirm"))
    #undo = h("button", { type: "button", on: { click: () => this.#rollback() } }, t("network.rollback"))
    #problem = problemPlace()
    #buttons = h("div", { class: "row" }, this.#confirm, this.#undo)
    #close = h("button", { type: "button", class: "quiet", on: { click: () => this.#dismiss() } }, t("network.dismiss"))
    #pending = null
    #until = null
    #shownKey = null
    #dismissed = null
    #watched = null

    constructor() {
        this.element = h("section",
            { class: "card note warn pending", "aria-labelledby": "home-pending", hidden: true, tabindex: -1 },
            h("div", { class: "row spread" }, this.#title, this.#count, this.#close), this.#text, this.#where,
            this.#buttons, this.#problem)
    }

    take(model) {
        const pending = object(model.value(`${root}/pending`))
        const last = object(model.value(`${root}/last`))
        const isLost = !session.isOpen
        this.#allow(model)
        if (typeof pending.id === "string" && (!isLost || !own)) return this.#showPending(pending)
        if (own && isLost) return this.#showLost()
        if (own && own.id === null && performance.now() < own.until && last.id === own.lastId) return this.#showLost()
        return this.#showLast(last)
    }

    #allow(model) {
        for (const [button, name] of [[this.#confirm, "confirm"], [this.#undo, "rollback"]]) {
            const method = model.items.get(`${root}/${name}`)
            if (method) allow(button, method)
        }
    }

    // MARK: While it is pending

    #showPending(pending) {
        const mine = isOwn(pending)
        this.#watched = pending.id
        this.#pending = pending
        if (mine && own.id === null) own.id = pending.id
        const deadline = Date.parse(pending.deadline) - Date.now() + performance.now()
        // The clocks of the device and of this page may differ; the page knows when its own change has begun.
        this.#until = mine ? own.until : deadline
        const hasToken = mine && own.token !== null
        const isUsers = session.jet.user !== null && pending.by === session.jet.user
        this.#show(`pending ${pending.id} ${hasToken} ${isUsers}`, () => {
            setText(this.#title, t("network.pendingTitle", { link: words(pending.link, 20) }))
            const key = hasToken || isUsers ? "pendingOwn" : session.jet.user ? "pendingOther" : "pendingLogin"
            setText(this.#text, t(`network.${key}`, { by: words(pending.by, 60), link: words(pending.link, 20) }))
            this.#showWhere(pending.to, mine)
        })
        this.#frame("warn", { buttons: true, count: true })
        return true
    }

    #showLost() {
        this.#until = own.until
        this.#pending = null
        this.#show("lost", () => {
            setText(this.#title, t("network.lostTitle"))
            setText(this.#text, t("network.lost"))
            this.#showWhere(own.to, true)
        })
        this.#frame("warn", { buttons: false, count: true })
        return true
    }

    /** Where the page is afterwards: other origins, so they share nothing with this one but the user. */
    #showWhere(to, isOwn) {
        const addresses = formOf(object(to)).addresses.filter((address) =>
            address.split("/")[0] !== location.hostname.replace(/^\[|\]$/g, ""))
        this.#where.hidden = !isOwn
        fill(this.#where, h("p", {}, t(addresses.length ? "network.continueAt" : "network.continueByName")),
            h("ul", { class: "row" }, addresses.slice(0, 4).map((address) => {
                const url = pageAt(address, location)
                return h("li", {}, h("a", { class: "button", href: url, rel: "noreferrer", target: "_blank" }, url))
            })),
            location.protocol === "https:" && addresses.length > 0
                && h("p", { class: "soft" }, t("network.certificate")))
    }

    // MARK: What has become of it

    #showLast(last) {
        if (this.#watched && own?.id === this.#watched && last.id === own.id) own = null
        const isNews = last.id === this.#watched || last.id === own?.id
            || (own && last.link === own.link && last.id !== own.lastId)
        const isRecent = last.result !== "confirmed" && Math.abs(Date.now() - Date.parse(last.at)) < recent
        if (typeof last.id !== "string" || last.id === this.#dismissed || !(isNews || isRecent)) return false
        if (own && isNews) {
            this.#watched = last.id
            own = null
        }
        const isKept = last.result === "confirmed"
        const level = isKept ? "good" : last.restored === false ? "bad" : "warn"
        this.#show(`last ${words(last.id, 80)} ${last.result} ${last.restored}`, () => {
            setText(this.#title, t(
                `network.result.${isKept ? "confirmed" : last.result === "failed" ? "failed" : "rolledBack"}`,
                { link: words(last.link, 20) }))
            const parts = []
            if (!isKept) parts.push(t("network.reason", { reason: words(last.reason ?? "", 400) }))
            if (!isKept && last.restored === true) parts.push(t("network.restored"))
            if (!isKept && last.restored === false) parts.push(t("network.notRestored",
                { difference: words(last.difference ?? "", 400) }))
            parts.push(words(time(last.at), 60))
            setText(this.#text, parts.join(" "))
            this.#where.hidden = true
            if (last.id === this.#watched) announce(this.#title.textContent)
        })
        this.#frame(level, { buttons: false, count: false })
        this.#last = last.id
        return true
    }

    #last = null

    #dismiss() {
        this.#dismissed = this.#last
        this.#watched = null
        this.element.hidden = true
        document.getElementById("main").focus()
    }

    // MARK: Parts

    /** Fills the parts if there is something else to show than before. */
    #show(key, body) {
        if (key === this.#shownKey) return
        this.#shownKey = key
        showProblem(this.#problem, null)
        body()
    }

    #frame(level, { buttons, count }) {
        setAttribute(this.element, "class", `card note ${level} pending${session.isOpen ? "" : " is-lost"}`)
        this.#buttons.hidden = !buttons
        this.#count.hidden = !count
        this.#close.hidden = count
        this.tick()
    }

    /** Counts down. */
    tick() {
        if (this.#count.hidden || this.#until === null) return
        const left = Math.max(0, Math.ceil((this.#until - performance.now()) / 1000))
        setText(this.#count, Number.isFinite(left) ? (left > 0 ? duration(left) : t("network.over")) : "")
    }

    update(model) {
        const hadFocus = this.element.contains(document.activeElement)
        const isHidden = !this.take(model)
        this.element.hidden = isHidden
        if (isHidden) return
        if (own && own !== this.#led) {
            // To the buttons, which are far from where the form was opened.
            this.#led = own
            queueMicrotask(() => {
                this.element.scrollIntoView({ block: "center" })
                this.element.focus({ preventScroll: true })
            })
        } else if (hadFocus && !document.activeElement.checkVisibility()) {
            this.element.focus()
        }
    }

    /** The change to which the focus was led. */
    #led = null

    /** Confirms: with the token, or as the user who is logged in again, since then the page has no token. */
    #keep() {
        const { id } = this.#pending
        const token = own?.id === id ? own.token : null
        act(this.#confirm, this.#problem, (jet) =>
            jet.call(`${root}/confirm`, token ? { token } : { id }, { timeout: 30 }))
    }

    #rollback() {
        act(this.#undo, this.#problem, (jet) => jet.call(`${root}/rollback`, {}, { timeout: 30 }))
    }
}
