import { fill, h, uniqueId } from "../dom.js"
import { t } from "../texts.js"

/**
 * Opens a modal dialog: the browser keeps the focus inside, closes it with Escape, and gives the focus back.
 *
 * `body` are elements; `actions` are `{label, className, act}`: the dialog closes when `act` has ended, unless it
 * returns false. Returns the dialog, whose `footer` holds the buttons.
 */
export function openDialog({ title, body = [], actions = [], className = "", cancel = t("home.cancel"), focusCancel = false }) {
    const id = uniqueId("dialog")
    const opener = document.activeElement
    const dialog = h("dialog", { class: `dialog ${className}`, "aria-labelledby": id })
    const buttons = actions.map(({ label, className, act }) => {
        const button = h("button", { type: "button", class: className }, label)
        button.addEventListener("click", async () => {
            button.disabled = true
            try {
                if (await act(button) !== false) dialog.close()
            } finally {
                button.disabled = false
            }
        })
        return button
    })
    const close = h("button", { type: "button", on: { click: () => dialog.close() } }, cancel)
    if (focusCancel) close.autofocus = true
    dialog.footer = h("div", { class: "row dialog-actions" }, close, ...buttons)
    fill(dialog, h("h2", { id }, title), ...body, dialog.footer)
    dialog.addEventListener("close", () => {
        dialog.remove()
        if (opener?.isConnected) opener.focus()
    })
    document.body.append(dialog)
    dialog.showModal()
    return dialog
}

/** Asks for a confirmation. Resolves with true or false. */
export function confirm({ title, text, action, isDangerous = false }) {
    return new Promise((resolve) => {
        let isConfirmed = false
        const dialog = openDialog({
            title,
            body: [h("p", {}, text)],
            focusCancel: true,
            actions: [{ label: action, className: isDangerous ? "danger" : "primary", act: () => { isConfirmed = true } }],
        })
        dialog.addEventListener("close", () => resolve(isConfirmed))
    })
}
