import { announce, attribute, fill, h, setText, uniqueId } from "../dom.js"
import { explain } from "../errors.js"
import { duration } from "../format.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { whyNot } from "../access.js"
import { openDialog } from "./dialog.js"
import { object, schemaOf } from "./classify.js"
import { changeOf, check, differences, formOf, split } from "./network-check.js"
import { noteChange } from "./network-pending.js"
import { words } from "./parts.js"

const waits = [60, 120, 300, 900]
const usualWait = 120

/** Opens the settings of a link: a form, then what will change, then the set. `done` is called when it is closed. */
export function openNetworkForm(model, path, done) {
    const form = new Form(model, path)
    const dialog = openDialog({
        title: t("network.title", { link: words(path.split("/").pop(), 40) }), className: "network-form",
        body: [form.element], cancel: t("network.close"),
    })
    form.openIn(dialog)
    dialog.addEventListener("close", done)
    return dialog
}

class Form {
    #path
    #model
    #before
    #fields = {}
    #problem = h("p", { class: "problem", role: "alert", hidden: true })
    #steps = { edit: h("form", { class: "network-fields", novalidate: true, id: "network-form" }), review: h("div", { class: "stack", hidden: true }) }

    #buttons = {
        review: h("button", { type: "submit", class: "primary", form: "network-form" }, t("network.review")),
        back: h("button", { type: "button", hidden: true, on: { click: () => this.#go("edit") } }, t("network.back")),
        apply: h("button", { type: "button", class: "primary", hidden: true }, t("network.apply")),
    }

    constructor(model, path) {
        this.#model = model
        this.#path = path
        this.element = h("div", { class: "stack" })
        const item = model.items.get(path)
        const value = object(item?.value)
        this.#before = formOf(value)
        const refusal = this.#refusal(item, value)
        if (refusal) {
            fill(this.element, h("p", { class: "note" }, refusal), this.#table(value))
            return
        }
        this.#build(object(schemaOf(item.meta)?.properties))
        fill(this.element, this.#steps.edit, this.#steps.review, this.#problem)
    }

    /** Puts the buttons of the form beside that which closes the dialog. */
    openIn(dialog) {
        this.dialog = dialog
        if (this.#steps.edit.isConnected) dialog.footer.append(...Object.values(this.#buttons))
        this.#steps.edit.querySelector("input:checked")?.focus()
    }

    /** Why the settings cannot be changed here; null if they can. */
    #refusal(item, value) {
        if (!item) return t("network.gone")
        if (value.managedBy && value.managedBy !== "networkd") return t("network.managedBy", { manager: words(value.managedBy, 40) })
        const pending = object(this.#model.value("settings/net/pending"))
        if (typeof pending.id === "string") return t("network.otherPending", { link: words(pending.link, 20) })
        return whyNot(item)
    }

    #table(value) {
        const shown = ["mode", "addresses", "gateway", "dns", "ipv6", "mtu"].filter((member) => value[member] !== null && value[member] !== undefined)
        return h("dl", { class: "facts" }, shown.map((member) => h("div", { class: "fact" }, h("dt", {}, t(`network.${member}`)), h("dd", {}, text(member, this.#before[member])))))
    }

    // MARK: The form

    #build(schema) {
        const before = this.#before
        const name = uniqueId("mode")
        const radio = (mode) => h("label", { class: "radio" }, h("input", { type: "radio", name, value: mode, props: { checked: before.mode === mode }, on: { change: () => this.#showMode() } }),
            h("span", {}, t(`network.mode.${mode}`)))
        const mode = h("fieldset", { class: "choice" }, h("legend", {}, t("network.mode.title")), radio("dhcp"), radio("static"))
        const area = (member) => h("textarea", { rows: 2, class: "mono", spellcheck: "false", autocomplete: "off", props: { value: before[member].join("\n") } })
        const words = object(schema.ipv6).enum
        const ipv6 = h("select", {}, (Array.isArray(words) ? words : ["auto", "link-local", "off"]).slice(0, 10).map((word) => h("option", { value: word, props: { selected: word === before.ipv6 } }, t(`network.ipv6Word.${word}`))))
        const mtu = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", props: { value: before.mtu ?? "" } })
        const wait = h("select", {}, waits.map((seconds) => h("option", { value: seconds, props: { selected: seconds === usualWait } }, duration(seconds))))
        this.#fields = { addresses: area("addresses"), gateway: h("input", { type: "text", class: "mono", spellcheck: "false", autocomplete: "off", props: { value: before.gateway.join(", ") } }), dns: area("dns"), ipv6, mtu, wait }
        fill(this.#steps.edit, mode, Object.entries(this.#fields).map(([member, input]) => this.#field(member, input)))
        this.#steps.edit.addEventListener("submit", (event) => {
            event.preventDefault()
            this.#review()
        })
        this.#showMode()
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

    /** Addresses and gateway are fields of static settings, and of DHCP with some of its own. */
    #showMode() {
        const isStatic = this.#mode === "static"
        const hasOwn = this.#before.mode === "dhcp" && this.#before.addresses.length + this.#before.gateway.length > 0
        for (const member of ["addresses", "gateway"]) this.#fields[member].closest(".field").hidden = !isStatic && !hasOwn
    }

    #read() {
        const value = (member) => (this.#fields[member].closest(".field").hidden ? "" : this.#fields[member].value)
        const mtu = this.#fields.mtu.value.trim()
        return {
            mode: this.#mode, addresses: split(value("addresses")), gateway: split(value("gateway")), dns: split(value("dns")),
            ipv6: this.#fields.ipv6.value, mtu: mtu === "" ? null : Number(mtu),
        }
    }

    #show(problems) {
        for (const [member, input] of Object.entries(this.#fields)) {
            const own = problems.filter((one) => one.field === member)
            const place = input.closest(".field").querySelector(".problem")
            setText(place, own.map((one) => one.text ?? t(`network.problem.${one.problem}`, { item: one.item ? `${one.item} ` : "" }).trim()).join(" "))
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
                h("thead", {}, h("tr", {}, h("th", {}, h("span", { class: "hidden" }, t("network.setting"))), h("th", {}, t("network.before")), h("th", {}, t("network.after")))),
                h("tbody", {}, changes.map(({ member, before, after }) => h("tr", {}, h("th", { scope: "row" }, t(`network.${member === "mode" ? "mode.title" : member}`)), h("td", {}, text(member, before)), h("td", {}, h("strong", {}, text(member, after))))))),
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
    }

    async #apply(after, wait, button) {
        button.disabled = true
        this.#say(null)
        const change = {
            path: this.#path, link: this.#path.split("/").pop(), to: after, token: null, id: null,
            until: performance.now() + wait * 1000, lastId: object(this.#model.value("settings/net/last")).id,
        }
        try {
            const answer = object(await session.jet.set(this.#path, { ...changeOf(this.#before, after), confirmWithin: wait }, { timeout: 30 }))
            const { id, token } = object(answer.pending)
            noteChange({ ...change, id: typeof id === "string" ? id : null, token: typeof token === "string" ? token : null })
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

/** A setting as people read it. */
function text(member, value) {
    if (member === "mode") return t(`network.mode.${value}`)
    if (member === "ipv6") return t(`network.ipv6Word.${value}`)
    if (Array.isArray(value)) return value.length ? value.map((one) => words(one, 60)).join(", ") : t("network.none")
    return value === null ? t("network.automatic") : String(value)
}
