// Finds what a user finds: visible elements by their role and their name, as the browser computes both for assistive
// technology. The arguments: the role or null, the name (null, or {text} or {pattern}), and where to look.
const [role, name, within] = arguments
const pattern = name?.pattern ? new RegExp(name.pattern, "iu") : null
const tidy = text => text.replace(/\s+/gu, " ").trim()
const fits = text => !name || (pattern ? pattern.test(tidy(text)) : tidy(text) === name.text)
// Asking for the computed role is slow, so obvious candidates are chosen first.
const candidates = {
    button: "button, [role=button], input[type=submit], input[type=button], summary",
    link: "a[href], [role=link]",
    textbox: "input, textarea, [role=textbox], [contenteditable]",
    searchbox: "input, [role=searchbox]",
    slider: "input[type=range], [role=slider]",
    checkbox: "input[type=checkbox], [role=checkbox]",
    switch: "[role=switch], input[type=checkbox]",
    radio: "input[type=radio], [role=radio]",
    spinbutton: "input[type=number], [role=spinbutton]",
    combobox: "select, input, [role=combobox]",
    heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
    row: "tr, [role=row]",
    table: "table, [role=table], [role=grid], [role=treegrid]",
    dialog: "dialog, [role=dialog], [role=alertdialog]",
    treeitem: "[role=treeitem]",
    tab: "[role=tab]",
    option: "option, [role=option]",
    progressbar: "progress, [role=progressbar]",
    meter: "meter, [role=meter]",
    timer: "[role=timer]",
    listitem: "li, [role=listitem]",
    grid: "[role=grid]",
    treegrid: "[role=treegrid]",
}
const found = []
for (const element of (within ?? document).querySelectorAll(role ? candidates[role] ?? "*" : "*")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: false })) continue
    if (role && element.computedRole !== role) continue
    if (fits(element.computedName ?? "")) found.push(element)
}
return found
