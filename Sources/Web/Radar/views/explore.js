import { announce, attribute, h, setText, uniqueId } from "../dom.js"
import { explain } from "../errors.js"
import { Grid } from "../explore/grid.js"
import { Changes, MetaCache } from "../explore/known.js"
import { ListSource, methodPaths, ruleFor, valueTypes } from "../explore/list.js"
import { TreeSource } from "../explore/tree.js"
import { go, href, noteParams, remember } from "../router.js"
import { t } from "../texts.js"
import { View } from "../view.js"

/** The name of the view's element. */
export const name = "radar-explore"

const searchAfter = 250
/** From this width on, an element is shown beside the list. */
const isWide = matchMedia("(min-width: 1100px)")

customElements.define(name, class extends View {
    #params = null
    #source = null
    #detail = null
    #timer = null
    #turn = 0
    /** The path that the tree opens its branches for, until its row is there. */
    #toReveal = ""

    start() {
        const refresh = () => this.grid.refresh()
        this.meta = new MetaCache(this.jet, refresh)
        this.changes = new Changes()
        this.grid = new Grid({ meta: this.meta, changes: this.changes, onOpen: path => this.#open(path) })
        this.#build()
        const ticker = setInterval(refresh, 1000)
        this.keep(() => clearInterval(ticker))
        // Rights and meta may differ at another connection.
        this.listen(this.jet, "open", () => {
            this.meta.clear()
            if (this.#source) this.#source.reopened()
            else this.#start()
        })
        this.listen(isWide, "change", () => this.#showDetail())
    }

    stop() {
        clearTimeout(this.#timer)
        this.#turn += 1
        this.#source?.end()
        this.#detail?.end()
        this.meta.end()
        this.grid.end()
        this.#source = this.#detail = null
    }

    show({ mode = "list", find = "", type = "", path = "" }) {
        const before = this.#params
        this.#params = { mode: mode === "tree" ? "tree" : "list", find, type, path }
        remember("explore", { mode: mode === "tree" ? mode : "", find, type })
        if (this.search.value !== find && this.search !== document.activeElement) this.search.value = find
        this.kind.value = type
        for (const radio of this.modes) radio.checked = radio.value === this.#params.mode
        this.#showDetail()
        const isSame = before && ["mode", "find", "type"].every(key => before[key] === this.#params[key])
        if (!isSame) this.#start()
    }

    #build() {
        const id = uniqueId("find")
        this.search = h("input", {
            type: "search", id, placeholder: t("explore.searchHint"), autocomplete: "off", spellcheck: "false",
            maxlength: "500",
            on: { input: () => this.#typed(), keydown: event => this.#searchKey(event) },
        })
        const types = ["", "state", "method", ...valueTypes]
        const choose = () => this.#note({ type: this.kind.value })
        this.kind = h("select", { "aria-label": t("explore.kind"), on: { change: choose } },
            types.map(type => h("option", { value: type }, t(`explore.type.${type || "all"}`))))
        this.modes = ["list", "tree"].map(mode => h("input", {
            type: "radio", name: "explore-mode", value: mode, class: "hidden",
            on: { change: () => this.#note({ mode }) },
        }))
        this.count = h("p", { class: "soft number count" })
        this.problem = h("p", { class: "note", hidden: true })
        this.detail = h("aside", { class: "detail", hidden: true, "aria-label": t("explore.detail") })
        this.append(
            h("div", { class: "tools" },
                h("h1", { class: "hidden" }, t("shell.explore")),
                h("label", { class: "hidden", for: id }, t("explore.search")), this.search, this.kind,
                h("div", { class: "segments", role: "radiogroup", "aria-label": t("explore.mode") },
                    this.modes.map(radio => h("label", {}, radio, h("span", {}, t(`explore.${radio.value}`))))),
                this.count),
            this.problem,
            h("div", { class: "panes" }, this.grid.element, this.detail))
    }

    #typed() {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.#note({ find: this.search.value }), searchAfter)
    }

    #searchKey(event) {
        if (event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault()
            if (event.key === "Enter") this.#note({ find: this.search.value })
            this.grid.focus()
        }
    }

    /** Notes what was chosen in the address, and shows it. */
    #note(change) {
        const params = { ...this.#params, ...change }
        noteParams("explore", { ...params, mode: params.mode === "list" ? "" : params.mode })
        this.show(params)
    }

    async #start() {
        const turn = ++this.#turn
        const { mode, find, type } = this.#params ?? {}
        if (mode === undefined) return
        let methods = null
        if (type === "method" || type === "state") {
            methods = await methodPaths(this.jet).catch(() => null)
            if (turn !== this.#turn) return
            if (methods === null && this.jet.state === "open") return this.#tooMany()
        }
        this.#source?.end()
        // A search and a filter are by the whole path, so what they find is a list.
        const isTree = mode === "tree" && find === "" && type === ""
        const onChange = () => this.#changed()
        this.#toReveal = isTree ? this.#params.path : ""
        this.#source = isTree
            ? new TreeSource(this.jet, this.changes, onChange, this.#toReveal)
            : new ListSource(this.jet, ruleFor(find, type, methods ?? []), this.changes, onChange)
        this.grid.show(this.#source, isTree)
        this.#changed()
    }

    /** Shows no rows, and why. */
    #tooMany() {
        this.#source?.end()
        this.#source = {
            total: 0, isLoading: false, hint: t("explore.tooMany"), row: () => null, show() {}, end() {},
            reopened: () => this.#start(),
        }
        this.grid.show(this.#source, false)
        this.#changed()
    }

    #changed() {
        const source = this.#source
        if (!source) return
        if (source.isSupported === false) {
            this.#note({ mode: "list" })
            this.problem.hidden = false
            setText(this.problem, t("explore.noTree"))
            for (const radio of this.modes) attribute(radio, "disabled", radio.value === "tree")
            return
        }
        const isTree = source instanceof TreeSource
        const { find, type, mode } = this.#params
        const hint = source.hint ?? (source.error ? explain(source.error)
            : source.isLoading ? "" : source.total === 0 ? t(find || type ? "explore.noneFound" : "explore.empty")
            : mode === "tree" && !isTree ? t("explore.listOfFound") : "")
        if (hint) setText(this.problem, hint)
        this.problem.hidden = hint === "" && !this.problem.textContent.startsWith(t("explore.noTree"))
        const count = source.isLoading || isTree || source.hint ? "" : t(source.isEstimate ? "explore.countAbout" : "explore.count", {
            n: source.total, count: source.total.toLocaleString("en"),
        })
        setText(this.count, count)
        if (find && !source.isLoading && source.announced !== true) {
            source.announced = true
            announce(count)
        }
        if (this.#toReveal) this.#reveal()
        this.grid.refresh()
    }

    #reveal() {
        const row = this.#source.find(this.#toReveal)
        if (row !== null) this.grid.reveal(row)
        if (row !== null || !this.#source.isAsking) this.#toReveal = ""
    }

    #open(path) {
        if (isWide.matches) this.#note({ path })
        else go("element", { path })
    }

    async #showDetail() {
        const path = isWide.matches ? this.#params?.path ?? "" : ""
        this.grid.shownPath = path || null
        this.grid.refresh()
        if ((this.#detail?.path ?? "") === path) return
        this.#detail?.end()
        this.#detail = null
        this.detail.hidden = path === ""
        this.detail.replaceChildren()
        this.classList.toggle("has-detail", path !== "")
        if (path === "") return
        const { ElementPane, quietButton } = await import("../element/pane.js")
        if (this.#params?.path !== path || !this.isConnected || this.#detail?.path === path) return
        this.#detail = new ElementPane(this.jet, path, {
            headingLevel: 2,
            tools: [
                h("a", { class: "button small", href: href("element", { path }) }, t("explore.alone")),
                quietButton(t("explore.close"), () => { this.#note({ path: "" }); this.grid.focus() }),
            ],
        })
        this.detail.replaceChildren(this.#detail.element)
    }
})
