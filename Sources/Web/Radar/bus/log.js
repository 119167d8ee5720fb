import { fill, h, oncePerFrame, setText } from "../dom.js"
import { number } from "../format.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { field, select } from "../widgets/field.js"
import { button, copyFrom, place, region, Rows } from "../widgets/parts.js"
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
    #rows = new Rows()
    #drawnAt = 0
    #change = () => this.#show()
    #text = h("input", { type: "search", spellcheck: "false", autocapitalize: "none", on: { input: this.#change } })
    #direction = select([["", t("bus.both")], ["in", t("bus.in")], ["out", t("bus.out")]], {
        on: { change: this.#change },
    })
    #pause = button(t("bus.pause"), () => this.#turn(), { "aria-pressed": "false" })
    #clear = button(t("bus.empty"), () => {
        this.#ring.clear()
        this.#show()
    })
    #status = h("p", { class: "soft number" })
    #list = h("ol", { class: "messages" })
    #soon = oncePerFrame(() => this.#draw())

    connectedCallback() {
        fill(this, h("div", { class: "controls" }, field(t("bus.filter"), this.#text),
            field(t("bus.direction"), this.#direction), this.#pause, this.#clear), this.#status, this.#list)
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
        const count = { n: number(this.#ring.count), kept: ringSize, shown: found.length }
        setText(this.#status, `${t("bus.messageCount", count)} ${this.#isPaused ? t("bus.isPaused") : ""}`)
        const rows = this.#rows.of(found, entry => entry.number, entry => this.#row(entry))
        // Those that have left go first: then the others stay where they are, with the focus.
        const kept = new Set(rows)
        for (const row of [...this.#list.children]) if (!kept.has(row)) row.remove()
        place(this.#list, rows)
    }

    #row(entry) {
        const body = h("div", { class: "stack" })
        const toggle = () => { if (details.open && !body.firstChild) this.#open(entry, body) }
        const details = h("details", { on: { toggle } }, h("summary", {},
            h("span", { class: "number soft" }, new Date(entry.at).toISOString().slice(11, 23)),
            h("span", { "aria-hidden": "true" }, arrows[entry.direction]),
            h("span", { class: "hidden" }, t(`bus.${entry.direction}`)),
            h("span", { class: `tag ${entry.kind === "error" ? "bad" : ""}` }, t(`bus.kinds.${entry.kind}`)),
            h("span", { class: "mono cut grow" }, entry.text),
            h("span", { class: "number soft" }, t("bus.bytes", { n: number(entry.length) }))), body)
        return h("li", {}, details)
    }

    #open(entry, body) {
        const pre = region("pre", t("bus.message"), { class: "scroll code" }, JSON.stringify(entry.message, null, 2))
        if (!this.#isPaused) this.#turn()
        fill(body, pre, h("div", { class: "row" }, button(t("shell.copy"), () => copyFrom(pre))))
    }
}

customElements.define("radar-messages", MessageLog)
