import { fill, h, setText } from "./dom.js"
import { currentRoute, href } from "./router.js"
import { session } from "./session.js"
import { t } from "./texts.js"

/** The views, each in a module of its own that is loaded when it is first shown. `nav` stands in the bar. */
const views = {
    home: { nav: "shell.home", load: () => import("./views/home.js") },
    explore: { nav: "shell.explore", load: () => import("./views/explore.js") },
    element: { load: () => import("./views/element.js") },
    builder: { nav: "shell.builder", load: () => import("./views/builder.js") },
    bus: { nav: "shell.bus", load: () => import("./views/bus.js") },
    login: { load: () => import("./views/login.js") },
}

const main = document.getElementById("main")
let shown = null

async function showRoute() {
    const { view, params } = currentRoute()
    markCurrent(view)
    if (shown?.name === view) {
        shown.element.show?.(params)
        return
    }
    const entry = Object.hasOwn(views, view) ? views[view] : undefined
    const turn = { name: view, element: null }
    shown = turn
    if (!entry) {
        fill(main, h("p", { class: "starting" }, t("shell.notFound")))
        return
    }
    let module
    try {
        module = await entry.load()
    } catch {
        // The daemon was replaced by another version, whose modules have other names.
        location.reload()
        return
    }
    if (shown !== turn) return
    turn.element = document.createElement(module.name)
    fill(main, turn.element)
    turn.element.show?.(params)
}

function markCurrent(view) {
    for (const link of document.querySelectorAll("#nav a")) {
        if (link.dataset.view === view || (view === "element" && link.dataset.view === "explore")) {
            link.setAttribute("aria-current", "page")
        } else {
            link.removeAttribute("aria-current")
        }
    }
}

fill(document.getElementById("nav"), Object.entries(views).filter(([, view]) => view.nav).map(([name, view]) =>
    h("a", { href: href(name), data: { view: name } }, t(view.nav))))

const status = document.getElementById("status")
function showStatus() {
    const state = session.jet.state
    const key = session.isLate ? (state === "open" ? "late" : state === "connecting" ? "connecting" : "disconnected") : "live"
    setText(status, t(`shell.${key}`))
    status.dataset.state = key
    document.body.classList.toggle("is-late", session.isLate)
}

session.start()
session.addEventListener("state", showStatus)
session.addEventListener("late", showStatus)
showStatus()
window.addEventListener("hashchange", showRoute)
showRoute()
