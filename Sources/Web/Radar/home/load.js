import { h, setText } from "../dom.js"
import { bytes } from "../format.js"
import { t } from "../texts.js"
import { limits, object } from "./classify.js"
import { Card, elementLink, fixed, linkTo, markStale, Meter, Rows, setAttribute } from "./parts.js"
import { Spark } from "./spark.js"

/** From which share on a processor, and memory, are called busy and full. */
const busy = 90
const full = 0.9
const mostCores = 128

/** The processor: its use with a line of the last minutes, each core, frequency, temperature, load. */
export class Processor extends Card {
    #usage = h("a", { class: "big number", href: linkTo("cpu/usage") })
    #spark = new Spark("cpu/usage", { unit: "%", min: 0, max: 100 })
    #cores = h("div", { class: "cores", role: "img" })
    #facts = h("dl", { class: "facts" })
    #rows = new Rows(this.#facts, (key) => fact(key))
    #bars = []

    constructor() {
        super("processor", { prefix: "cpu/" })
        this.body.append(h("div", { class: "headline" }, this.#usage, this.#spark.element), this.#cores, this.#facts)
    }

    take(model) {
        const item = model.items.get("cpu/usage")
        const usage = object(item?.value)
        const hasUsage = typeof usage.total === "number"
        this.body.firstElementChild.hidden = !hasUsage
        if (hasUsage) {
            setText(this.#usage, `${fixed(usage.total, 0)} %`)
            if (item.goneAt === null) this.#spark.push(usage.total)
            markStale(this.element, item)
        }
        this.#showCores(Array.isArray(usage.cores) ? usage.cores : [])
        const rows = [...this.#load(model), ...this.#clock(model), ...this.#heat(model), ...pressure(model, "cpu")]
        this.#rows.update(rows)
        return hasUsage || rows.length > 0
    }

    #showCores(cores) {
        const shown = cores.slice(0, mostCores)
        this.#cores.hidden = shown.length < 2
        while (this.#bars.length > shown.length) this.#bars.pop().parentElement.remove()
        while (this.#bars.length < shown.length) {
            const bar = h("span", {})
            this.#bars.push(bar)
            this.#cores.append(h("span", { class: "core" }, bar))
        }
        shown.forEach((share, index) => {
            const height = `${Math.round(Math.min(100, Math.max(0, Number(share) || 0)))}%`
            const bar = this.#bars[index]
            if (bar.style.height !== height) bar.style.height = height
        })
        const known = shown.filter((share) => typeof share === "number")
        setAttribute(this.#cores, "aria-label", t("home.cores", { n: cores.length, busy: known.filter((share) => share >= busy).length }))
    }

    #load(model) {
        const load = object(model.value("system/load"))
        if (typeof load["1m"] !== "number") return []
        const text = ["1m", "5m", "15m"].map((span) => fixed(load[span], 2)).join("   ")
        return [["system/load", { name: t("home.load"), text, hint: t("home.loadHint") }]]
    }

    #clock(model) {
        const value = model.value("cpu/frequency")
        const numbers = (Array.isArray(value?.cores) ? value.cores.slice(0, mostCores) : [value])
            .filter((number) => typeof number === "number")
        if (numbers.length === 0) return []
        const [low, high] = [Math.min(...numbers) / 1000, Math.max(...numbers) / 1000]
        const text = fixed(low, 1) === fixed(high, 1) ? `${fixed(high, 1)} GHz` : `${fixed(low, 1)} – ${fixed(high, 1)} GHz`
        return [["cpu/frequency", { name: t("home.frequency"), text }]]
    }

    #heat(model) {
        const item = model.items.get("cpu/temperature")
        if (typeof item?.value !== "number") return []
        const most = limits(item.meta).find((limit) => limit.kind === "bad")
        return [["cpu/temperature", {
            name: t("home.temperature"), text: `${fixed(item.value)} °C`,
            level: most && item.value >= most.value ? "bad" : "",
        }]]
    }
}

/** Memory: how much is in use, what is available, swap. */
export class Memory extends Card {
    #used = h("a", { class: "big number", href: linkTo("system/memory") })
    #spark = new Spark("system/memory", { unit: "%", min: 0, max: 100 })
    #meter = new Meter(t("home.memory"))
    #facts = h("dl", { class: "facts" })
    #rows = new Rows(this.#facts, (key) => fact(key))

    constructor() {
        super("memory", { prefix: "system/memory" })
        this.body.append(h("div", { class: "headline" }, this.#used, this.#spark.element), this.#meter.element, this.#facts)
    }

    take(model) {
        const item = model.items.get("system/memory")
        const memory = object(item?.value)
        if (!(memory.total > 0)) return false
        const available = memory.available ?? memory.free ?? 0
        const share = 1 - available / memory.total
        const level = share > 0.97 ? "bad" : share > full ? "warn" : "good"
        setText(this.#used, `${fixed(share * 100, 0)} %`)
        if (item.goneAt === null) this.#spark.push(share * 100)
        markStale(this.element, item)
        this.#meter.update(share, level, t("home.usedOf", { used: bytes(memory.total - available), total: bytes(memory.total) }))
        const rows = [
            ["available", { name: t("home.available"), text: bytes(available), path: "system/memory" }],
            ["total", { name: t("home.total"), text: bytes(memory.total), path: "system/memory" }],
        ]
        if (memory.swapTotal > 0) {
            const used = memory.swapTotal - (memory.swapFree ?? 0)
            rows.push(["swap", { name: t("home.swap"), text: t("home.usedOf", { used: bytes(used), total: bytes(memory.swapTotal) }), path: "system/memory" }])
        }
        this.#rows.update([...rows, ...pressure(model, "memory"), ...pressure(model, "io")])
        return true
    }
}

/** How much of the last ten seconds something was waited for; it is said in words when it is much. */
function pressure(model, kind) {
    const some = object(object(object(model.value("system/pressure"))[kind]).some)
    if (typeof some.avg10 !== "number") return []
    const level = some.avg10 >= 40 ? "warn" : ""
    return [[`pressure-${kind}`, {
        name: t(`home.pressure.${kind}`), text: `${fixed(some.avg10, 0)} %`, level, path: "system/pressure",
        hint: t("home.pressureHint"),
    }]]
}

/** A line of a name and a value, which leads to the element. */
function fact(path) {
    const value = h("dd", { class: "number" })
    const name = h("dt")
    const element = h("div", { class: "fact" }, name, value)
    let link = null
    return {
        element,
        update(item) {
            if (!link) {
                link = elementLink(item.path ?? path, item.name)
                name.append(link)
                if (item.hint) setAttribute(element, "title", item.hint)
            }
            setText(value, item.text)
            setAttribute(value, "class", `number ${item.level ?? ""}`.trim())
        },
    }
}
