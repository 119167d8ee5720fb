// Checks what is shown now against WCAG 2.2 AA as far as a program can, and returns the problems as sentences. It asks the
// browser for roles and names (element.computedRole, element.computedName), so these are what assistive technology gets.
const problems = []
const report = (element, text) => {
    if (problems.length < 60) problems.push(`${describe(element)}: ${text}`)
}

function describe(element) {
    const parts = []
    for (let each = element; each && each !== document.body && parts.length < 4; each = each.parentElement) {
        const classes = [...each.classList].map(name => `.${name}`).join("")
        parts.unshift(`${each.localName}${each.id ? `#${each.id}` : ""}${classes}`)
    }
    const text = (element.textContent ?? "").replace(/\s+/gu, " ").trim().slice(0, 40)
    return parts.join(" > ") + (text ? ` “${text}”` : "")
}

const everything = [...document.querySelectorAll("body, body *")]
const isShown = element => element.checkVisibility({ visibilityProperty: true })
const shown = everything.filter(isShown)
/** For screen readers only: cut to nothing. */
const isCut = element => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
        const box = each.getBoundingClientRect()
        const style = getComputedStyle(each)
        if (style.position === "absolute" && (box.width <= 1 || box.height <= 1 || style.clipPath === "inset(50%)")) return true
    }
    return false
}
const interactiveRoles = new Set(["button", "link", "textbox", "searchbox", "checkbox", "switch", "radio", "slider",
    "spinbutton", "combobox", "listbox", "option", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "treeitem",
    "gridcell", "DisclosureTriangle", "ColorWell", "Date", "DateTime"])
const interactiveElements = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]"
const isDisabled = element => element.matches(":disabled") || !!element.closest("[aria-disabled=true], [inert], fieldset:disabled")
const isTabbable = element => element.matches(interactiveElements) && element.tabIndex >= 0 && !element.matches(":disabled")

// The page

if (!document.documentElement.lang) report(document.documentElement, "has no lang")
if (!document.title.trim()) report(document.documentElement, "has no title")
if (/user-scalable\s*=\s*no|maximum-scale\s*=\s*[01]\b/u.test(document.querySelector("meta[name=viewport]")?.content ?? "")) {
    report(document.documentElement, "forbids zooming")
}
const mains = shown.filter(element => element.matches("main, [role=main]"))
if (mains.length !== 1) report(document.body, `${mains.length} main landmarks`)
for (const kind of ["nav, [role=navigation]", "aside, [role=complementary]"]) {
    const several = shown.filter(element => element.matches(kind))
    if (several.length > 1) for (const element of several) if (!element.computedName) report(element, "one of several landmarks, without a name")
}
const regions = new Set()
for (const element of shown.filter(each => each.matches("[role=region], section[aria-label], section[aria-labelledby]"))) {
    const { computedName } = element
    if (regions.has(computedName)) report(element, `two regions with the name ${computedName}`)
    regions.add(computedName)
}

// Headings

const headings = shown.filter(element => element.matches("h1, h2, h3, h4, h5, h6, [role=heading]"))
const level = element => Number(element.getAttribute("aria-level") ?? element.localName.slice(1))
const firsts = headings.filter(element => level(element) === 1)
if (firsts.length !== 1) report(document.body, `${firsts.length} headings of level 1`)
headings.forEach((heading, at) => {
    if (!heading.textContent.trim()) report(heading, "an empty heading")
    if (at > 0 && level(heading) > level(headings[at - 1]) + 1) report(heading, `level ${level(heading)} after ${level(headings[at - 1])}`)
})

// Ids and references

const ids = new Map()
for (const element of everything) if (element.id) ids.set(element.id, [...ids.get(element.id) ?? [], element])
for (const [id, elements] of ids) if (elements.length > 1) report(elements[1], `the id ${id} is there ${elements.length} times`)
for (const element of shown) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-activedescendant", "aria-errormessage", "for"]) {
        for (const id of (element.getAttribute(name) ?? "").split(/\s+/u)) {
            // What is not expanded need not have made what it controls yet.
            if (!id || ids.has(id) || (name === "aria-controls" && element.getAttribute("aria-expanded") !== "true")) continue
            report(element, `${name} names ${id}, which is not there`)
        }
    }
}

// Live regions: one, so that nothing is said that the user has not caused.

const live = everything.filter(element => {
    const value = element.getAttribute("aria-live")
    return value ? value !== "off" : element.matches("output, [role=status], [role=alert], [role=log]")
})
if (live.length !== 1) report(live[1] ?? document.body, `${live.length} live regions`)
for (const element of live) if (element.getAttribute("aria-live") === "assertive") report(element, "an assertive live region")

// Roles and names

