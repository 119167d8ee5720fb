// All texts of the page, so that they can be translated: another file with the same keys stands in for this one.
//
// {name} is replaced. A text that depends on a number is an object by the categories of Intl.PluralRules.

export const language = "en"

const texts = {
    // MARK: The frame of the page

    shell: {
        title: "Radar",
        home: "Home",
        explore: "Explore",
        builder: "Fetch",
        bus: "Bus",
        live: "Live",
        late: "Late",
        connecting: "Connecting",
        disconnected: "Disconnected",
        notFound: "There is no view of this name.",
        loading: "Loading …",
    },

    // MARK: The banner, and why there is no connection

    banner: {},

    // MARK: Logging in and out

    login: {},

    // MARK: Home

    home: {},

    // MARK: Network settings

    network: {},

    // MARK: LEDs

    led: {},

    // MARK: Explore

    explore: {},

    // MARK: One element, and its editors

    element: {},

    // MARK: Charts

    chart: {
        nothingYet: "{label}: nothing yet",
        unknown: "not known",
        summary: "{label}: {now} now, {low} to {high} in the last {time}",
    },

    // MARK: The fetch builder

    builder: {},

    // MARK: The bus

    bus: {},

    // MARK: Errors of the daemon and of owners, by key

    errors: {},
}

const plurals = new Intl.PluralRules(language)

/** The text of a key such as "shell.home", with the values it names. */
export function t(key, values = {}) {
    let text = texts
    for (const part of key.split(".")) text = text?.[part]
    if (text !== null && typeof text === "object") text = text[plurals.select(values.n)] ?? text.other
    if (typeof text !== "string") return key
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

/** Whether there is a text for a key. */
export function hasText(key) { return t(key) !== key }
