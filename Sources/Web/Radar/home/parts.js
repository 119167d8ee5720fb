import { fill, h, setText } from "../dom.js"
import { href } from "../router.js"
import { t } from "../texts.js"
import { commonReason } from "./act.js"
import { shorten, titleOf } from "./classify.js"
import "../widgets/age.js"

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
    const isUsed = input.tagName === "SELECT" ? document.activeElement === input : performance.now() - (input.usedAt ?? -usedFor) < usedFor
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

/** A bar from 0 to 1, with what it means in words for those who do not see it. */
export class Meter {
    #fill = h("span", { class: "meter-fill" })
    element = h("span", { class: "meter", role: "meter", "aria-valuemin": 0, "aria-valuemax": 100 }, this.#fill)

    constructor(label) { this.element.setAttribute("aria-label", label) }

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
            h("h2", { id }, t(`home.${name}`), h("span", { class: "row" }, this.#note, this.#stale)), this.#reason, this.body, this.#more)
    }

    /** Text beside the title. */
    note(text) {
        setText(this.#note, text)
        this.#note.hidden = text === ""
    }

    /** Says why nothing here can be changed: for all who cannot reach the title of a button that is disabled. */
    explain(items) {
        const text = commonReason(items)
        setText(this.#reason, text)
        this.#reason.hidden = text === ""
    }

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

/** Items of a card, or of parts of it, sorted by path; those of the machine itself go before those of others, however
 *  many these are. */
export function itemsOf(model, card, ...parts) {
    const found = []
    for (const item of model.items.values()) {
        if (item.is?.card === card && (parts.length === 0 || parts.includes(item.is.part))) found.push(item)
    }
    return found.sort((left, right) => left.isForeign - right.isForeign || (left.path < right.path ? -1 : left.path > right.path ? 1 : 0))
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
