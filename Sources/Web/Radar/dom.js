// Makes elements of the page. There is no HTML in strings anywhere, so no value of the bus can become markup.

/**
 * Makes an element: h("button", { class: "quiet", on: { click: act } }, "Act").
 *
 * Properties: `class`; `on`, listeners by event; `style`, custom properties and styles by name; `props`, properties of
 * the DOM such as `value`; `data`, data attributes. Everything else is an attribute; false and null leave it out, true
 * is the empty string.
 */
export function h(tag, properties = {}, ...children) {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(properties ?? {})) {
        if (name === "on") {
            for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener)
        } else if (name === "style") {
            for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text)
        } else if (name === "props") {
            Object.assign(element, value)
        } else if (name === "data") {
            Object.assign(element.dataset, value)
        } else {
            attribute(element, name, value)
        }
    }
    append(element, children)
    return element
}

/** Sets or removes an attribute. */
export function attribute(element, name, value) {
    if (value === false || value === null || value === undefined) element.removeAttribute(name)
    else element.setAttribute(name, value === true ? "" : String(value))
}

function append(element, children) {
    for (const child of children) {
        if (child === null || child === undefined || child === false) continue
        if (Array.isArray(child)) append(element, child)
        else element.append(child instanceof Node ? child : String(child))
    }
}

/** Replaces the children of an element. */
export function fill(element, ...children) {
    element.replaceChildren()
    append(element, children)
    return element
}

/** Sets the text of an element, and touches the page only if it differs. */
export function setText(element, text) {
    const string = String(text)
    if (element.textContent !== string) element.textContent = string
}

const svgNamespace = "http://www.w3.org/2000/svg"

/** Makes an icon from a path in a square of 24. Icons are decoration: what they mean stands beside them in text. */
export function icon(path) {
    const svg = document.createElementNS(svgNamespace, "svg")
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
        svg.setAttribute(name, value)
    }
    const shape = document.createElementNS(svgNamespace, "path")
    shape.setAttribute("d", path)
    svg.append(shape)
    return svg
}

let lastId = 0

/** An id for an element that a label or an `aria-` attribute names. */
export function uniqueId(prefix = "id") {
    lastId += 1
    return `${prefix}-${lastId}`
}

/** Calls `body` at the next frame, once for all calls until then. Returns the function that asks for it. */
export function oncePerFrame(body) {
    let isAsked = false
    return () => {
        if (isAsked) return
        isAsked = true
        requestAnimationFrame(() => {
            isAsked = false
            body()
        })
    }
}

/** Has screen readers say a text when they are idle. For what the user has caused, never for values that change. */
export function announce(text) {
    const place = document.getElementById("announcer")
    place.textContent = ""
    setTimeout(() => { place.textContent = text }, 50)
}
