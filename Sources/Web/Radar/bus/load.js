import { Chart } from "../chart.js"
import { fill, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { number, bytes } from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { button, choices, place, region, Rows } from "../widgets/parts.js"
import { difference, flooder, Rates, sorted } from "./rates.js"

/** How often the daemon is asked, in milliseconds, and how many rows a table has at most. */
const every = 2000
const mostRows = 200

/** The figures of `info`, as amounts or as rates per second. */
const amounts = ["peers", "elements", "fetchers", "slowPeers", "pendingRequests", "waitingBytes"]
const rates = ["messages", "notifications", "conflated", "paced", "droppedAnswers"]
const alarms = ["slowPeers", "conflated"]
/** The columns of the tables, each with what it shows. */
const columns = {
    work: entry => entry.rates ? `${number(entry.rates.work / 1e7, 1)} %` : "–",
    messages: entry => perSecond(entry, "messages"),
    elements: entry => number(entry.elements ?? 0),
    bytes: entry => bytes(entry.bytes ?? 0),
    fetches: entry => number(entry.fetches ?? 0),
    unread: entry => bytes(entry.unread ?? 0),
    pendingRequests: entry => number(entry.pendingRequests ?? 0),
    conflated: entry => perSecond(entry, "conflated"),
    refused: entry => perSecond(entry, "refused"),
}
const perSecond = (entry, name) => entry.rates ? number(entry.rates[name], 1) : "–"

/** Asks again and again while the page can be seen and is connected; not again before the answer. */
export class Poll {
    #timer
    #isBusy = false

    constructor(body) {
        const ask = async () => {
            if (this.#isBusy || document.hidden || !session.isOpen) return
            this.#isBusy = true
            await body().catch(() => {})
            this.#isBusy = false
        }
        this.#timer = setInterval(ask, every)
        ask()
    }

    async end() { clearInterval(this.#timer) }
}

/** The statistics of the daemon: a figure each, and a line of the last minutes for those that have a rate. */
export class Statistics extends HTMLElement {
    #before = null
    #at = 0
    #figures = new Map()
    #poll

    connectedCallback() {
        fill(this, [...rates.slice(0, 3), ...amounts, ...rates.slice(3)].map(name => this.#figure(name)))
        this.#poll = new Poll(() => this.#ask())
    }

    disconnectedCallback() {
        this.#poll.end()
        for (const { chart } of this.#figures.values()) chart?.end?.()
    }

    #figure(name) {
        const isRate = rates.includes(name)
        const value = h("span", { class: "figure number" }, "–")
        const label = t(`bus.statistics.${name}`)
        const chart = rates.slice(0, 3).includes(name) && new Chart({
            series: [{ path: name, label, unit: "/s" }], seconds: 180, limits: [], compact: true,
        })
        this.#figures.set(name, { value, chart, isRate })
        return h("div", { class: "card" }, h("p", { class: "soft" }, label), value, chart && chart.element)
    }

    async #ask() {
        const info = await session.jet.request("info")
        const now = performance.now()
        const statistics = Object(info?.statistics)
        const seconds = (now - this.#at) / 1000
        const change = this.#before && difference(statistics, this.#before, seconds, rates)
        for (const [name, { value, chart, isRate }] of this.#figures) {
            const figure = isRate ? change?.[name] : statistics[name]
            const isKnown = typeof figure === "number" && name in statistics
            setText(value, !isKnown ? "–" : name === "waitingBytes" ? bytes(figure)
                : isRate ? `${number(figure, figure < 10 ? 1 : 0)}/s` : number(figure))
            value.parentElement.classList.toggle("alarm", isKnown && figure > 0 && alarms.includes(name))
            if (chart && isRate) chart.push(0, isKnown ? figure : null)
        }
        this.#before = statistics
        this.#at = now
    }
}

/** The accounts and peers of the daemon, for those who may see them. */
export class Peers extends HTMLElement {
    #what = "peers"
    #by = "work"
    #isDescending = true
    #rates = { peers: new Rates(), accounts: new Rates() }
    #read = null
    #rows = new Rows()
    #poll
    #body = h("tbody")
    #head = h("tr")
    #flooder = h("p", { class: "note", hidden: true })
    #problem = h("div", { class: "note", hidden: true })
    #table = region("div", t("bus.tabs.peers"), { class: "scroll", hidden: true },
        h("table", { class: "load" }, h("thead", {}, this.#head), this.#body))
    #more = h("p", { class: "soft", hidden: true })
    #switch = choices(t("bus.show"), ["peers", "accounts"].map(what => [what, t(`bus.${what}`)]), what => {
        this.#what = what
        this.#draw()
    })

    connectedCallback() {
        this.#switch.hidden = true
        fill(this, this.#problem, this.#switch, this.#flooder, this.#table, this.#more)
        this.#poll = new Poll(() => this.#ask())
    }

    disconnectedCallback() { this.#poll.end() }

    async #ask() {
        try {
            const { peers, accounts } = await session.jet.request("peers")
            const now = performance.now()
            const rates = this.#rates
            this.#read = { peers: rates.peers.read(peers, now), accounts: rates.accounts.read(accounts, now) }
            this.#problem.hidden = true
            this.#draw()
        } catch (error) {
            if (error.key === "connectionClosed") return
            this.#refused(error)
        }
    }

    #refused(error) {
        this.#read = null
        this.#table.hidden = this.#switch.hidden = this.#flooder.hidden = this.#more.hidden = true
        if (!this.#problem.hidden && this.#problem.dataset.key === error.key) return
        this.#problem.hidden = false
        this.#problem.dataset.key = error.key
        const isAccess = error.key === "noAccess" || error.key === "loginRequired"
        fill(this.#problem, h("p", {}, isAccess ? t("bus.operatorsOnly") : explain(error)),
            isAccess && session.features.authentication && session.jet.user === null
                && h("p", {}, h("a", { href: href("login") }, t("login.title"))))
    }

    #draw() {
        if (!this.#read) return
        const entries = this.#read[this.#what]
        this.#table.hidden = this.#switch.hidden = false
        this.#switch.press(this.#what)
        this.#drawHead()
        const most = flooder(this.#read.peers)
        this.#flooder.hidden = most === null
        this.#flooder.classList.toggle("warn", most !== null)
        if (most) {
            setText(this.#flooder, t("bus.flooder", {
                who: nameOf(most), share: number(most.share * 100, 0), messages: number(most.rates.messages, 0),
            }))
        }
        const shown = sorted(entries, this.#by, this.#isDescending).slice(0, mostRows)
        const keyOf = entry => `${this.#what} ${entry.peer ?? entry.account}`
        place(this.#body, this.#rows.of(shown, keyOf, makeRow, update))
        this.#more.hidden = entries.length <= mostRows
        setText(this.#more, t("bus.more", { shown: mostRows, n: entries.length }))
    }

    #drawHead() {
        if (!this.#head.firstChild) {
            fill(this.#head, ["who", ...Object.keys(columns)].map(column => h("th", {
                scope: "col", class: column === "who" ? "" : "number", data: { column },
            }, button(t(`bus.columns.${column}`), () => this.#sortBy(column), {
                class: "quiet", title: t(`bus.meaning.${column}`),
            }))))
        }
        for (const cell of this.#head.children) {
            const isSorted = cell.dataset.column === this.#by
            if (isSorted) cell.setAttribute("aria-sort", this.#isDescending ? "descending" : "ascending")
            else cell.removeAttribute("aria-sort")
        }
    }

    #sortBy(column) {
        this.#isDescending = this.#by === column ? !this.#isDescending : column !== "who"
        this.#by = column
        this.#draw()
    }
}

function makeRow() {
    return h("tr", {}, h("th", { scope: "row" }, h("span"), h("span", { class: "soft" }),
        h("span", { class: "tag warn" }, t("bus.slow"))), Object.keys(columns).map(() => h("td", { class: "number" })))
}

function update(row, entry) {
    const [who, ...cells] = row.children
    const process = entry.pid && t("bus.process", { pid: entry.pid })
    const account = entry.peer === undefined ? t("bus.connections", { n: entry.connections ?? 0 }) : entry.account
    setText(who.children[0], nameOf(entry))
    setText(who.children[1], [entry.user, entry.address, process, account].filter(Boolean).join(" · ").slice(0, 200))
    who.children[2].hidden = entry.slow !== true
    for (const [index, show] of Object.values(columns).entries()) setText(cells[index], show(entry))
    row.style.setProperty("--share", `${Math.round(Math.min(1, entry.share) * 100)}%`)
}

/** What a peer calls itself, or its number. */
function nameOf({ account, name, peer }) {
    return String(peer === undefined ? account : name || t("bus.peer", { n: peer })).slice(0, 100)
}

customElements.define("radar-statistics", Statistics)
customElements.define("radar-peers", Peers)
