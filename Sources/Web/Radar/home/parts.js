import { whyNot } from "../access.js"
import { Chart } from "../chart.js"
import { announce, attribute, fill, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { bytes } from "../format.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { shorten, titleOf } from "./classify.js"
import "../widgets/age.js"
import { openDialog } from "../widgets/field.js"

// MARK: Values and elements of the page

/** The address of an element's own view. */
export function linkTo(path) { return href("element", { path }) }

/** A link to an element, with its title. */
export function elementLink(path, title, className = "item-link") {
    return h("a", { class: className, href: linkTo(path), title: shorten(path, 200) }, title)
}

/** A number with always the same digits behind the point, so that it does not change its width. */
export function fixed(value, digits = 1) {
    if (typeof value !== "number" || !Number.isFinite(value)) return "–"
    return Math.abs(value) >= 1e15 ? value.toExponential(2) : value.toFixed(digits)
}

/** A number of bytes; a dash for what is none. */
export function size(value) { return typeof value === "number" ? shorten(bytes(value), 16) : "–" }

/** A text of the bus, cut; a dash for what is no text. */
export function words(value, length = 120) {
    if (typeof value === "number" || typeof value === "boolean") return String(value)
    return typeof value === "string" && value !== "" ? shorten(value, length) : "–"
}

/** Sets an attribute if it differs. */
export function setAttribute(element, name, value) {
    const text = value === null || value === false ? null : value === true ? "" : String(value)
    if (element.getAttribute(name) === text) return
    if (text === null) element.removeAttribute(name)
    else element.setAttribute(name, text)
}

/** For how long an input that was used shows what was asked for, whatever the bus says, in milliseconds. */
const usedFor = 1500

/** Sets a property of an input that the user is not using right now. */
export function setUnlessUsed(input, property, value) {
    if (!input.isWatched) {
        input.isWatched = true
        input.addEventListener("input", () => { input.usedAt = performance.now() })
    }
    const isUsed = input.tagName === "SELECT" ? document.activeElement === input
        : performance.now() - (input.usedAt ?? -usedFor) < usedFor
    if (!isUsed && input[property] !== value) input[property] = value
}

/** A list of elements by key. `make` returns `{element, update}`; only what has changed is touched. */
export class Rows {
    #container
    #make
    #rows = new Map()

    constructor(container, make) {
        this.#container = container
        this.#make = make
    }

    get size() { return this.#rows.size }

    /** Shows these items, each an array of its key and what `update` receives. */
    update(items) {
        const keys = new Set(items.map(([key]) => key))
        for (const [key, row] of this.#rows) {
            if (keys.has(key)) continue
            row.element.remove()
            row.end?.()
            this.#rows.delete(key)
        }
        let place = this.#container.firstElementChild
        for (const [key, item] of items) {
            let row = this.#rows.get(key)
            if (!row) {
                row = this.#make(key, item)
                this.#rows.set(key, row)
            }
            if (row.element === place) place = place.nextElementSibling
            else this.#container.insertBefore(row.element, place)
            row.update(item)
        }
    }
}

/** The lines that are shown; they hold on to the page until they are ended. */
const charts = new Set()

/** The line of the last minutes of a value. `range` is its scale, if that is fixed. */
export function chartOf(path, label, unit = "", range = null) {
    const chart = new Chart({ series: [{ path, label, unit }], seconds: 300, compact: true, range })
    attribute(chart.element, "aria-label", label)
    chart.since = performance.now()
    charts.add(chart)
    return chart
}

/** Adds a value to a line. That of a page that was just opened shows some seconds, and later up to five minutes. */
export function addTo(chart, item, value) {
    chart.seconds = Math.min(300, Math.max(15, (performance.now() - chart.since) / 1000))
    if (item.goneAt === null) chart.push(0, value)
}

/** Ends a line, or all of them. */
export function endCharts(ended = charts) {
    for (const chart of [...ended]) {
        chart.end()
        charts.delete(chart)
    }
}

/** A line of a name and a value, which leads to the element: `{path, name, text, hint, level}`. */
export function fact(key, { path, name, hint }) {
    const value = h("dd", { class: "number" })
    return {
        element: h("div", { class: "fact", title: hint }, h("dt", {}, elementLink(path ?? key, name)), value),
        update({ text, level = "" }) {
            setText(value, text)
            setAttribute(value, "class", `number ${level}`)
        },
    }
}

/** A bar from 0 to 1, with what it means in words for those who do not see it. */
export class Meter {
    #fill = h("span", { class: "meter-fill" })
    element = h("span", { class: "meter", "aria-valuemin": 0, "aria-valuemax": 100 }, this.#fill)

    constructor(label, role = "meter") {
        attribute(this.element, "aria-label", label)
        attribute(this.element, "role", role)
    }

    /** Shows a share, and its level: "good", "warn" or "bad". */
    update(share, level = "good", text = null) {
        const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
        const width = `${(bounded * 100).toFixed(1)}%`
        if (this.#fill.style.width !== width) this.#fill.style.width = width
        setAttribute(this.element, "data-level", level)
        setAttribute(this.element, "aria-valuenow", Math.round(bounded * 100))
        setAttribute(this.element, "aria-valuetext", text)
    }
}

/** A short text in a frame: a state, whose level is also said by its words. */
export class Tag {
    element = h("span", { class: "tag" })

    update(text, level = "") {
        setText(this.element, text)
        setAttribute(this.element, "class", `tag ${level}`.trim())
        this.element.hidden = text === ""
    }
}

/**
 * One card of Home. A card has a title, shows at most `max` items, and leads to the others in Explore.
 *
 * Cards have `take(model)`, which shows what there is and returns how many items that are; none hides the card.
 */
export class Card {
    body = h("div", { class: "card-body" })
    #note = h("span", { class: "tag", hidden: true })
    #more = h("p", { class: "more", hidden: true })
    #reason = h("p", { class: "soft reason", hidden: true })
    #age = document.createElement("radar-age")
    #stale = h("span", { class: "tag warn", title: t("home.gone"), hidden: true }, `${t("home.stale")} `, this.#age)

    constructor(name, { prefix = null, max = 12 } = {}) {
        this.name = name
        this.prefix = prefix
        this.max = max
        const id = `home-${name}`
        this.element = h("section", { class: `card home-card home-${name}`, "aria-labelledby": id, hidden: true },
            h("h2", { id }, t(`home.${name}`), h("span", { class: "row" }, this.#note, this.#stale)), this.#reason,
                this.body, this.#more)
    }

    /** Text beside the title. */
    note(text, level = "") {
        setText(this.#note, text)
        setAttribute(this.#note, "class", `tag ${level}`.trim())
        this.#note.hidden = text === ""
    }

    /** Says why nothing here can be changed. */
    explain(items) { explainTo(this.#reason, items) }

    /** Cuts a list to what the card shows, and says how many are left out. */
    cut(items, hidden = 0) {
        const left = items.length - this.max + hidden
        const count = items.length > this.max || hidden > 0 ? Math.max(left, hidden) : 0
        if (this.#more.dataset.count !== String(count)) {
            this.#more.dataset.count = String(count)
            this.#more.hidden = count === 0
            fill(this.#more, h("a", { href: href("explore", { path: this.prefix }) }, t("home.more", { n: count })))
        }
        return items.slice(0, this.max)
    }

    /** Shows the model; called at most once a frame. */
    update(model) {
        this.element.hidden = !this.take(model)
        const gone = this.element.matches(".is-gone") ? this.element : this.element.querySelector(".is-gone")
        this.#stale.hidden = !gone
        if (gone && this.#age.since !== gone.goneAt) this.#age.since = gone.goneAt
    }
}

/** The order of paths in which 2 goes before 10. */
const { compare } = new Intl.Collator("en", { numeric: true })

/** Items of a card, or of parts of it, sorted by path; those of the machine itself go before those of others, however
 *  many these are. */
export function itemsOf(model, card, ...parts) {
    const found = []
    for (const item of model.items.values()) {
        if (item.is?.card === card && (parts.length === 0 || parts.includes(item.is.part))) found.push(item)
    }
    return found.sort((left, right) => left.isForeign - right.isForeign || compare(left.path, right.path))
}

/** Marks an element as stale if its owner is gone: its card then says since when. */
export function markStale(element, item) {
    const isGone = item.goneAt !== null
    element.goneAt = item.goneAt
    if (element.classList.contains("is-gone") !== isGone) element.classList.toggle("is-gone", isGone)
}

/** The title of an item, which of a sensor need not begin with its chip: that stands below. */
export function shortTitle(item, group) {
    const title = titleOf(item)
    if (!item.path.startsWith("sensors/")) return title
    return title.toLowerCase().startsWith(`${group.toLowerCase()} `) && group ? title.slice(group.length + 1) : title
}

// MARK: What the user does

/** The place of a card where it says why something has failed. */
export function problemPlace() { return h("p", { class: "problem", hidden: true }) }

/** Shows a problem, or takes it away. */
export function showProblem(place, text) {
    setText(place, text ?? "")
    place.hidden = !text
    if (text) announce(text)
}

/** Does something with the bus: the button waits meanwhile, and `place` says why it failed. Returns whether it
 *  worked. */
export async function act(button, place, body) {
    showProblem(place, null)
    button?.setAttribute("aria-busy", "true")
    try {
        await body(session.jet)
        return true
    } catch (error) {
        showProblem(place, explain(error))
        return false
    } finally {
        button?.removeAttribute("aria-busy")
    }
}

/** Enables a control, or disables it with the reason, which is its title and its description. */
export function allow(control, item) {
    const reason = !item || item.goneAt !== null ? "" : whyNot(item)
    const isOff = reason !== null
    if (control.disabled !== isOff) control.disabled = isOff
    const title = reason || null
    if (control.getAttribute("title") !== title) {
        if (title === null) control.removeAttribute("title")
        else control.setAttribute("title", title)
    }
    return reason
}

/** Says why none of these elements can be set or called, if that is so of all and for the same reason: for all who
 *  cannot reach the title of a control that is disabled. */
export function explainTo(place, items) {
    const reasons = new Set(items.filter((item) => item && item.goneAt === null).map((item) => whyNot(item)))
    const text = reasons.size === 1 ? [...reasons][0] ?? "" : ""
    const needsLogin = session.features.authentication === true && session.jet.user === null
    const key = `${text}${needsLogin}`
    if (place.dataset.key === key) return
    place.dataset.key = key
    place.hidden = text === ""
    fill(place, needsLogin ? h("a", { href: href("login") }, t("home.needsLogin")) : text)
}

/**
 * Opens a modal dialog with buttons.
 *
 * `actions` are `{label, className, act}`: the dialog closes when `act` has ended, unless it returns false. Returns the
 * dialog, whose `footer` holds the buttons. With `focusCancel` the button that closes it has the focus.
 */
export function ask({ title, body, actions = [], className = "", cancel = t("home.cancel"), focusCancel = false }) {
    const footer = h("div", { class: "row dialog-actions" },
        h("button", { type: "button", autofocus: focusCancel, on: { click: () => dialog.close() } }, cancel),
        actions.map(({ label, className, act }) => {
            const button = h("button", { type: "button", class: className }, label)
            button.addEventListener("click", async () => {
                button.disabled = true
                if (await act(button) !== false) dialog.close()
                button.disabled = false
            })
            return button
        }))
    const dialog = openDialog(title, ...body, footer)
    dialog.className = `dialog ${className}`
    dialog.footer = footer
    return dialog
}

/** Asks for a confirmation. Resolves with true or false. */
export function confirm({ title, text, action, isDangerous = false }) {
    return new Promise((resolve) => {
        let isConfirmed = false
        const dialog = ask({
            title, body: [h("p", {}, text)], focusCancel: true,
            actions: [{ label: action, className: isDangerous ? "danger" : "primary",
                act: () => { isConfirmed = true } }],
        })
        dialog.addEventListener("close", () => resolve(isConfirmed))
    })
}
