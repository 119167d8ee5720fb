import { logOut } from "../account.js"
import { announce, fill, h, setText } from "../dom.js"
import { explain } from "../errors.js"
import { go } from "../router.js"
import { session } from "../session.js"
import { t } from "../texts.js"
import { View } from "../view.js"
import { field } from "../widgets/field.js"

/** The name of the view's element. */
export const name = "radar-login"

/** After which time the page says what it waits for: the daemon delays logins after wrong passwords. */
const slowAfter = 1500

customElements.define(name, class extends View {
    /** The route to return to after the login. */
    previous = { view: "home", params: {} }
    #isBusy = false
    #slow = null

    start() {
        this.listen(session, "state", () => { if (!this.#isBusy) this.#draw() })
        this.#draw()
    }

    stop() { clearTimeout(this.#slow) }

    #draw() {
        const { user, info } = session.jet
        const isOpen = session.isOpen || session.jet.state === "refused"
        const hasNoUsers = isOpen && info && !session.features.authentication
        const kind = user !== null ? `user ${user}` : hasNoUsers ? "none" : "form"
        if (this.kind === kind) return
        this.kind = kind
        if (kind === "form") this.#drawForm()
        else if (kind === "none") this.#drawCard(h("p", {}, t("login.noUsers")))
        else this.#drawCard(h("p", {}, t("login.as", { user })), h("button", { on: { click: logOut } }, t("login.out")))
    }

    #drawCard(...content) {
        fill(this, h("div", { class: "card stack" }, h("h1", {}, t("login.title")), content))
    }

    #drawForm() {
        const user = h("input", {
            type: "text", name: "username", autocomplete: "username", required: true, autocapitalize: "none",
            spellcheck: "false", maxlength: "256", data: { first: "" },
        })
        const password = h("input", {
            type: "password", name: "password", autocomplete: "current-password", required: true,
        })
        const problem = h("div", { class: "note bad", hidden: true })
        const progress = h("p", { class: "soft" })
        const submit = h("button", { class: "primary", type: "submit" }, t("login.submit"))
        // The form is not sent anywhere: the policy of the page forbids that, and the connection carries the login.
        const form = h("form", {
            class: "stack", method: "post", "aria-label": t("login.title"), on: {
                submit: event => {
                    event.preventDefault()
                    this.#logIn(user, password, { problem, progress, submit })
                },
            },
        }, problem, field(t("login.user"), user), field(t("login.password"), password),
        h("div", { class: "row" }, submit, progress))
        this.#drawCard(h("p", { class: "soft" }, t(session.needsLogin ? "login.required" : "login.why")), form)
    }

    async #logIn(user, password, { problem, progress, submit }) {
        if (this.#isBusy) return
        this.#isBusy = true
        submit.setAttribute("aria-disabled", "true")
        submit.classList.add("busy")
        problem.hidden = true
        const say = text => {
            setText(progress, text)
            announce(text)
        }
        say(t("login.checking"))
        this.#slow = setTimeout(() => say(t("login.slow")), slowAfter)
        try {
            await session.jet.login(user.value, password.value)
            password.value = ""
            announce(t("login.isIn", { user: user.value }))
            this.#leave()
        } catch (error) {
            problem.hidden = false
            fill(problem, this.#reason(error))
            announce(problem.textContent)
            ;(error.key === "invalidUser" ? user : password).select()
        } finally {
            clearTimeout(this.#slow)
            setText(progress, "")
            submit.removeAttribute("aria-disabled")
            submit.classList.remove("busy")
            this.#isBusy = false
            if (this.isConnected) this.#draw()
        }
    }

    #reason(error) {
        if (error.key === "invalidUser" || error.key === "invalidPassword") return t("login.wrong")
        if (error.key !== "unencrypted") return explain(error)
        const address = `https://${location.hostname}:11124/`
        return [t("errors.unencrypted"), " ", t("login.encrypted"), " ", h("a", { href: address }, address)]
    }

    /** Where one came from, or home; where only the login is shown, the address already is that of the view. */
    #leave() {
        if (!location.hash.startsWith("#/login")) return
        go(this.previous.view, this.previous.params, { replace: true })
    }
})
