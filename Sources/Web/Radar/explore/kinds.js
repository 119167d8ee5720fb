// Rules of the protocol cannot tell States from Methods, so for this filter the page asks once which elements are Methods.

/** More elements are not asked for at once. */
const mostElements = 20_000
/** What a rule may name. */
const mostPaths = 16_000
const mostBytes = 400_000

/** The paths of all Methods; null if there are too many elements to find out. */
export async function methodPaths(jet) {
    const info = await jet.request("info").catch(() => null)
    if (!(info?.statistics?.elements <= mostElements)) return null
    const entries = await jet.get({})
    const paths = entries.filter(entry => !("value" in entry)).map(entry => entry.path)
    const bytes = paths.reduce((sum, path) => sum + path.length * 3 + 3, 0)
    return paths.length <= mostPaths && bytes <= mostBytes ? paths : null
}

/** The value types that a rule can tell apart. */
export const valueTypes = ["number", "string", "boolean", "object"]

/** The rule for what is searched and chosen. */
export function ruleFor(find, type, methods) {
    const path = {}
    if (find) Object.assign(path, { contains: find, caseInsensitive: true })
    if (type === "method") path.equalsOneOf = methods
    if (type === "state") path.equalsNotOneOf = methods
    const rule = Object.keys(path).length > 0 ? { path } : {}
    if (valueTypes.includes(type)) rule.value = { isType: type }
    return rule
}