const knownRoles = new Set(("alert alertdialog application article banner blockquote button caption cell checkbox code columnheader "
    + "combobox complementary contentinfo definition deletion dialog document emphasis feed figure form generic grid gridcell "
    + "group heading img insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox "
    + "menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup "
    + "rowheader scrollbar search searchbox separator slider spinbutton status strong subscript superscript switch tab table "
    + "tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem").split(" "))
const parents = {
    treeitem: "[role=tree], [role=group], [role=treegrid]", option: "select, datalist, [role=listbox]", tab: "[role=tablist]",
    row: "table, [role=table], [role=grid], [role=treegrid], [role=rowgroup]", gridcell: "[role=row], tr", cell: "[role=row], tr",
    columnheader: "[role=row], tr", listitem: "ul, ol, menu, [role=list]", radio: "*", menuitem: "[role=menu], [role=menubar]",
}
const states = { slider: ["aria-valuenow"], switch: ["aria-checked"], checkbox: ["aria-checked"], combobox: ["aria-expanded"], meter: ["aria-valuenow"] }
for (const element of shown) {
    const role = element.getAttribute("role")
    if (role && !role.split(/\s+/u).every(each => knownRoles.has(each))) report(element, `no such role: ${role}`)
    if (role && parents[role] && !element.parentElement?.closest(parents[role])) report(element, `a ${role} outside of ${parents[role]}`)
    if (role && !element.matches("input, select, textarea, progress, meter")) {
        for (const state of states[role] ?? []) if (!element.hasAttribute(state)) report(element, `a ${role} without ${state}`)
    }
    for (const name of element.getAttributeNames()) {
        if (/^aria-(expanded|checked|pressed|selected|hidden|disabled|busy|invalid|readonly|required|current)$/u.test(name)
            && !/^(true|false|mixed|undefined|page|step|location|date|time|grammar|spelling)$/u.test(element.getAttribute(name))) {
            report(element, `${name} is "${element.getAttribute(name)}"`)
        }
    }
    if (element.tabIndex > 0) report(element, "a positive tabindex")
    const hidden = element.closest("[aria-hidden=true]")
    if (isTabbable(element)) {
        if (hidden) report(element, "can be focused, but is hidden from screen readers")
        if (element.parentElement?.closest("a[href], button, summary, [role=button], [role=link]")) report(element, "inside of another control")
        if (!element.computedName?.trim()) report(element, `a ${element.computedRole} without a name`)
        if (["generic", "none", ""].includes(element.computedRole ?? "") && !scrolls(element) && !element.matches("summary, input[type=color]")) report(element, "can be focused, but has no role")
    } else if (interactiveRoles.has(role) && role !== "gridcell" && !hidden && !element.computedName?.trim()) {
        report(element, `a ${role} without a name`)
    }
    if (element.matches("input:not([type=hidden]), select, textarea") && !hidden) {
        const hasLabel = element.labels?.length || ["aria-label", "aria-labelledby"].some(name => element.getAttribute(name)?.trim())
        if (!hasLabel && !["button", "submit"].includes(element.type)) report(element, "an input without a label")
        if (element.type === "password" && !element.autocomplete) report(element, "a password without autocomplete")
    }
    if (element.matches("img:not([alt]), svg:not([aria-hidden=true], [role=img], [role=presentation], [role=none]), canvas:not([aria-hidden=true], [role=img])") && !hidden) {
        report(element, "an image without a text alternative or aria-hidden")
    }
    if (element.matches("[role=img]:not(img), canvas[role=img]") && !element.computedName) report(element, "an image without a name")
    if (element.matches("table") && !element.querySelector("th, [role=columnheader], [role=rowheader]")) report(element, "a table without header cells")
    if (element.matches("iframe, object, embed")) report(element, "a document in the document")
    // A grid scrolls by its arrow keys.
    const isOfGrid = element.closest("[role=grid], [role=treegrid], [role=listbox], [role=tree]")?.tabIndex >= 0
    if (scrolls(element) && element.tabIndex < 0 && !isOfGrid && ![...element.querySelectorAll(interactiveElements)].some(isTabbable)) {
        // Chromium lets such a box be focused without tabindex; Safari does not.
        report(element, "scrolls, but cannot be reached by keyboard")
    }
}

