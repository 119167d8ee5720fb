// The address of a view: #/explore?path=system/. It names what is shown, never a secret or a value.

/** Reads the address of the page: the name of the view, and its parameters. */
export function currentRoute() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2)
    let view = path
    try { view = decodeURIComponent(path) } catch { /* Not an address of ours. */ }
    return { view: view || "home", params: Object.fromEntries(new URLSearchParams(query)) }
}

/** The address of a view, for a link. */
export function href(view, params = {}) {
    const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "")
    const query = new URLSearchParams(given).toString()
    return `#/${view === "home" ? "" : view}${query ? `?${query}` : ""}`
}

/** Goes to a view. With `replace`, the step back skips the present one. */
export function go(view, params = {}, { replace = false } = {}) {
    const target = href(view, params)
    if (replace) {
        history.replaceState(null, "", target)
        window.dispatchEvent(new HashChangeEvent("hashchange"))
    } else {
        location.hash = target
    }
}

const shown = new Map()

/** Keeps what a view shows, for the way back to it. */
export function remember(view, params) { shown.set(view, params) }

/** The address of a view as it was last seen. */
export function lastHref(view, params = {}) { return href(view, { ...shown.get(view), ...params }) }

/** Notes parameters in the address without going anywhere. */
export function noteParams(view, params) {
    history.replaceState(null, "", href(view, params))
}
