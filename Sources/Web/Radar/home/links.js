import { announce, h, setText } from "../dom.js"
import { href } from "../router.js"
import { t } from "../texts.js"
import { object, shorten } from "./classify.js"
import {
    addTo, Card, chartOf, elementLink, endCharts, fact, fixed, itemsOf, linkTo, markStale, Rows, setAttribute, Tag,
    words,
} from "./parts.js"
import { rate } from "./readings.js"

const mostAddresses = 8

/** The links of the network with their addresses and rates, the way out, and the name servers. */
export class Links extends Card {
    #list = h("ul", { class: "links" })
    #rows = new Rows(this.#list, link)
    #facts = h("dl", { class: "facts" })
    #factRows = new Rows(this.#facts, fact)

    constructor() {
        super("links", { prefix: "network/", max: 8 })
        this.body.append(this.#list, this.#facts)
    }

    take(model) {
        const all = itemsOf(model, "links", "link")
        // Links of hardware have no kind; those of software may be many.
        const rank = (item) => isUp(item) + (item.value.kind === undefined ? 2 : 0)
        const useful = all.filter(isUseful).sort((left, right) => rank(right) - rank(left))
        const settings = new Map(itemsOf(model, "settings", "link").map((item) => [item.path.split("/").pop(), item]))
        const shown = this.cut(useful, all.length - useful.length + model.hidden("network/"))
        this.#rows.update(shown.map((item) => [item.path, {
            item, rates: object(model.value(`${item.path}/rates`)), radio: object(model.value(`${item.path}/wireless`)),
            networkd: object(model.value(`${item.path}/networkd`)), settings: settings.get(item.path.split("/").pop()),
        }]))
        const routes = object(model.value("network/default-route"))
        const dns = object(model.value("network/dns"))
        const rows = []
        for (const family of ["inet", "inet6"]) {
            const route = object(routes[family])
            if (route.gateway || route.link) {
                rows.push([family, { path: "network/default-route", name: t(`home.route.${family}`),
                    text: [route.gateway, route.link].filter(Boolean).map((word) => words(word, 50)).join(" · ") }])
            }
        }
        const servers = (Array.isArray(dns.servers) ? dns.servers.slice(0, 4) : [])
            .map((server) => words(object(server).address, 50))
        if (servers.length) rows.push(["dns", { path: "network/dns", name: t("home.dns"), text: servers.join(", ") }])
        this.#factRows.update(rows)
        return shown.length > 0
    }
}

function isUp(item) {
    const { state } = item.value
    return state === "UP" || (state === "UNKNOWN" && flags(item).includes("UP")) ? 1 : 0
}

function flags(item) { return Array.isArray(item.value.flags) ? item.value.flags : [] }

/** Whether a link is worth a place: not the loopback, and not one that is down and has never been configured. */
function isUseful(item) {
    if (flags(item).includes("LOOPBACK")) return false
    return isUp(item) === 1 || item.value.addresses.length > 0 || item.value.kind === undefined
}

function link(path, { item }) {
    const name = path.split("/").pop()
    const tag = new Tag()
    const detail = h("span", { class: "soft" })
    const rates = h("span", { class: "number soft rates" })
    const chart = chartOf(`${path}/rates`, t("home.trafficOf", { name }), "B/s")
    const addresses = h("ul", { class: "addresses" })
    const addressRows = new Rows(addresses, address)
    const settings = h("a", { class: "button small", hidden: true }, t("home.settings"))
    const traffic = h("a", {
        class: "traffic", href: linkTo(`${path}/rates`), "aria-label": t("home.trafficOf", { name }),
    }, chart.element, rates)
    const element = h("li", { class: "link" },
        h("div", { class: "row link-head" }, elementLink(path, name), tag.element, h("span", { class: "grow" }),
            settings),
        detail, addresses, traffic)
    return {
        element,
        update({ item, rates: now, radio, networkd, settings: own }) {
            const value = item.value
            const up = isUp(item) === 1
            tag.update(up ? t("home.up1") : value.carrier === false ? t("home.noCarrier") : t("home.down"),
                up ? "good" : "warn")
            setText(detail, details(value, radio, networkd).join(" · "))
            detail.hidden = detail.textContent === ""
            const shown = value.addresses.filter((one) => object(one).address).slice(0, mostAddresses)
            addressRows.update(shown.map((one) => [`${one.address}/${one.prefixLength}`, one]))
            traffic.hidden = typeof now.rxBytes !== "number"
            if (!traffic.hidden) {
                setText(rates, t("home.rates", { down: rate(now.rxBytes), up: rate(now.txBytes) }))
                addTo(chart, item, (now.rxBytes ?? 0) + (now.txBytes ?? 0))
            }
            settings.hidden = !own
            if (own) {
                setAttribute(settings, "href", href("home", { settings: own.path }))
                setAttribute(settings, "aria-label", t("home.settingsOf", { name }))
            }
            markStale(element, item)
        },
        end: () => endCharts([chart]),
    }
}

function details(value, radio, networkd) {
    const parts = []
    if (radio.ssid) parts.push(words(radio.ssid, 40))
    if (typeof radio.signal === "number") parts.push(`${fixed(radio.signal, 0)} dBm`)
    if (typeof radio.stations === "number") parts.push(t("home.stations", { n: radio.stations }))
    if (value.kind) parts.push(words(value.kind, 16))
    if (object(networkd.lease).server) parts.push(t("home.lease", { server: words(networkd.lease.server, 50) }))
    if (value.mac && value.mac !== "00:00:00:00:00:00") parts.push(words(value.mac, 20))
    if (Number.isInteger(value.mtu) && value.mtu !== 1500) parts.push(`MTU ${value.mtu}`)
    return parts
}

/** An address, which a click copies. */
function address(key) {
    const text = shorten(key, 60)
    const button = h("button", {
        type: "button", class: "copy mono", title: t("home.copy"), "aria-label": t("home.copyWhat", { text }),
    }, text)
    button.addEventListener("click", async () => {
        const isCopied = await copy(key.split("/")[0])
        announce(t(isCopied ? "home.copied" : "home.notCopied", { text }))
        if (!isCopied) return
        button.classList.add("is-done")
        setTimeout(() => button.classList.remove("is-done"), 1200)
    })
    const scope = h("span", { class: "soft" })
    return {
        element: h("li", {}, button, scope),
        update(one) { setText(scope, one.scope === "link" ? t("home.linkLocal") : "") },
    }
}

/** Copies a text; a page that came without TLS has no clipboard, but can still copy what is selected. */
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text)
        return true
    } catch {
        const field = h("textarea", { class: "hidden", readonly: true, props: { value: text } })
        const place = document.querySelector("dialog[open]") ?? document.body
        const focused = document.activeElement
        place.append(field)
        field.select()
        try { return document.execCommand("copy") } catch { return false } finally { field.remove(); focused?.focus() }
    }
}
