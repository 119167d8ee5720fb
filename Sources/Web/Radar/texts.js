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
        views: "Views",
        skip: "Skip to the content",
        live: "Live",
        late: "Late",
        connecting: "Connecting",
        disconnected: "Disconnected",
        notFound: "There is no view of this name.",
        tryAnother: "The views are in the bar.",
        notLoaded: "This view could not be loaded.",
        broken: "This view failed.",
        reload: "Reload the page",
        loading: "Loading …",
    },

    // MARK: Keys, and the dialog that lists them

    help: {
        title: "Keyboard shortcuts",
        go: "Go to {view}",
        search: "Go to the search of the view",
        help: "Show these shortcuts",
        tab: "Next control; with Shift the one before",
        enter: "Use the control, open the link",
        arrows: "Move in lists, charts and sliders",
        escape: "Close a dialog or a menu",
        switch: "Shortcuts of single keys (g, / and ?)",
        close: "Close",
    },

    // MARK: The banner, and why there is no connection

    banner: {
        retry: "Retry now",
        reload: "Reload the page",
        login: "Log in",
        without: "Continue without a login",
        since: "What is shown is from before; for",
        next: "Next attempt in {seconds} s.",
        connecting: "Connecting …",
        back: "Connected again.",
        titles: {
            gone: "The device does not answer.",
            certificate: "The device cannot be reached.",
            offline: "This computer is offline.",
            silent: "The device is late.",
            origin: "The device refuses the connection of this page.",
            login: "The login was refused.",
            closed: "The connection was closed.",
        },
        reasons: {
            gone: "Its daemon is stopped or restarting, or the network is interrupted.",
            certificate: "It is off or restarting, or the browser no longer trusts its certificate. Reload the page to see which.",
            offline: "The browser says that there is no network.",
            silent: "The connection is open, but nothing arrives; the network or the device is overloaded.",
            origin: "It answers, but does not accept {origin}: open the page by the address of the device, or add this one "
                + "to allow-origins in /etc/jet/jetd.toml. Or it has no room for more connections.",
            login: "{reason}",
            closed: "Retry, or reload the page.",
        },
    },

    // MARK: Logging in and out

    login: {
        title: "Log in",
        required: "This device shows nothing without a login.",
        why: "With a login you can see and change what your user has the right to.",
        noUsers: "This device has no users, so there is no login. “jet passwd” on the device adds one.",
        user: "User",
        password: "Password",
        submit: "Log in",
        checking: "Checking …",
        slow: "Still checking. After wrong passwords the device takes its time, up to 16 seconds.",
        wrong: "The user or the password is wrong.",
        encrypted: "Open the page over an encrypted connection:",
        as: "Logged in as {user}",
        menu: "{user}: menu of the user",
        isIn: "Logged in as {user}.",
        out: "Log out",
        isOut: "Logged out.",
        change: "Change password",
        new: "New password",
        again: "New password again",
        differ: "The two are not the same.",
        save: "Change",
        cancel: "Cancel",
        changed: "The password was changed.",
    },

    // MARK: Home

    home: {},

    // MARK: Network settings

    network: {},

    // MARK: LEDs

    led: {},

    // MARK: Explore

    explore: {
        search: "Search in paths",
        searchHint: "Search in paths, such as temp",
        kind: "Show",
        type: {
            all: "All elements", state: "States", method: "Methods", number: "Numbers", string: "Texts",
            boolean: "On or off", object: "Objects and lists",
        },
        mode: "Arrangement",
        list: "List",
        tree: "Tree",
        grid: "States and Methods",
        detail: "The chosen element",
        column: { path: "Path", value: "Value", kind: "Kind", age: "Changed" },
        method: "Method",
        readOnly: "read-only",
        settable: "settable",
        atLeast: "> {age}",
        elements: { one: "{n} element", other: "{n} elements" },
        count: { one: "{count} element", other: "{count} elements" },
        countAbout: { one: "{count} or more", other: "{count} or more" },
        noneFound: "No path contains this.",
        empty: "There is nothing on the bus that you may see.",
        listOfFound: "What is found is shown as a list.",
        noTree: "This daemon does not offer the tree. The list has all elements.",
        tooMany: "There are too many elements to tell States and Methods apart. Search by path, or choose a type of value.",
        alone: "Full page",
        close: "Close",
    },

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

    errors: {
        pathNotExists: "There is no element “{what}” any more, or you may not see it.",
        pathAlreadyExists: "There is already an element “{what}”.",
        foreignPath: "“{what}” belongs to another program.",
        fetchOnly: "“{what}” is read-only: its owner does not let it be set or called.",
        noAccess: "You do not have the right to do this. Log in as a user who does.",
        notAState: "“{what}” is a Method. It can be called, but has no value to set.",
        notAMethod: "“{what}” is a State. It can be set, but not called.",
        missingParam: "The request lacks “{what}”.",
        wrongType: "“{what}” has the wrong type or is out of range.",
        unknownParam: "The daemon does not know “{what}”.",
        fetchIdInUse: "There is already a fetch with this id. Reload the page.",
        badRule: "The rule is wrong at “{at}”: {reason}.",
        invalidUser: "There is no such user.",
        invalidPassword: "The password is wrong, or cannot be a password.",
        alreadyFetching: "The daemon does not change the user while the page fetches. Try again.",
        loginRequired: "The device asks for a login first.",
        unencrypted: "This connection is not encrypted, so the device does not accept passwords over it.",
        invalidKey: "The key is not known to the device, or was removed.",
        invalidCode: "The code is wrong, was used before, or has expired.",
        ownerGone: "The program that owns “{what}” has ended. It is not known whether it has done what was asked.",
        daemonStopping: "The daemon was stopped. It is not known whether the owner has done what was asked.",
        connectionClosed: "The connection ended before the answer came. Check whether it was done, then try again.",
        timeout: "There was no answer in time. Check whether it was done, then try again.",
        methodNotFound: "This daemon is older and does not know “{what}”.",
        refused: "Refused: {message}",
        unknown: "It failed, and there is no reason.",
        limit: "This would be more than the limit for {what}, which is {max}.",
        quota: "“{account}” uses {used} of {max} for {what}; close what is not needed, or ask the administrator.",
        limits: {
            messageSize: "the size of a message",
            outbox: "what waits to be read",
            pendingRequests: "requests without an answer",
            pendingBytes: "the size of requests without an answer",
            authentications: "logins at the same time",
            pairingOffers: "offers to pair",
            walk: "elements that are looked at",
            elements: "elements",
            bytes: "memory",
            fetches: "fetches",
            ruleBytes: "the memory of rules",
            connections: "connections",
            unreadBytes: "what waits to be read",
            work: "the work of one request",
            waitingRequests: "requests that wait for the owner",
        },
    },

    // MARK: Why one may not set or call an element

    access: {
        set: "Read-only: its owner does not let it be set, or you lack the right.",
        setWithoutLogin: "Read-only without a login. If its owner lets it be set, it needs a user with the right.",
        setAsUser: "Read-only for {user}: its owner does not let it be set, or {user} lacks the right.",
        call: "You lack the right to call it.",
        callWithoutLogin: "Calling it needs a login.",
        callAsUser: "{user} lacks the right to call it.",
    },
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
