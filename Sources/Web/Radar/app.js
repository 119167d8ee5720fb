import { Account } from "./account.js"
import { Banner, reloadIfReplaced } from "./banner.js"
import { announce, fill, h, icon, setText } from "./dom.js"
import { explain } from "./errors.js"
import { currentRoute, href } from "./router.js"
import { session } from "./session.js"
import { listenForShortcuts, openHelp } from "./shortcuts.js"
import { language, t } from "./texts.js"

/** The views, each in a module of its own that is loaded when it is first shown. `icon` stands in the bar. */
const views = {
    home: { icon: "M3 11 12 3l9 8v10h-6v-6H9v6H3z", load: () => import("./views/home.js") },
    explore: { icon: "M3 5h4v4H3zm6 1h12v2H9zm0 5h4v4H9zm6 1h6v2h-6zm-6 5h4v4H9zm6 1h6v2h-6zM4 9h2v8h3v2H4z",
        load: () => import("./views/explore.js") },
    element: { load: () => import("./views/element.js") },
    builder: { icon: "M3 4h18v2l-7 8v6l-4-2v-4L3 6z", load: () => import("./views/builder.js") },
    bus: { icon: "M2 13v-2h4l3-8 5 14 3-6h5v2h-4l-4 8-5-14-2 6z", load: () => import("./views/bus.js") },
    login: { load: () => import("./views/login.js") },
}

const main = document.getElementById("main")
const device = document.getElementById("device")
const status = document.getElementById("status")
let shown = null
let isFirst = true
/** The last address that was not the login: one returns to it. */
let lastRoute = { view: "home", params: {} }

async function showRoute() {
    const route = currentRoute()
    const name = session.needsLogin ? "login" : route.view
    // Behind TLS, strangers see the login alone, so nothing else appears before it is known who this is.
    if (session.needsLogin === null && location.protocol === "https:" && name !== "login") return
    markCurrent(name)
    if (name !== "login") lastRoute = route
    if (shown?.name === name && shown.element) {
        update(shown.element, route.params)
        return
    }
    const turn = { name, element: null }
    shown = turn
    if (!Object.hasOwn(views, name)) {
        fill(main, h("div", { class: "starting" }, h("h1", {}, t("shell.notFound")), h("p", {}, t("shell.tryAnother"))))
        arrive()
        return
    }
    let module
    try {
        module = await views[name].load()
    } catch (error) {
        if (shown === turn && !await reloadIfReplaced()) showFailure("shell.notLoaded", error)
        return
    }
    if (shown !== turn) return
    turn.element = document.createElement(module.name)
    if (name === "login") turn.element.previous = lastRoute
    fill(main, turn.element)
    window.scrollTo(0, 0)
    update(turn.element, route.params)
    arrive()
}

/** Shows an address in a view. A mistake in a view must not leave the page empty. */
function update(element, params) {
    try {
        element.show?.(params)
        nameTab()
    } catch (error) {
        console.error(error)
        showFailure("shell.broken", error)
    }
}

function showFailure(key, error) {
    shown = null
    fill(main, h("div", { class: "starting stack" }, h("h1", {}, t(key)), h("p", {}, explain(error)),
        h("p", {}, h("button", { class: "primary", on: { click: () => location.reload() } }, t("shell.reload")))))
}

/** Moves the focus to the heading of the view after a navigation, so that screen readers say where one is. */
function arrive() {
    nameTab()
    const field = main.querySelector("[data-first]")
    const heading = main.querySelector("h1")
    heading?.setAttribute("tabindex", "-1")
    if (field) field.focus()
    else if (!isFirst) (heading ?? main).focus({ preventScroll: true })
    isFirst = false
}

function nameTab() {
    const heading = main.querySelector("h1")?.textContent.slice(0, 120)
    document.title = [heading, device.textContent, t("shell.title")]
        .filter((text, index, all) => text && all.indexOf(text) === index).join(" – ")
}

function markCurrent(view) {
    for (const link of document.querySelectorAll("#nav a")) {
        const isCurrent = link.dataset.view === view || (view === "element" && link.dataset.view === "explore")
        if (isCurrent) link.setAttribute("aria-current", "page")
        else link.removeAttribute("aria-current")
    }
}

function showStatus() {
    const { state } = session.jet
    const isTrying = state === "connecting"
    const key = !session.isLate ? "live" : state === "open" ? "late" : isTrying ? "connecting" : "disconnected"
    setText(status, t(`shell.${key}`))
    status.dataset.state = key
    document.body.classList.toggle("is-late", session.isLate)
}

/** What the machine is called: its hostname if that was on the bus, else the name of the daemon. */
let hostname = null
function nameDevice() {
    setText(device, hostname ?? session.jet.info?.name ?? t("shell.title"))
    nameTab()
}

function accessChanged() {
    document.body.classList.toggle("is-stranger", session.needsLogin === true)
    showRoute()
}

/** The other views are loaded when the page is idle: then they are there even if the daemon is not. */
function loadTheRest() {
    const load = () => { for (const { load } of Object.values(views)) load().catch(() => {}) }
    setTimeout(() => window.requestIdleCallback ? requestIdleCallback(load) : load(), 2000)
}

document.documentElement.lang = language
setText(document.querySelector(".skip"), t("shell.skip"))
const nav = document.getElementById("nav")
nav.setAttribute("aria-label", t("shell.views"))
fill(nav, Object.entries(views).filter(([, view]) => view.icon).map(([name, view]) =>
    h("a", { href: href(name), data: { view: name } }, icon(view.icon), t(`shell.${name}`))))
document.querySelector(".skip").addEventListener("click", event => {
    // The address of the page names a view, so it cannot name the place to skip to.
    event.preventDefault()
    main.focus()
})

session.start()
let hasBeenOpen = false
session.addEventListener("state", () => {
    showStatus()
    nameDevice()
    if (!session.isOpen) return
    if (hasBeenOpen) reloadIfReplaced()
    hasBeenOpen = true
})
session.addEventListener("late", showStatus)
session.addEventListener("access", accessChanged)
showStatus()
new Account(document.getElementById("account"))
new Banner(document.getElementById("banner"), announce)
document.getElementById("help").append(h("button", {
    class: "quiet help", "aria-label": t("help.title"), on: { click: openHelp },
}, "?"))
listenForShortcuts()
session.jet.fetch({ path: { equals: "system/hostname" } }, ({ event, value }) => {
    // Without the agent it is still the same machine.
    if (event === "remove" || typeof value !== "string" || value === "") return
    hostname = value.slice(0, 64)
    nameDevice()
    // A stranger may not know the name; it is fetched again after the login.
}).started.catch(() => {})
window.addEventListener("hashchange", showRoute)
showRoute()
loadTheRest()
