import { announce, fill, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { number } from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { field, select } from "../widgets/field.js"
import { region } from "../widgets/parts.js"
import { mostElements, Sample } from "./sample.js"

const longestShown = 200

/** Which paths change most: counted for some seconds when the user asks for it, since it takes every change. */
export class Busiest extends HTMLElement {
    #fetch = null
    #timer = null
    #prefix = h("input", { type: "search", spellcheck: "false", autocapitalize: "none", placeholder: "sensors/" })
    #seconds = select([5, 10, 30, 60].map(n => [n, t("bus.seconds", { n })]), { value: 10 })
    #parts = select([[0, t("bus.whole")], ...[1, 2, 3].map(n => [n, t("bus.parts.first", { n })])])
    #button = h("button", { class: "primary", type: "submit" }, t("bus.start"))
    #progress = h("progress", { max: 1, "aria-label": t("bus.progress"), hidden: true })
    #status = h("p", { class: "soft number" }, t("bus.sampleHint", { n: number(mostElements) }))
    #body = h("tbody")
    #table = region("div", t("bus.tabs.paths"), { class: "scroll", hidden: true },
        h("table", {}, h("thead", {}, h("tr", {}, [["path", ""], ["rate", "number"], ["changes", "number"],
            ["share", "number"]].map(([name, kind]) => h("th", { scope: "col", class: kind }, t(`bus.${name}`))))),
        this.#body))

    connectedCallback() {
        const submit = event => {
            event.preventDefault()
            if (this.#fetch) this.#stop()
            else this.#start()
        }
        fill(this, h("form", { class: "controls", on: { submit } }, field(t("bus.prefix"), this.#prefix),
            field(t("bus.for"), this.#seconds), field(t("bus.countBy"), this.#parts), this.#button),
        this.#progress, this.#status, this.#table)
    }

    disconnectedCallback() { this.#stop(false) }

    #start() {
        const sample = new Sample(Number(this.#parts.value))
        const seconds = Number(this.#seconds.value)
        const prefix = this.#prefix.value
        const start = performance.now()
        const rule = { ...(prefix && { path: { startsWith: prefix } }), max: mostElements }
        const started = this.#fetch = session.jet.fetch(rule, notice => sample.add(notice))
        started.started.catch(error => {
            if (this.#fetch !== started) return
            this.#stop(false)
            setText(this.#status, explain(error))
        })
        setText(this.#button, t("bus.stop"))
        this.#progress.hidden = false
        const tick = () => {
            const passed = (performance.now() - start) / 1000
            this.#progress.value = Math.min(1, passed / seconds)
            this.#show(sample, Math.min(passed, seconds))
            if (passed >= seconds) this.#stop()
        }
        this.#timer = setInterval(tick, 500)
        tick()
    }

    #stop(isSaid = true) {
        if (!this.#fetch) return
        this.#fetch.end().catch(() => {})
        this.#fetch = null
        clearInterval(this.#timer)
        setText(this.#button, t("bus.start"))
        this.#progress.hidden = true
        if (isSaid) announce(this.#status.textContent)
    }

    #show(sample, seconds) {
        const busiest = sample.busiest(seconds)
        setText(this.#status, [
            t("bus.counted", {
                n: number(sample.changes), elements: number(sample.elements), seconds: number(seconds, 1),
            }),
            sample.elements >= mostElements && t("bus.bounded", { n: number(mostElements) }),
            sample.others > 0 && t("bus.others", { n: number(sample.others) }),
        ].filter(Boolean).join(" "))
        this.#table.hidden = busiest.length === 0
        const isWhole = sample.parts === 0
        fill(this.#body, busiest.map(({ name, count, rate, share }) => {
            const shown = name.slice(0, longestShown)
            return h("tr", { style: { "--share": `${Math.round(share * 100)}%` } },
                h("th", { scope: "row", class: "mono" },
                    isWhole ? h("a", { href: href("element", { path: name }) }, shown) : shown),
                [`${number(rate, 1)}/s`, number(count), `${number(share * 100, 1)} %`].map(text =>
                    h("td", { class: "number" }, text)))
        }))
    }
}

customElements.define("radar-busiest", Busiest)
