import { h, setText } from "../dom.js"
import { bytes } from "../format.js"
import { t } from "../texts.js"
import { object } from "./classify.js"
import { Card, elementLink, fixed, itemsOf, markStale, Meter, Rows, Tag, words } from "./parts.js"

const nearlyFull = 0.85
const full = 0.95

/** File systems as bars, and what the disks do. */
export class Storage extends Card {
    #list = h("ul", { class: "bars" })
    #rows = new Rows(this.#list, filesystem)
    #disks = h("ul", { class: "lines" })
    #diskRows = new Rows(this.#disks, disk)

    constructor() {
        super("storage", { prefix: "storage/", max: 8 })
        this.body.append(this.#list, this.#disks)
    }

    take(model) {
        // What has no size, as a file system of the kernel's own, has nothing to be shown as a bar.
        const filesystems = itemsOf(model, "storage", "filesystem").filter((item) => item.value.size > 0)
            .sort((left, right) => (mountPoint(left) < mountPoint(right) ? -1 : 1))
        const disks = itemsOf(model, "storage", "disk").slice(0, this.max)
        this.#rows.update(this.cut(filesystems).map((item) => [item.path, item]))
        this.#diskRows.update(disks.map((item) => [item.path, item]))
        this.#disks.hidden = disks.length === 0
        return filesystems.length + disks.length > 0
    }
}

function mountPoint(item) { return String(item.value.mountPoint ?? item.path) }

function filesystem(path, item) {
    const meter = new Meter(t("home.filesystem", { name: words(item.value.mountPoint ?? path, 60) }))
    const text = h("span", { class: "number soft" })
    const tag = new Tag()
    const element = h("li", { class: "bar-item" },
        h("div", { class: "row spread" },
            h("span", { class: "names" }, elementLink(path, words(item.value.mountPoint ?? path.split("/").pop(), 60)),
                h("span", { class: "soft group" }, words(item.value.type ?? "", 20))), tag.element, text),
        meter.element)
    return {
        element,
        update(item) {
            const { size, used, available = size - used, readOnly } = item.value
            // As df(1) computes it: what only root may use is not available.
            const share = used / Math.max(1, used + available)
            const level = share >= full && !readOnly ? "bad" : share >= nearlyFull && !readOnly ? "warn" : "good"
            const detail = t("home.availableOf", { available: bytes(available), total: bytes(size) })
            setText(text, detail)
            meter.update(share, level, `${fixed(share * 100, 0)} %, ${detail}`)
            tag.update(readOnly ? t("home.readOnly") : level === "bad" ? t("home.full") : level === "warn" ? t("home.nearlyFull") : "",
                level === "good" ? "" : level)
            markStale(element, item)
        },
    }
}

function disk(path) {
    const text = h("span", { class: "reading number soft" })
    const element = h("li", { class: "line" }, h("span", { class: "names" }, elementLink(path, path.split("/").pop()),
        h("span", { class: "soft group" }, "")), text)
    const group = element.querySelector(".group")
    return {
        element,
        update(item) {
            const value = object(item.value)
            setText(group, [value.model && words(value.model, 40), t("home.busy", { busy: fixed(value.busyPercent, 0) })].filter(Boolean).join(" · "))
            setText(text, t("home.disk", { read: rate(value.readRate), write: rate(value.writeRate) }))
            markStale(element, item)
        },
    }
}

/** A rate in bytes per second. */
export function rate(value) { return typeof value === "number" ? `${bytes(Math.max(0, value))}/s` : "–" }
