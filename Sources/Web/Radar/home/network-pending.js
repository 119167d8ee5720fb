import { announce, fill, h, setText } from "../dom.js"
import { duration, time } from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { act, allow, problemPlace, showProblem } from "./act.js"
import { object } from "./classify.js"
import { copy } from "./links.js"
import { formOf, pageAt } from "./network-check.js"
import { setAttribute, words } from "./parts.js"

const root = "settings/net"
/** For how long the result of a change that was undone is shown to those who did not see it, in milliseconds. */
const recent = 15 * 60_000

/**
 * The change that this page has asked for, in memory only: `{path, link, to, token, id, until}`. The token is null if the
 * connection ended before the answer to the set, as it does when the address of the connection changes.
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
    #code = h("details", { class: "code", hidden: true })
    #field = h("input", { id: "network-code", type: "text", autocomplete: "off", spellcheck: "false" })
    #fieldRow = h("div", { class: "field", hidden: true }, h("label", { for: "network-code" }, t("network.code")), this.#field,
        h("span", { class: "hint" }, t("network.codeHint")))
    #confirm = h("button", { type: "button", class: "primary", on: { click: () => this.#keep() } }, t("network.confirm"))
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
        this.element = h("section", { class: "card note warn pending", "aria-labelledby": "home-pending", hidden: true, tabindex: -1 },
            h("div", { class: "row spread" }, this.#title, this.#count, this.#close), this.#text, this.#where, this.#fieldRow,
            this.#buttons, this.#code, this.#problem)
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
        this.#until = mine ? Math.min(own.until, Number.isFinite(deadline) ? Math.max(deadline, performance.now()) : own.until) : deadline
        const hasToken = mine && own.token !== null
        const isUsers = session.jet.user !== null && pending.by === session.jet.user
        this.#show(`pending ${pending.id} ${hasToken} ${isUsers}`, () => {
            setText(this.#title, t("network.pendingTitle", { link: words(pending.link, 20) }))
            setText(this.#text, t(hasToken || isUsers ? "network.pendingOwn" : "network.pendingOther", { by: words(pending.by, 60), link: words(pending.link, 20) }))
            this.#fieldRow.hidden = hasToken || isUsers
            this.#showWhere(pending.to, mine)
            this.#showCode(hasToken ? own.token : null)
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
            this.#fieldRow.hidden = true
            this.#showWhere(own.to, true)
            this.#showCode(own.token)
        })
        this.#frame("warn", { buttons: false, count: true })
        return true
    }

    /** Where the page is afterwards: other origins, so they share nothing with this one but the user. */
    #showWhere(to, isOwn) {
        const addresses = formOf(object(to)).addresses.filter((address) => address.split("/")[0] !== location.hostname.replace(/^\[|\]$/g, ""))
        this.#where.hidden = !isOwn
        fill(this.#where, h("p", {}, t(addresses.length ? "network.continueAt" : "network.continueByName")),
            h("ul", { class: "row" }, addresses.slice(0, 4).map((address) => {
                const url = pageAt(address, location)
                return h("li", {}, h("a", { class: "button", href: url, rel: "noreferrer", target: "_blank" }, url))
            })),
            location.protocol === "https:" && addresses.length > 0 && h("p", { class: "soft" }, t("network.certificate")))
    }

    #showCode(token) {
        this.#code.hidden = token === null
        if (token === null) return fill(this.#code)
        const field = h("input", { type: "text", class: "mono", readonly: true, "aria-label": t("network.code"), props: { value: token } })
        const button = h("button", { type: "button", on: { click: async () => { if (await copy(token)) announce(t("network.codeCopied")) } } }, t("home.copy"))
        fill(this.#code, h("summary", {}, t("network.codeTitle")), h("p", { class: "soft" }, t("network.codeText")),
            h("div", { class: "row" }, h("div", { class: "grow" }, field), button))
    }

    // MARK: What has become of it

    #showLast(last) {
        if (this.#watched && own?.id === this.#watched && last.id === own.id) own = null
        const isNews = last.id === this.#watched || last.id === own?.id || (own && last.link === own.link && last.id !== own.lastId)
        const isRecent = last.result !== "confirmed" && Math.abs(Date.now() - Date.parse(last.at)) < recent
        if (typeof last.id !== "string" || last.id === this.#dismissed || !(isNews || isRecent)) return false
        if (own && isNews) {
            this.#watched = last.id
            own = null
        }
        const isKept = last.result === "confirmed"
        const level = isKept ? "good" : last.restored === false ? "bad" : "warn"
        this.#show(`last ${words(last.id, 80)} ${last.result} ${last.restored}`, () => {
            setText(this.#title, t(`network.result.${isKept ? "confirmed" : last.result === "failed" ? "failed" : "rolledBack"}`, { link: words(last.link, 20) }))
            const parts = []
            if (!isKept) parts.push(t("network.reason", { reason: words(last.reason ?? "", 400) }))
            if (!isKept && last.restored === true) parts.push(t("network.restored"))
            if (!isKept && last.restored === false) parts.push(t("network.notRestored", { difference: words(last.difference ?? "", 400) }))
            parts.push(words(time(last.at), 60))
            setText(this.#text, parts.join(" "))
            this.#where.hidden = true
            this.#fieldRow.hidden = true
            this.#showCode(null)
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
        const isHidden = !this.take(model)
        if (!isHidden && this.element.hidden && own) queueMicrotask(() => this.element.scrollIntoView({ block: "center" }))
        this.element.hidden = isHidden
    }

    #keep() {
        act(this.#confirm, this.#problem, async (jet) => {
            const pending = this.#pending
            const token = own?.id === pending.id && own.token ? own.token : this.#field.value.trim()
            try {
                await jet.call(`${root}/confirm`, token ? { token } : { id: pending.id }, { timeout: 30 })
            } catch (error) {
                // An agent that wants the token in any case.
                if (!token && object(error.data).field === "token") this.#fieldRow.hidden = false
                throw error
            }
            this.#field.value = ""
        })
    }

    #rollback() {
        act(this.#undo, this.#problem, (jet) => jet.call(`${root}/rollback`, {}, { timeout: 30 }))
    }
}

/** The address of the settings of a link. */
export function settingsHref(path) { return href("home", { settings: path }) }
