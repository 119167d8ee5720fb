import { announce, fill, h, uniqueId } from "./dom.js"
import { explain } from "./errors.js"
import { href } from "./router.js"
import { session } from "./session.js"
import { t } from "./texts.js"
import { field, openDialog } from "./widgets/field.js"

/** Who is logged in, in the bar: a link to log in, or the menu of the user. */
export class Account {
    #place
    #shown

    constructor(place) {
        this.#place = place
        session.addEventListener("state", () => this.#show())
        this.#show()
    }

    #show() {
        const { user } = session.jet
        const kind = !session.features.authentication ? "" : user === null ? "login" : `user ${user}`
        if (kind === this.#shown) return
        // While there is no connection, what was there stays.
        if (kind === "" && session.jet.state !== "open") return
        this.#shown = kind
        if (kind === "") fill(this.#place)
        else if (user === null) fill(this.#place, h("a", { class: "button", href: href("login") }, t("login.title")))
        else fill(this.#place, this.#menu(user))
    }

    #menu(user) {
        const id = uniqueId("menu")
        const menu = h("div", { id, class: "menu", popover: "auto" },
            h("p", { class: "soft" }, t("login.as", { user })),
            h("button", { on: { click: () => { menu.hidePopover(); changePassword(user) } } }, t("login.change")),
            h("button", { on: { click: () => { menu.hidePopover(); logOut() } } }, t("login.out")))
        const label = t("login.menu", { user })
        const text = h("span", { class: "cut" }, user)
        return [h("button", { popovertarget: id, class: "user", "aria-label": label }, text), menu]
    }
}

/** Logs out, and says so. */
export async function logOut() {
    try {
        await session.jet.logout()
        announce(t("login.isOut"))
    } catch (error) {
        announce(explain(error))
    }
}

function changePassword(user) {
    const first = h("input", { type: "password", autocomplete: "new-password", required: true, autofocus: true })
    const second = h("input", { type: "password", autocomplete: "new-password", required: true })
    const given = field(t("login.new"), first)
    const again = field(t("login.again"), second)
    const save = h("button", { class: "primary", type: "submit" }, t("login.save"))
    const send = async event => {
        event.preventDefault()
        again.problem = first.value === second.value ? null : t("login.differ")
        given.problem = null
        if (first.value !== second.value) {
            second.focus()
            return
        }
        save.disabled = true
        try {
            await session.jet.changePassword(user, first.value)
            announce(t("login.changed"))
            dialog.close()
        } catch (error) {
            given.problem = explain(error)
            first.focus()
        }
        save.disabled = false
    }
    const dialog = openDialog(t("login.change"), h("form", { class: "stack", on: { submit: send } },
        h("input", {
            type: "text", autocomplete: "username", class: "hidden", tabindex: "-1", "aria-hidden": "true",
            props: { value: user },
        }),
        given, again,
        h("div", { class: "row" }, save,
            h("button", { type: "button", on: { click: () => dialog.close() } }, t("login.cancel")))))
}
