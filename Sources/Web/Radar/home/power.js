import { h, setText } from "../dom.js"
import { duration } from "../format.js"
import { t } from "../texts.js"
import { Card, elementLink, fixed, itemsOf, markStale, Meter, Rows, Tag, words } from "./parts.js"

/** Mains adapters and batteries. */
export class Power extends Card {
    #list = h("ul", { class: "bars" })
    #rows = new Rows(this.#list, supply)

    constructor() {
        super("power", { prefix: "power/", max: 6 })
        this.body.append(this.#list)
    }

    take(model) {
        const items = itemsOf(model, "power")
        this.#rows.update(this.cut(items, model.hidden("power/")).map((item) => [item.path, item]))
        return items.length > 0
    }
}

function supply(path, item) {
    const name = path.split("/").pop()
    const meter = typeof item.value.capacity === "number" ? new Meter(t("home.charge", { name })) : null
    const tag = new Tag()
    const text = h("span", { class: "number soft" })
    const element = h("li", { class: "bar-item" },
        h("div", { class: "row spread" }, h("span", { class: "names" }, elementLink(path, name),
            h("span", { class: "soft group" }, words(item.value.model ?? item.value.type, 40))), tag.element, text), meter?.element)
    return {
        element,
        update({ value, goneAt }) {
            const isLow = value.capacity <= 15 && value.status === "discharging"
            const level = isLow ? (value.capacity <= 5 ? "bad" : "warn") : "good"
            if (meter) {
                meter.update(value.capacity / 100, level, `${fixed(value.capacity, 0)} %`)
                tag.update(isLow ? t("home.batteryLow") : words(value.status, 30), isLow ? level : "")
            } else {
                tag.update(value.online ? t("home.online") : t("home.offline"), value.online ? "good" : "")
            }
            const parts = []
            if (meter) parts.push(`${fixed(value.capacity, 0)} %`)
            if (typeof value.power === "number") parts.push(`${fixed(value.power, 1)} W`)
            else if (!meter && typeof value.voltage === "number") parts.push(`${fixed(value.voltage, 1)} V`)
            if (value.timeToEmpty > 0) parts.push(t("home.toEmpty", { time: duration(value.timeToEmpty) }))
            else if (value.timeToFull > 0) parts.push(t("home.toFull", { time: duration(value.timeToFull) }))
            setText(text, parts.join(" · "))
            markStale(element, { goneAt })
        },
    }
}