function scrolls(element) {
    const style = getComputedStyle(element)
    return element !== document.body && (/(auto|scroll)/u.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1
        || /(auto|scroll)/u.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
}

// Contrast of text

const canvas = document.createElement("canvas")
canvas.width = canvas.height = 1
const context = canvas.getContext("2d", { willReadFrequently: true })
const colours = new Map()
function colour(text) {
    if (!colours.has(text)) {
        // Two grounds show how transparent a colour is, in whatever notation it is.
        const onGround = ground => {
            context.globalCompositeOperation = "copy"
            context.fillStyle = ground
            context.fillRect(0, 0, 1, 1)
            context.globalCompositeOperation = "source-over"
            context.fillStyle = text
            context.fillRect(0, 0, 1, 1)
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)
        }
        const black = onGround("#000")
        const alpha = 1 - (onGround("#fff")[0] - black[0]) / 255
        colours.set(text, { rgb: black.map(part => alpha > 0 ? Math.min(255, part / alpha) : 0), alpha })
    }
    return colours.get(text)
}
const over = (above, alpha, below) => above.map((part, at) => part * alpha + below[at] * (1 - alpha))
const luminance = rgb => {
    const [red, green, blue] = rgb.map(part => part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
}
/** The colour behind an element's content; null if it is a picture. */
function ground(element) {
    const layers = []
    for (let each = element; each; each = each.parentElement) {
        const style = getComputedStyle(each)
        if (style.backgroundImage !== "none") return null
        const { rgb, alpha } = colour(style.backgroundColor)
        if (alpha > 0) layers.push([rgb, alpha])
        if (alpha >= 1) break
    }
    const canvasColour = colour(getComputedStyle(document.documentElement).backgroundColor)
    let below = canvasColour.alpha > 0 ? canvasColour.rgb : matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]
    for (const [rgb, alpha] of layers.reverse()) below = over(rgb, alpha, below)
    return below
}
const opacity = element => {
    let product = 1
    for (let each = element; each; each = each.parentElement) product *= Number(getComputedStyle(each).opacity)
    return product
}
const isLate = document.body.classList.contains("is-late")
for (const element of shown) {
    const field = element.matches("input:not([type=range], [type=checkbox], [type=radio], [type=color]), select, textarea")
    const ownText = field ? element.value || element.placeholder : [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join("").trim()
    if (!ownText || isDisabled(element) || isCut(element) || element.closest("svg, option, optgroup")) continue
    // What is out of date is dimmed on purpose, and inactive.
    if (isLate && element.closest("main")) continue
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0) continue
    const style = getComputedStyle(element)
    const behind = ground(element)
    if (!behind) continue
    const ink = field && !element.value ? getComputedStyle(element, "::placeholder").color : style.color
    const { rgb, alpha } = colour(ink)
    const ratio = contrast(over(rgb, alpha * opacity(element), behind), behind)
    const size = Number.parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (ratio < (isLarge ? 3 : 4.5) - 0.005) report(element, `contrast ${ratio.toFixed(2)} of ${ink} on rgb(${behind.map(Math.round)})`)
}
// The border or the ground of a field says where it is.
for (const element of shown) {
    if (!element.matches("input:not([type=range], [type=checkbox], [type=radio], [type=color], [type=file]), select, textarea") || isDisabled(element)) continue
    const outside = ground(element.parentElement)
    const inside = ground(element)
    if (!outside || !inside) continue
    const style = getComputedStyle(element)
    const { rgb, alpha } = colour(style.borderBottomColor)
    const border = Number.parseFloat(style.borderBottomWidth) > 0 ? contrast(over(rgb, alpha, outside), outside) : 1
    if (Math.max(border, contrast(inside, outside)) < 2.995) report(element, `its border has a contrast of ${border.toFixed(2)}`)
}

// Sizes of targets: 24 by 24, or enough room around (WCAG 2.5.8)

const targets = shown.filter(element => (isTabbable(element)
    || (interactiveRoles.has(element.getAttribute("role")) && !element.matches("[role=gridcell]")))
    && !isDisabled(element) && !isCut(element) && !(element.matches("main, [tabindex]") && !interactiveRoles.has(element.computedRole)))
const boxOf = element => {
    const boxes = [element, ...(element.matches("input[type=checkbox], input[type=radio]") ? element.labels ?? [] : [])].map(each => each.getBoundingClientRect())
    return { left: Math.min(...boxes.map(box => box.left)), top: Math.min(...boxes.map(box => box.top)),
        right: Math.max(...boxes.map(box => box.right)), bottom: Math.max(...boxes.map(box => box.bottom)) }
}
const boxes = targets.map(boxOf)
targets.forEach((element, at) => {
    const box = boxes[at]
    const [width, height] = [box.right - box.left, box.bottom - box.top]
    if ((width >= 23.9 && height >= 23.9) || width === 0 || height === 0) return
    // A link in a sentence is as high as its line.
    if (element.matches("a") && getComputedStyle(element).display === "inline" && element.parentElement.matches("p, li, dd, td, span, .note")
        && element.parentElement.textContent.trim().length > element.textContent.trim().length) return
    const centre = [(box.left + box.right) / 2, (box.top + box.bottom) / 2]
    const isCrowded = boxes.some((other, index) => index !== at && !targets[index].contains(element) && !element.contains(targets[index])
        && Math.hypot(Math.max(other.left - centre[0], 0, centre[0] - other.right), Math.max(other.top - centre[1], 0, centre[1] - other.bottom)) < 12)
    if (isCrowded) report(element, `a target of ${Math.round(width)} by ${Math.round(height)} with another beside it`)
})

return problems
