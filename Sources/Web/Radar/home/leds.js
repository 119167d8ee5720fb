import { announce, fill, h, setText, uniqueId } from "../dom.js"
import { t } from "../texts.js"
import { object, schemaOf, titleOf } from "./classify.js"
import {
    act, allow, Card, elementLink, itemsOf, markStale, problemPlace, Rows, setAttribute, setUnlessUsed, words,
} from "./parts.js"

const mostTriggers = 100
const verbs = ["blink", "identify"]

/** LEDs to click: whatever has a `brightness` in its schema, wherever it is. */
export class LEDs extends Card {
    #list = h("ul", { class: "leds" })
    #rows = new Rows(this.#list, (path, { item }) => new LEDRow(path, item))

    constructor() {
        super("leds", { prefix: "led/", max: 12 })
        this.body.append(this.#list)
    }

    take(model) {
        const items = itemsOf(model, "leds")
        this.#rows.update(this.cut(items).map((item) => [item.path, {
            item, methods: Object.fromEntries(verbs.map((name) => [name, model.items.get(`${item.path}/${name}`)])),
        }]))
        this.explain(items)
        return items.length > 0
    }
}

/** Sends the newest of the values that a slider passes through, one at a time. */
class Sender {
    #send
    #next
    #isBusy = false

    constructor(send) { this.#send = send }

    async send(value) {
        this.#next = { value }
        if (this.#isBusy) return
        this.#isBusy = true
        while (this.#next) {
            const { value: now } = this.#next
            this.#next = null
            await this.#send(now)
        }
        this.#isBusy = false
    }

    get isBusy() { return this.#isBusy }
}

class LEDRow {
    #path
    #item
    #members
    #bulb = h("span", { class: "bulb", "aria-hidden": "true" })
    #state = h("span", { class: "soft number" })
    #problem = problemPlace()
    #switch
    #slider = null
    #color = null
    #trigger = null
    #methods = {}
    #more
    #sender = new Sender((value) => this.#set(value))

    constructor(path, item) {
        this.#path = path
        this.#item = item
        this.#members = object(schemaOf(item.meta)?.properties)
        const title = titleOf(item).replace(/^LED /, "")
        this.#switch = h("input", {
            type: "checkbox", role: "switch", class: "switch", "aria-label": t("led.switch", { name: title }),
            on: { change: () => this.#turn(this.#switch.checked) },
        })
        const more = this.#controls(title)
        this.element = h("li", { class: "led" },
            h("div", { class: "row led-head" }, this.#bulb,
                h("span", { class: "names grow" }, elementLink(path, title), this.#state), this.#more, this.#switch),
            more, this.#problem)
    }

    get #max() { return object(this.#members.brightness).maximum ?? this.#item.value.max ?? 255 }

    #controls(title) {
        const max = this.#max
        const fields = []
        if (max > 1) {
            this.#slider = h("input",
                { type: "range", min: 0, max, step: 1, "aria-label": t("led.brightnessOf", { name: title }) })
            this.#slider.addEventListener("input", () => this.#sender.send({ brightness: Number(this.#slider.value) }))
            fields.push(this.#slider)
        }
        const extra = []
        const parts = object(object(this.#members.color).properties)
        if (parts.red && parts.green && parts.blue) {
            this.#color = h("input", { type: "color" })
            this.#color.addEventListener("input", () => this.#sender.send({ color: this.#mixed(parts) }))
            extra.push(h("label", { class: "field" }, t("led.color"), this.#color))
        }
        const triggers = object(this.#members.trigger).enum
        if (Array.isArray(triggers)) {
            this.#trigger = h("select", {}, triggers.slice(0, mostTriggers).map((name) =>
                h("option", { value: String(name) }, words(String(name), 60))))
            this.#trigger.addEventListener("change", () => this.#sender.send({ trigger: this.#trigger.value }))
            extra.push(h("label", { class: "field" }, t("led.trigger"), this.#trigger))
        }
        this.#methods = {
            identify: this.#method("identify", {}, title, "led.identifying"),
            blink: this.#method("blink", { on: 500, off: 500 }, title, "led.blinks"),
        }
        extra.push(h("div", { class: "row" }, Object.values(this.#methods)))
        const more = h("div", { class: "stack led-more", id: uniqueId("led"), hidden: true }, extra)
        this.#more = h("button", {
            type: "button", class: "small quiet", "aria-expanded": "false", "aria-controls": more.id,
            "aria-label": t("led.moreOf", { name: title }),
        }, t("led.more"))
        this.#more.addEventListener("click", () => {
            more.hidden = !more.hidden
            this.#more.setAttribute("aria-expanded", String(!more.hidden))
            setText(this.#more, t(more.hidden ? "led.more" : "led.less"))
            setAttribute(this.#more, "aria-label", t(more.hidden ? "led.moreOf" : "led.lessOf", { name: title }))
        })
        return fill(h("div", { class: "led-controls" }), fields, more)
    }

    #method(name, args, title, done) {
        const button = h("button", {
            type: "button", class: "small", hidden: true, "aria-label": t(`led.${name}Of`, { name: title }),
        }, t(`led.${name}`))
        button.addEventListener("click", () => act(button, this.#problem, async (jet) => {
            await jet.call(`${this.#path}/${name}`, args)
            announce(t(done, { name: title }))
        }))
        return button
    }

    #turn(isOn) {
        const value = { brightness: isOn ? this.#max : 0 }
        // Light under a trigger would only be the brightness that it blinks with.
        if (this.#members.trigger && this.#item.value.trigger !== "none") value.trigger = "none"
        this.#sender.send(value)
    }

    /** The colour that was chosen, by the greatest value of each part. */
    #mixed(parts) {
        const chosen = this.#color.value
        return Object.fromEntries(["red", "green", "blue"].map((name, index) => {
            const share = Number.parseInt(chosen.slice(1 + 2 * index, 3 + 2 * index), 16) / 255
            return [name, Math.round(share * (object(parts[name]).maximum ?? 255))]
        }))
    }

    async #set(value) {
        const isDone = await act(null, this.#problem, (jet) => jet.set(this.#path, value))
        if (!isDone) this.update({ item: this.#item, methods: null })
    }

    update({ item, methods }) {
        this.#item = item
        const value = object(item.value)
        const max = this.#max
        const isBlinking = value.blinking === true
        const brightness = typeof value.brightness === "number" ? value.brightness : 0
        const share = isBlinking ? 1 : Math.min(1, Math.max(0, brightness / max))
        setText(this.#state, isBlinking ? t("led.blinking", { trigger: words(value.trigger ?? "", 30) })
            : value.trigger && value.trigger !== "none" ? words(value.trigger, 30)
            : max > 1 ? `${Math.round(share * 100)} %` : t(share > 0 ? "home.on" : "home.off"))
        this.#shine(value, share, isBlinking)
        if (!this.#sender.isBusy) this.#follow(value, share > 0)
        for (const control of [this.#switch, this.#slider, this.#color, this.#trigger]) {
            if (control) allow(control, item)
        }
        if (methods) {
            for (const [name, method] of Object.entries(methods)) {
                this.#methods[name].hidden = !method
                if (method) allow(this.#methods[name], method)
            }
        }
        markStale(this.element, item)
    }

    #shine(value, share, isBlinking) {
        const color = object(value.color)
        const top = Math.max(1, color.red ?? 0, color.green ?? 0, color.blue ?? 0)
        const parts = ["red", "green", "blue"].map((name) => Math.round(((Number(color[name]) || 0) / top) * 255))
        const shown = parts.some((part) => part > 0) ? `rgb(${parts.join(" ")})` : colorIn(this.#path)
        if (this.#bulb.style.getPropertyValue("--bulb") !== shown) this.#bulb.style.setProperty("--bulb", shown)
        const opacity = share > 0 ? (0.35 + 0.65 * share).toFixed(2) : "0"
        if (this.#bulb.style.getPropertyValue("--glow") !== opacity) this.#bulb.style.setProperty("--glow", opacity)
        this.#bulb.classList.toggle("is-blinking", isBlinking)
    }

    #follow(value, isOn) {
        if (this.#switch.checked !== isOn) this.#switch.checked = isOn
        if (this.#slider && typeof value.brightness === "number") {
            setUnlessUsed(this.#slider, "value", String(value.brightness))
            setAttribute(this.#slider, "aria-valuetext", `${Math.round((value.brightness / this.#max) * 100)} %`)
        }
        if (this.#trigger && typeof value.trigger === "string") setUnlessUsed(this.#trigger, "value", value.trigger)
        if (this.#color) {
            const parts = object(object(this.#members.color).properties)
            const hex = ["red", "green", "blue"].map((name) => {
                const part = Math.round(
                    ((Number(object(value.color)[name]) || 0) / (object(parts[name]).maximum ?? 255)) * 255)
                return Math.min(255, Math.max(0, part)).toString(16).padStart(2, "0")
            })
            setUnlessUsed(this.#color, "value", `#${hex.join("")}`)
        }
    }
}

const colors = { red: "#f04438", green: "#2fbf5b", blue: "#3b82f6", amber: "#f5a623", yellow: "#f5c518",
    orange: "#f58a23", white: "#f4f1e8", violet: "#9b5cf6", purple: "#9b5cf6" }

/** The colour of an LED by the kernel's way to name them: device:color:function. */
function colorIn(path) {
    for (const word of path.split(/[/:]/)) if (Object.hasOwn(colors, word)) return colors[word]
    return "#f5c518"
}
