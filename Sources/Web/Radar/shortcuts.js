import { h } from "./dom.js"
import { go } from "./router.js"
import { t } from "./texts.js"
import { check, openDialog } from "./widgets/field.js"

/** What follows g, and where it leads. */
const places = { h: "home", e: "explore", f: "builder", b: "bus" }
/** How long after g the second key may come, in milliseconds. */
const pause = 1500
const setting = "radar-shortcuts"

let areOn = true
try { areOn = localStorage.getItem(setting) !== "off" } catch { /* Storage is switched off. */ }
let goesUntil = 0

/** Listens for the shortcuts of the page: single keys, which can be switched off. */
export function listenForShortcuts() { document.addEventListener("keydown", pressed) }

function pressed(event) {
    if (!areOn || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
    if (event.target.closest?.("input, select, textarea, dialog, [contenteditable]")) return
    const isSecond = event.timeStamp < goesUntil
    goesUntil = 0
    if (isSecond && Object.hasOwn(places, event.key)) {
        go(places[event.key])
    } else if (event.key === "g") {
        goesUntil = event.timeStamp + pause
        return
    } else if (event.key === "?") {
        openHelp()
    } else if (event.key === "/") {
        const search = document.querySelector("main input[type=search]")
        if (!search) return
        search.focus()
        search.select()
    } else {
        return
    }
    event.preventDefault()
}

/** Opens the list of keys, with the switch for the shortcuts. */
export function openHelp() {
    const keys = [
        ...Object.entries(places).map(([key, view]) => [["g", key], t("help.go", { view: t(`shell.${view}`) })]),
        [["/"], t("help.search")],
        [["?"], t("help.help")],
        [["Tab"], t("help.tab")],
        [["Enter"], t("help.enter")],
        [["↑", "↓", "←", "→"], t("help.arrows")],
        [["Esc"], t("help.escape")],
    ]
    const switched = check(t("help.switch"), { checked: areOn, on: { change: event => turn(event.target.checked) } })
    const dialog = openDialog(t("help.title"),
        h("table", { class: "keys" }, h("tbody", {}, keys.map(([names, text]) =>
            h("tr", {}, h("th", { scope: "row" }, names.map(name => h("kbd", {}, name))), h("td", {}, text))))),
        switched, h("div", { class: "row" }, h("button", { on: { click: () => dialog.close() } }, t("help.close"))))
}

function turn(on) {
    areOn = on
    try { localStorage.setItem(setting, on ? "on" : "off") } catch { /* Then it holds for this page only. */ }
}
