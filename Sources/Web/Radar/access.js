import { session } from "./session.js"
import { t } from "./texts.js"

/**
 * Why this page cannot set or call an element, as text; null if it can.
 *
 * The daemon says only that it cannot, by `fetchOnly`: because the owner lets no peer do so, or because of the groups.
 * A Method that no peer may call makes no sense, so there it is the groups.
 */
export function whyNot(entry, { features = session.features, user = session.jet?.user ?? null } = {}) {
    if (!entry?.fetchOnly) return null
    const kind = "value" in entry && entry.value !== undefined ? "set" : "call"
    if (user !== null) return t(`access.${kind}AsUser`, { user })
    return t(features.authentication ? `access.${kind}WithoutLogin` : `access.${kind}`)
}
