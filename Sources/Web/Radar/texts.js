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

    home: {
        starting: "Waiting for the first values …",
        nothing: "There is nothing on this bus yet that Home could show. Explore shows all there is.",
        processor: "Processor", memory: "Memory", temperatures: "Temperatures", sensors: "Sensors", storage: "Storage",
        links: "Network", leds: "LEDs", devices: "Devices", services: "Services", update: "System update", power: "Power",
        others: "Other values",
        more: { one: "Show one more in Explore", other: "Show {n} more in Explore" },
        gone: "Stale: the program that published this is gone.",
        spark: "Between {low} and {high} {unit} in the last {minutes} min",
        cancel: "Cancel", on: "on", off: "off", now: "now", in: "in {time}",
        up: "up {time}",
        rebootRequired: "The machine must be restarted to complete an update.",
        rebootRequiredBy: "The machine must be restarted to complete an update: {packages}.",
        rebootRequiredMore: "The machine must be restarted to complete an update: {packages} and {n} more.",
        willReboot: "The machine restarts", willPowerOff: "The machine is switched off ({type})",
        askedBy: "asked for by {by}",
        cancelShutdown: "Call it off",
        shutdownCancelled: "The shutdown is called off.",
        shutdownScheduled: "The shutdown is scheduled.",
        reboot: "Restart …", poweroff: "Power off …",
        rebootTitle: "Restart {host}?", poweroffTitle: "Switch {host} off?",
        rebootText: "Everything that runs on the machine is stopped. This page reconnects by itself when the machine is back.",
        poweroffText: "Everything that runs on the machine is stopped. Somebody must switch it on again by hand.",
        delay: "When", reason: "Reason", reasonHint: "Shown to users who are logged in on the machine.",
        load: "Load", loadHint: "Processes that run or wait: in the last 1, 5 and 15 minutes", frequency: "Frequency",
        temperature: "Temperature",
        cores: { one: "One core", other: "{n} cores, {busy} of them busy" },
        available: "Available", total: "Total", swap: "Swap", usedOf: "{used} of {total}",
        availableOf: "{available} of {total} free",
        pressure: { cpu: "Waiting for the processor", memory: "Waiting for memory", io: "Waiting for disks" },
        pressureHint: "Share of the last 10 seconds in which something had to wait",
        level: { good: "normal", max: "high", crit: "critical", low: "low", min: "low" },
        limit: { max: "max {value}", crit: "critical {value}", min: "min {value}" },
        filesystem: "File system {name}", readOnly: "read-only", full: "full", nearlyFull: "nearly full",
        disk: "read {read} · write {write} · {busy} % busy",
        up1: "up", down: "down", noCarrier: "no cable", settings: "Settings", settingsOf: "Settings of {name}",
        rates: "↓ {down}   ↑ {up}", trafficOf: "Traffic of {name}",
        stations: { one: "one station", other: "{n} stations" },
        lease: "DHCP from {server}", linkLocal: "this link only",
        route: { inet: "Default route (IPv4)", inet6: "Default route (IPv6)" }, dns: "Name servers",
        copy: "Copy", copyWhat: "Copy {text}", copied: "{text} is copied.", notCopied: "{text} could not be copied.",
        deviceCount: { one: "one device", other: "{n} devices" }, deviceCountMore: "{n} devices or more",
        noDeviceEvents: "Devices that come or go appear here.",
        device: { added: "added", removed: "removed" },
        failedServices: { one: "one has failed", other: "{n} have failed" }, since: "since {time}",
        service: {
            start: "Start", stop: "Stop", restart: "Restart",
            startName: "Start {name}", stopName: "Stop {name}", restartName: "Restart {name}",
            startDone: "{name} is started.", stopDone: "{name} is stopped.", restartDone: "{name} is restarted.",
            stopTitle: "Stop {name}?", stopText: "It stays stopped until somebody starts it or the machine is restarted.",
            result: "result: {result}", restarts: { one: "restarted once", other: "restarted {n} times" },
        },
        phase: {
            idle: "idle", checking: "checking", downloading: "downloading", installing: "installing",
            succeeded: "done", failed: "failed", "restart-required": "restart required",
        },
        updateProgress: "Progress of the update", updatePercent: "{n} percent",
        updatePackage: "Now: {name}", checkedAt: "Checked {time}",
        upgradable: { one: "One package can be updated.", other: "{n} packages can be updated." },
        upgradableSecurity: { one: "One package can be updated, for security.", other: "{n} packages can be updated, {security} of them for security." },
        upToDate: "The system is up to date.", neverChecked: "It has not been checked for updates yet.",
        packages: { one: "The package", other: "The {n} packages" }, security: "security",
        updateCheck: "Check", updateStart: "Update …", updateCancel: "Call it off",
        updateCheckDone: "The check has started.", updateStartDone: "The update has started.", updateCancelDone: "The update is called off.",
        updateTitle: "Update the system?",
        updateText: { one: "One package is installed. Services may be restarted meanwhile.", other: "{n} packages are installed. Services may be restarted meanwhile." },
        charge: "Charge of {name}", batteryLow: "low", online: "connected", offline: "not connected",
        toEmpty: "{time} left", toFull: "full in {time}",
    },

    // MARK: Network settings

    network: {
        title: "Settings of {link}",
        close: "Close",
        gone: "This link is not there any more.",
        managedBy: "This link is managed by {manager}. Change it there.",
        otherPending: "A change of {link} waits to be confirmed. It must be kept or undone before the next one.",
        mode: { title: "IPv4 addresses", dhcp: "Automatic (DHCP)", static: "Fixed" },
        addresses: "Addresses", addressesHint: "One on each line, with the length of the prefix: 192.0.2.7/24",
        gateway: "Gateway", gatewayHint: "The router to other networks; one for IPv4, one for IPv6",
        dns: "Name servers", dnsHint: "Empty: those of DHCP and of the routers",
        ipv6: "IPv6", ipv6Hint: "Where IPv6 addresses come from, beside the fixed ones",
        ipv6Word: { auto: "Automatic, from the routers", "link-local": "This link only", off: "Off" },
        mtu: "Largest packet (MTU)", mtuHint: "In bytes; empty: as the driver has it",
        wait: "Time to confirm", waitHint: "Without a confirmation in this time, the present settings come back",
        review: "Review …", back: "Back", apply: "Try these settings",
        reviewTitle: "What will change", setting: "Setting", before: "Now", after: "Then",
        reviewText: "The settings are tried for {time}. Unless you confirm them by then, the present ones come back by themselves.",
        none: "none", automatic: "automatic", unchanged: "Nothing is different from the present settings.",
        problems: { one: "One field needs attention.", other: "{n} things need attention." },
        problem: {
            address: "{item}is not an IPv4 or IPv6 address.", prefixMissing: "{item}needs a prefix length, such as /24.",
            prefix: "{item}has no valid prefix length.", prefixZero: "{item}must have a prefix length of at least 1.",
            unspecified: "{item}is the unspecified address.", loopback: "{item}is a loopback address.",
            multicast: "{item}is a multicast address.", reserved: "{item}is a reserved address.",
            network: "{item}is the address of the network itself, not of a host in it.",
            broadcast: "{item}is the broadcast address of its network.", twice: "{item}is there twice.",
            ipv6Off: "{item}is an IPv6 address, but IPv6 is off.", none: "Fixed settings need an address.",
            tooMany: "There can be at most 16.", twoGateways: "{item}is the second gateway of its family.",
            ownAddress: "{item}is the link’s own address.", unreachable: "{item}is in none of the networks of the addresses.",
            mtu: "The largest packet must be from 68 to 65535 bytes.", mtuIPv6: "With IPv6, it must be at least 1280 bytes.",
        },
        tried: "The new settings are in use. Confirm them within {time}.",
        pendingTitle: "Keep the new settings of {link}?",
        pendingOwn: "They are in use now, and are undone when the time is over. If you can read this over the new settings, they work.",
        pendingOther: "{by} has changed the settings of {link}. Only {by} can confirm that; anybody with the right can undo it.",
        confirm: "Confirm", rollback: "Roll back now", over: "time is over",
        lostTitle: "The connection ended while new settings are tried",
        lost: "If the address of the device has changed, continue at its new address, log in as the same user, and confirm there. Without that, the former settings come back by themselves, and so does this page.",
        continueAt: "The device has a new address. Open it, and confirm there:",
        continueByName: "If the device has received another address, open the page there, by its name or as your router shows it, and confirm there.",
        certificate: "The browser may warn: the certificate of the device need not have the new address yet.",
        code: "Code of the change", codeHint: "The page that has made the change shows it.",
        codeTitle: "Confirm from a page without the same login", codeText: "Whoever has this code and the right to confirm can keep the change. It is shown nowhere else.",
        codeCopied: "The code is copied.",
        result: { confirmed: "The new settings of {link} are kept", rolledBack: "The settings of {link} were rolled back", failed: "The settings of {link} could not be changed" },
        reason: "Reason: {reason}.", restored: "Everything is as it was before.", notRestored: "Not everything is as it was before: {difference}.",
        dismiss: "Dismiss",
    },

    // MARK: LEDs

    led: {
        switch: "{name} on", brightnessOf: "Brightness of {name}", color: "Colour", trigger: "Trigger",
        more: "More", identify: "Identify", identifyOf: "Identify {name}", identifying: "{name} blinks for ten seconds.",
        blink: "Blink", blinkOf: "Have {name} blink", blinks: "{name} blinks.", blinking: "blinking ({trigger})",
    },

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
