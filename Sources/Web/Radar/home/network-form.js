import { announce, attribute, fill, h, setText, uniqueId } from "../dom.js"
import { explain } from "../errors.js"
import { duration } from "../format.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { whyNot } from "../access.js"
import { object, schemaOf } from "./classify.js"
import { changeOf, check, differences, formOf, split } from "./network-check.js"
import { noteChange } from "./network-pending.js"
import { ask, words } from "./parts.js"

const waits = [60, 120, 300, 900]
const usualWait = 120

/** Opens the settings of a link: a form, then what will change, then the set. `done` is called when it is closed. */
export function openNetworkForm(model, path, done) {
    const form = new Form(model, path)
    const dialog = ask({
        title: t("network.title", { link: words(path.split("/").pop(), 40) }), className: "network-form",
        body: [form.element], cancel: t("network.close"),
    })
    form.dialog = dialog
    dialog.refresh = () => form.refresh()
    form.refresh()
    dialog.addEventListener("close", done)
    return dialog
}

class Form {
    #path
    #model
    #before
    #reason
    #fields = {}
    #problem = h("p", { class: "problem", hidden: true })
    #steps = { edit: h("form", { class: "network-fields", novalidate: true, id: "network-form" }),
        review: h("div", { class: "stack", hidden: true }) }

    #buttons = {
        review: h("button", { type: "submit", class: "primary", form: "network-form" }, t("network.review")),
        back: h("button", { type: "button", hidden: true, on: { click: () => this.#go("edit") } }, t("network.back")),
        apply: h("button", { type: "button", class: "primary", hidden: true }, t("network.apply")),
    }

    constructor(model, path) {
        this.#model = model
        this.#path = path
        this.element = h("div", { class: "stack" })
    }

    /** Shows the form, or why there is none: until that changes, as by a login. */
    refresh() {
        if (this.#reason === null) return
        const item = this.#model.items.get(this.#path)
        const value = object(item?.value)
        const reason = this.#refusal(item, value)
        if (reason === this.#reason) return
        this.#reason = reason
        this.#before = formOf(value)
        if (reason !== null) {
            fill(this.element, h("p", { class: "note" }, reason), this.#table(value))
            return
        }
        this.#build(object(schemaOf(item.meta)?.properties))
        fill(this.element, this.#steps.edit, this.#steps.review, this.#problem)
        this.dialog.footer.append(...Object.values(this.#buttons))
        this.#steps.edit.querySelector("input:checked")?.focus()
    }

    /** Why the settings cannot be changed here; null if they can. */
    #refusal(item, value) {
        if (!item) return t("network.gone")
        if (value.managedBy && value.managedBy !== "networkd") {
            return t("network.managedBy", { manager: words(value.managedBy, 40) })
        }
        const pending = object(this.#model.value("settings/net/pending"))
        if (typeof pending.id === "string") return t("network.otherPending", { link: words(pending.link, 20) })
        return whyNot(item)
    }

    #table(value) {
        const shown = Object.keys(this.#before).filter((member) => (value[member] ?? null) !== null)
        return h("dl", { class: "facts" }, shown.map((member) => h("div", { class: "fact" },
            h("dt", {}, label(member)), h("dd", {}, text(member, this.#before[member])))))
    }

    // MARK: The form

    #build(schema) {
        const before = this.#before
        const mode = h("fieldset", { class: "choice" }, h("legend", {}, t("network.mode.title")),
            this.#radios(["dhcp", "static"], before.mode))
        const text = { spellcheck: "false", autocomplete: "off" }
        const lines = (member) =>
            h("textarea", { ...text, rows: 2, class: "mono", props: { value: before[member].join("\n") } })
        const families = object(schema.ipv6).enum
        const ipv6 = (Array.isArray(families) ? families : ["auto", "link-local", "off"]).slice(0, 10)
        this.#fields = {
            addresses: lines("addresses"),
            gateway: h("input", { ...text, type: "text", class: "mono", props: { value: before.gateway.join(", ") } }),
            dns: lines("dns"),
            ipv6: select(ipv6.map((word) => [word, t(`network.ipv6Word.${word}`)]), before.ipv6),
            mtu: h("input", { ...text, type: "text", inputmode: "numeric", props: { value: before.mtu ?? "" } }),
            wait: select(waits.map((seconds) => [seconds, duration(seconds)]), usualWait),
        }
        fill(this.#steps.edit, mode, Object.entries(this.#fields).map(([member, input]) => this.#field(member, input)))
        this.#steps.edit.addEventListener("submit", (event) => {
            event.preventDefault()
            this.#review()
        })
        this.#showMode()
    }

    #radios(modes, chosen) {
        const name = uniqueId("mode")
        return modes.map((mode) => {
            const input = h("input", { type: "radio", name, value: mode, props: { checked: mode === chosen } })
            input.addEventListener("change", () => {
                this.#propose()
                this.#showMode()
            })
            return h("label", { class: "radio" }, input, h("span", {}, t(`network.mode.${mode}`)))
        })
    }

    #field(member, input) {
        const id = uniqueId("network")
        input.id = id
        const problem = h("span", { class: "problem", id: `${id}-problem`, hidden: true })
        attribute(input, "aria-describedby", `${id}-hint ${id}-problem`)
        return h("div", { class: "field", data: { member } }, h("label", { for: id }, t(`network.${member}`)), input,
            h("span", { class: "hint", id: `${id}-hint` }, t(`network.${member}Hint`)), problem)
    }

    get #mode() { return this.#steps.edit.querySelector("input[type=radio]:checked").value }

    /** What fixed settings begin with: what the link has now. */
    #proposed = {}

    /** Fills fields that are empty with what the link has now, and empties them again if one goes back to DHCP. */
    #propose() {
        const present = this.#mode === "static" ? this.#present() : {}
        for (const member of ["addresses", "gateway", "dns"]) {
            const input = this.#fields[member]
            if (input.value.trim() === (this.#proposed[member] ?? "")) input.value = present[member] ?? ""
        }
        this.#proposed = present
    }

    #present() {
        const link = this.#path.split("/").pop()
        const { addresses } = object(this.#model.value(`network/${link}`))
        const { inet } = object(this.#model.value("network/default-route"))
        const { servers } = object(this.#model.value("network/dns"))
        const list = (value) => (Array.isArray(value) ? value.slice(0, 16).map(object) : [])
        const present = {
            addresses: list(addresses).filter(({ address, scope }) => scope === "global" && !`${address}`.includes(":"))
                .map(({ address, prefixLength }) => `${address}/${prefixLength}`),
            gateway: object(inet).link === link && object(inet).gateway ? [inet.gateway] : [],
            // Addresses of the device itself are those of a resolver that asks the others.
            dns: list(servers).map(({ address }) => `${address}`).filter((one) => !/^(127\.|::1$|fe80)/i.test(one)),
        }
        return Object.fromEntries(Object.entries(present)
            .map(([member, items]) => [member, split(items.join("\n")).join(member === "gateway" ? ", " : "\n")]))
    }

    /** Addresses and gateway are fields of static settings, and of DHCP with some of its own. */
    #showMode() {
        const isStatic = this.#mode === "static"
        const hasOwn = this.#before.mode === "dhcp" && this.#before.addresses.length + this.#before.gateway.length > 0
        for (const member of ["addresses", "gateway"]) {
            this.#fields[member].closest(".field").hidden = !isStatic && !hasOwn
        }
    }

    #read() {
        const value = (member) => (this.#fields[member].closest(".field").hidden ? "" : this.#fields[member].value)
        const mtu = this.#fields.mtu.value.trim()
        return {
            mode: this.#mode, addresses: split(value("addresses")), gateway: split(value("gateway")),
            dns: split(value("dns")),
            ipv6: this.#fields.ipv6.value, mtu: mtu === "" ? null : Number(mtu),
        }
    }

    #show(problems) {
        for (const [member, input] of Object.entries(this.#fields)) {
            const own = problems.filter((one) => one.field === member)
            const place = input.closest(".field").querySelector(".problem")
            setText(place, own.map(sentence).join(" "))
            place.hidden = own.length === 0
            attribute(input, "aria-invalid", own.length ? "true" : null)
        }
        const first = problems.find((one) => this.#fields[one.field])
        if (first) {
            this.#fields[first.field].focus()
            announce(t("network.problems", { n: problems.length }))
        }
    }

    // MARK: What will change, and the set

    #review() {
        const after = this.#read()
        const problems = check(after)
        this.#show(problems)
        this.#say(null)
        if (problems.length) return
        const changes = differences(this.#before, after)
        if (changes.length === 0) return this.#say(t("network.unchanged"))
        const wait = Number(this.#fields.wait.value)
        this.#buttons.apply.onclick = () => this.#apply(after, wait, this.#buttons.apply)
        fill(this.#steps.review, h("h3", { tabindex: -1 }, t("network.reviewTitle")),
            h("table", { class: "changes" },
                h("thead", {}, h("tr", {}, h("th", {}, h("span", { class: "hidden" }, t("network.setting"))),
                    h("th", {}, t("network.before")), h("th", {}, t("network.after")))),
                h("tbody", {}, changes.map(({ member, before, after }) => h("tr", {},
                    h("th", { scope: "row" }, label(member)), h("td", {}, text(member, before)),
                    h("td", {}, h("strong", {}, text(member, after))))))),
            after.mode === "static" && !after.gateway.some((one) => one.includes("."))
                && h("p", { class: "note warn" }, t("network.noGateway")),
            h("p", { class: "note" }, t("network.reviewText", { time: duration(wait) })))
        this.#go("review")
    }

    #go(step) {
        for (const [name, element] of Object.entries(this.#steps)) element.hidden = name !== step
        this.#buttons.review.hidden = step !== "edit"
        this.#buttons.back.hidden = this.#buttons.apply.hidden = step === "edit"
        this.#say(null)
        const first = this.#steps[step].querySelector("h3, input, button")
        first?.focus()
    }

    #say(text) {
        setText(this.#problem, text ?? "")
        this.#problem.hidden = !text
        if (text) announce(text)
    }

    async #apply(after, wait, button) {
        button.disabled = true
        this.#say(null)
        const change = {
            path: this.#path, link: this.#path.split("/").pop(), to: after, token: null, id: null,
            until: performance.now() + wait * 1000, lastId: object(this.#model.value("settings/net/last")).id,
        }
        try {
            const value = { ...changeOf(this.#before, after), confirmWithin: wait }
            const answer = object(await session.jet.set(this.#path, value, { timeout: 30 }))
            const { id, token } = object(answer.pending)
            noteChange({ ...change, id: typeof id === "string" ? id : null,
                token: typeof token === "string" ? token : null })
            announce(t("network.tried", { time: duration(wait) }))
            this.dialog.close()
        } catch (error) {
            if (error.key === "connectionClosed" || error.key === "timeout") {
                // The address of this very connection may have changed.
                noteChange(change)
                this.dialog.close()
            } else {
                this.#refused(error)
            }
        } finally {
            button.disabled = false
        }
    }

    /** Shows why the agent has refused: at its field, if it names one. */
    #refused(error) {
        const { field, reason } = object(error.data)
        const member = typeof field === "string" ? field.split("[")[0] : ""
        if (this.#fields[member]) {
            this.#go("edit")
            this.#show([{ field: member, text: `${words(field, 40)} ${words(reason, 300)}` }])
        } else {
            this.#say(explain(error))
        }
    }
}

/** A problem in words: the agent's, or those of the check. */
function sentence({ text, problem, item }) {
    return text ?? t(`network.problem.${problem}`, { item: item ? `${words(item, 60)} ` : "" })
}

/** What a setting is called. */
function label(member) { return t(`network.${member === "mode" ? "mode.title" : member}`) }

/** A choice of values, each with its text. */
function select(options, chosen) {
    return h("select", {}, options.map(([value, text]) =>
        h("option", { value, props: { selected: value === chosen } }, text)))
}

/** A setting as people read it. */
function text(member, value) {
    if (member === "mode") return t(`network.mode.${value}`)
    if (member === "ipv6") return t(`network.ipv6Word.${value}`)
    if (Array.isArray(value)) return value.length ? value.map((one) => words(one, 60)).join(", ") : t("network.none")
    return value === null ? t("network.automatic") : String(value)
}
