// Describes the focused element: null if there is none.
const element = document.activeElement
if (!element || element === document.body || element === document.documentElement) return null
window.testNumbers ??= new WeakMap()
window.testCount ??= 0
if (!window.testNumbers.has(element)) window.testNumbers.set(element, window.testCount++)
const box = element.getBoundingClientRect()
const marks = node => {
    const style = getComputedStyle(node)
    return [style.outlineStyle === "none" ? "" : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`, style.boxShadow,
        style.borderColor, style.backgroundColor, style.textDecorationLine].join("|")
}
// The mark may be on the control, on what contains it or on what stands for it, such as the track of a switch.
const near = [element, element.parentElement, element.nextElementSibling, element.labels?.[0], element.closest("[role=row], label, .row")].filter(Boolean)
const focused = near.map(marks)
const hasOutline = near.some(node => {
    const style = getComputedStyle(node)
    return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2
})
let isMarked = hasOutline
if (!isMarked) {
    element.blur()
    isMarked = near.map(marks).some((text, at) => text !== focused[at])
    element.focus({ preventScroll: true })
}
const middle = [Math.min(Math.max((box.left + box.right) / 2, 0), innerWidth - 1), Math.min(Math.max((box.top + box.bottom) / 2, 0), innerHeight - 1)]
const top = document.elementFromPoint(...middle)
const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
const isSeen = isInside && !!top && (element.contains(top) || top.contains(element) || near.some(node => node !== element.parentElement && node.contains(top)))
const name = (element.computedName ?? "").slice(0, 60)
return {
    number: window.testNumbers.get(element), role: element.computedRole, name,
    what: `${element.localName}${element.id ? `#${element.id}` : ""}${[...element.classList].map(each => `.${each}`).join("")} (${element.computedRole} “${name}”)`,
    isMarked, isSeen, left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY,
    area: element.closest("header, main, footer, dialog, [popover], nav")?.localName ?? "",
}
