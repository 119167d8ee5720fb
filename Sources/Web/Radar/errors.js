import { hasText, t } from "./texts.js"

const longest = 300

/** One sentence about a JetError, or about any other error: what has failed, and what one can do. */
export function explain(error) {
    const key = error?.key
    const data = Object(error?.data)
    if (key === "limit") return ofLimit(data)
    if (key === "badRule") return ofRule(Object(data.badRule))
    if (key === "invalidCode") return t("errors.invalidCode")
    if (key && hasText(`errors.${key}`)) return t(`errors.${key}`, { what: short(data[key]) })
    const code = error?.code
    if (code === -32001) return t("errors.timeout")
    if (code === -32002) return t("errors.connectionClosed")
    if (code === -32601) return t("errors.methodNotFound", { what: short(error.data) })
    const message = reasonOf(error)
    return typeof code === "number" ? t("errors.refused", { message: message || code }) : message || t("errors.unknown")
}

/** What an owner says: its message, or the reason in the data if the message is only that of the code. */
function reasonOf(error) {
    const { data, message = error } = Object(error)
    const reason = typeof data === "string" ? data : data?.reason
    const isGeneral = message === "Internal error" || message === "Invalid params"
    return short(isGeneral && typeof reason === "string" ? reason : message)
}

/** Whether a login could make a difference: the request was refused for want of one, or of a right. */
export function asksForLogin(error) { return error?.key === "loginRequired" || error?.key === "noAccess" }

function ofRule({ at, reason }) { return t("errors.badRule", { at: short(at), reason: short(reason) }) }

function ofLimit(data) {
    const name = `errors.limits.${data.limit}`
    const what = hasText(name) ? t(name) : short(data.limit)
    if (data.used === undefined) return t("errors.limit", { what, max: data.max })
    return t("errors.quota", { what, max: data.max, used: data.used, account: short(data.account) })
}

/** A part of an error, which may be anything, as text of a bounded length. */
function short(value) {
    if (value === undefined || value === null) return ""
    const text = typeof value === "string" ? value : JSON.stringify(value) ?? String(value)
    return text.length > longest ? `${text.slice(0, longest)}…` : text
}
