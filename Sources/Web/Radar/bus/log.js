import { announce, fill, h, oncePerFrame, setText } from "../dom.js"
import { number } from "../format.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { field, select } from "../widgets/field.js"
import { MessageRing, ringSize } from "./messages.js"

/** How many messages the list shows, and the least time between two updates, in milliseconds. */
const mostShown = 100
const pause = 300
const arrows = { in: "←", out: "→" }

/** The messages of this page's connection, without secrets: the newest first. */
export class MessageLog extends HTMLElement {
    #ring = new MessageRing()
    #isPaused = false
    #end = null
    #rows = new Map()
    #drawnAt = 0
    #text = h("input", { type: "search", spellcheck: "false", autocapitalize: "none", on: { input: () => this.#show() } })
    #direction = select([["", t("bus.both")], ["in", t("bus.in")], ["out", t("bus.out")]], { on: { change: () => this.#show() } })
    #pause = h("button", { "aria-pressed": "false", on: { click: () => this.#turn() } }, t("bus.pause"))
    #status = h("p", { class: "soft number" })
    #list = h("ol", { class: "messages" })
    #soon = oncePerFrame(() => this.#draw())

    connectedCallback() {
        fill(this, h("div", { class: "controls" }, field(t("bus.filter"), this.#text), field(t("bus.direction"), this.#direction), this.#pause,
            h("button", { on: { click: () => { this.#ring.clear(); this.#show() } } }, t("bus.empty"))), this.#status, this.#list)
        this.#end = session.listenToMessages((direction, message, length) => {
            if (this.#isPaused) return
            this.#ring.add(direction, message, length)
            this.#soon()
        })
        this.#show()
    }

    disconnectedCallback() { this.#end() }

    #turn() {
        this.#isPaused = !this.#isPaused
        this.#pause.setAttribute("aria-pressed", this.#isPaused)
        this.#show()
    }

    #draw() {
        if (!this.isConnected) return
        if (performance.now() - this.#drawnAt < pause) this.#soon()
        else this.#show()
    }

    #show() {
        this.#drawnAt = performance.now()
        const found = this.#ring.find({ text: this.#text.value, direction: this.#direction.value }, mostShown)
        setText(this.#status, `${t("bus.messageCount", { n: number(this.#ring.count), kept: ringSize, shown: found.length })}${
            this.#isPaused ? ` ${t("bus.isPaused")}` : ""}`)
        const rows = found.map(entry => this.#row(entry))
        const kept = new Set(rows)
        for (const [key, row] of this.#rows) if (!kept.has(row)) { row.remove(); this.#rows.delete(key) }
        for (const [index, row] of rows.entries()) {
            if (this.#list.children[index] !== row) this.#list.insertBefore(row, this.#list.children[index] ?? null)
        }
    }

    #row(entry) {
        const known = this.#rows.get(entry.number)
        if (known) return known
        const body = h("div", { class: "stack" })
        const details = h("details", { on: { toggle: () => { if (details.open && !body.firstChild) this.#open(entry, body) } } },
            h("summary", {},
                h("span", { class: "number soft" }, new Date(entry.at).toISOString().slice(11, 23)),
                h("span", { "aria-hidden": "true" }, arrows[entry.direction]), h("span", { class: "hidden" }, t(`bus.${entry.direction}`)),
                h("span", { class: `tag ${entry.kind === "error" ? "bad" : ""}` }, t(`bus.kinds.${entry.kind}`)),
                h("span", { class: "mono cut grow" }, entry.text), h("span", { class: "number soft" }, number(entry.length))), body)
        const row = h("li", {}, details)
        this.#rows.set(entry.number, row)
        return row
    }

    #open(entry, body) {
        const text = JSON.stringify(entry.message, null, 2)
        const copy = async () => {
            try {
                await navigator.clipboard.writeText(text)
                announce(t("builder.copied"))
            } catch {
                getSelection().selectAllChildren(pre)
                announce(t("builder.selected"))
            }
        }
        const pre = h("pre", { class: "scroll code", tabindex: "0", role: "region", "aria-label": t("bus.message") }, text)
        if (!this.#isPaused) this.#turn()
        fill(body, pre, h("div", { class: "row" }, h("button", { on: { click: copy } }, t("builder.copy"))))
    }
}

customElements.define("radar-messages", MessageLog)
