import { h, oncePerFrame } from "../dom.js"
import { LEDs } from "../home/leds.js"
import { Links } from "../home/links.js"
import { Devices, Machine } from "../home/machine.js"
import { openNetworkForm } from "../home/network-form.js"
import { Pending } from "../home/network-pending.js"
import { endCharts } from "../home/parts.js"
import { Memory, Others, Power, Processor, Sensors, Storage, Temperatures } from "../home/readings.js"
import { Services, Update } from "../home/services.js"
import { Source } from "../home/source.js"
import { go } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { View } from "../view.js"

/** The name of the view's element. */
export const name = "radar-home"

/** How wide a column is at least, in pixels. */
const columnWidth = 340
/** For how long after the start the cards are still put in their best order, in milliseconds. */
const settling = 2500

/** The machine at a glance: cards in columns, made from what is on the bus. */
customElements.define(name, class extends View {
    #source = null
    #params = {}
    #form = null
    #startedAt = 0

    start() {
        this.machine = new Machine()
        this.pending = new Pending()
        this.cards = [new Processor(), new Temperatures(), new Links(), new Memory(), new LEDs(), new Update(),
            new Services(),
            new Storage(), new Sensors(), new Power(), new Others(), new Devices()]
        this.columns = h("div", { class: "home-columns" })
        this.empty = h("p", { class: "starting" }, t("home.starting"))
        this.append(this.machine.element, this.pending.element, this.columns, this.empty)
        this.#startedAt = performance.now()
        const render = oncePerFrame(() => this.#render())
        this.#source = new Source(this.jet, render)
        this.keep(() => { this.#source.end() })
        const timer = setInterval(() => {
            if (document.hidden) return
            this.machine.tick()
            this.pending.tick()
            // Lines go on although nothing changes.
            render()
        }, 1000)
        this.keep(() => clearInterval(timer))
        this.listen(session, "state", render)
        this.listen(window, "resize", render)
        render()
    }

    show(params) {
        this.#params = params
        this.#openForm()
    }

    stop() {
        this.#form?.close()
        endCharts()
    }

    #render() {
        if (!this.isConnected) return
        const model = this.#source
        this.machine.take(model)
        this.pending.update(model)
        for (const card of this.cards) {
            // A value that no one has thought of must not take the other cards with it.
            try { card.update(model) } catch (error) { reportError(error) }
        }
        this.#arrange()
        const isEmpty = this.cards.every((card) => card.element.hidden)
        this.empty.hidden = !isEmpty
        if (isEmpty && session.isOpen
            && performance.now() - this.#startedAt > 3000) this.empty.textContent = t("home.nothing")
        this.#openForm()
        this.#form?.refresh()
    }

    /** The settings of a link have an address, so that they can be linked to; they open when the link is known. */
    #openForm() {
        const path = this.#params.settings
        if (!path || this.#form || this.#source?.items.get(path)?.is?.part !== "link") return
        this.#form = openNetworkForm(this.#source, path, () => {
            this.#form = null
            this.#params = {}
            if (this.isConnected) go("home", {}, { replace: true })
        })
    }

    // MARK: Columns

    #shown = ""
    #count = 0

    /** Puts the cards into columns of about the same height. Later, a card that is new goes to the shortest one, and
     *  the others stay where they are. */
    #arrange() {
        const count = Math.max(1, Math.min(4, Math.floor((this.clientWidth + 16) / (columnWidth + 16))))
        const visible = this.cards.filter((card) => !card.element.hidden)
        const shown = `${count} ${visible.map((card) => card.name).join(" ")}`
        if (shown === this.#shown) return
        this.#shown = shown
        const isFresh = count !== this.#count || performance.now() - this.#startedAt < settling
        this.#count = count
        while (this.columns.childElementCount > count) this.columns.lastElementChild.remove()
        while (this.columns.childElementCount < count) this.columns.append(h("div", { class: "home-column" }))
        const columns = [...this.columns.children]
        const focused = document.activeElement
        const placed = isFresh ? visible : visible.filter((card) => !card.element.isConnected)
        for (const card of placed) {
            if (isFresh && card.element.isConnected) card.height = card.element.offsetHeight
        }
        if (isFresh) for (const column of columns) column.replaceChildren()
        const heights = columns.map((column) => column.offsetHeight)
        for (const card of placed) {
            const place = heights.indexOf(Math.min(...heights))
            columns[place].append(card.element)
            heights[place] += (card.element.offsetHeight || card.height || 200) + 16
        }
        if (this.contains(focused)) focused.focus()
    }
})
