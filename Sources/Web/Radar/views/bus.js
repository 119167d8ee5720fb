import { Busiest } from "../bus/busiest.js"
import { Peers, Statistics } from "../bus/load.js"
import { MessageLog } from "../bus/log.js"
import { fill, h } from "../dom.js"
import { href } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { View } from "../view.js"

/** The name of the view's element. */
export const name = "radar-bus"

const tabs = { peers: Peers, paths: Busiest, messages: MessageLog }

customElements.define(name, class extends View {
    #tab = null
    #user = null
    #nav = h("nav", { class: "tabs", "aria-label": t("bus.parts.label") })
    #place = h("section", { class: "card" })

    start() {
        fill(this.#nav, Object.keys(tabs).map(tab => {
            const address = href("bus", { tab: tab === "peers" ? "" : tab })
            return h("a", { href: address, data: { tab } }, t(`bus.tabs.${tab}`))
        }))
        this.append(h("h1", {}, t("bus.title")), new Statistics(), this.#nav, this.#place)
        // Another user may see other things.
        this.listen(session, "state", () => {
            if (!session.isOpen || session.jet.user === this.#user || this.#tab !== "peers") return
            this.#open("peers")
        })
    }

    show({ tab = "peers" } = {}) {
        const shown = Object.hasOwn(tabs, tab) ? tab : "peers"
        if (shown !== this.#tab) this.#open(shown)
    }

    #open(tab) {
        this.#tab = tab
        this.#user = session.jet.user
        for (const link of this.#nav.children) {
            if (link.dataset.tab === tab) link.setAttribute("aria-current", "true")
            else link.removeAttribute("aria-current")
        }
        this.#place.setAttribute("aria-label", t(`bus.tabs.${tab}`))
        fill(this.#place, new tabs[tab]())
    }
})
