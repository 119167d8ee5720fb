// A simulated machine on the bus: the parts of jet-agent that need systemd, D-Bus and root, with the same paths,
// values, metas, Methods and behaviour. It is for tests and for developers without such a machine.
//
//     node host.mjs unix:/path/to/jet.sock [--pace MS] [--shortest SECONDS] [--longest SECONDS] [--without PART,…]
//
// Parts: network, update, services, shutdown, power, links, disks, agent. --pace is the time of one step of an update.
// --shortest is the shortest time in which a change of the network can be confirmed (10); after --longest it is rolled
// back in any case. It prints "ready" when all is published.

import { connect, JetError } from "../../../Sources/Web/JavaScript/jet.js"
import { randomBytes } from "node:crypto"

const [url = "unix:/run/jet/jet.sock", ...rest] = process.argv.slice(2)
const option = (name, standard) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : standard)
const pace = Number(option("--pace", 250))
const shortest = Number(option("--shortest", 10))
const longest = Number(option("--longest", 3600))
const without = new Set(option("--without", "").split(","))

const jet = connect(url, { name: "host fixture" })
const access = { setGroups: ["operator"], callGroups: ["operator"] }
const added = []
const now = () => new Date().toISOString().replace(/\.\d+/, "")
const json = (title, more = {}) => ({ title, datatype: "json", ...more })

function state(path, value, meta, set, answers) {
    const element = jet.addState(path, value, { meta, ...(set ? { access, caller: true, set } : {}) })
    // jet-agent answers a set of network settings with the pending change; a State of jet.js with true or its value.
    if (answers) element.answer = async (handler, params, request) => set(params.value, request)
    added.push(element.added)
    return element
}

function method(path, title, call, format) {
    const meta = format ? json(title, { format: JSON.stringify(format) }) : { title }
    const element = jet.addMethod(path, call, { meta, access, caller: true })
    added.push(element.added)
    return element
}

function refuse(field, reason) {
    const data = field ? { field, reason } : { reason }
    throw new JetError(field ? `${field} ${reason}` : reason, -32602, data)
}

const nameOf = (request) => request?.caller?.user ?? null

// MARK: Network settings

function network() {
    const files = {
        eth0: { mode: "dhcp", addresses: [], gateway: null, dns: [], ipv6: "auto", mtu: null, managedBy: "networkd" },
        wlan0: { mode: null, addresses: null, gateway: null, dns: null, ipv6: null, mtu: null,
            managedBy: "NetworkManager" },
    }
    const list = (description) => ({ type: "array", items: { type: "string" }, description })
    const schema = {
        type: "object",
        properties: {
            mode: { enum: ["dhcp", "static"] },
                addresses: list("Addresses with the length of their prefix, such as 192.0.2.7/24"),
            gateway: { type: ["string", "array", "null"], items: { type: "string" },
                description: "One gateway, or one for each IP version" },
            dns: list("Addresses of name servers"), ipv6: { enum: ["auto", "link-local", "off"] },
            mtu: { type: ["integer", "null"], minimum: 68, maximum: 65535 },
            confirmWithin: { type: "integer", minimum: 10, maximum: 3600, writeOnly: true,
                description: "Seconds until the change is undone unless it is confirmed" },
            managedBy: { type: ["string", "null"], readOnly: true },
        },
        additionalProperties: false,
    }
    const confirmation = {
        type: "object", additionalProperties: false,
        properties: { token: { type: "string" }, id: { type: "string" } },
    }
    const members = ["mode", "addresses", "gateway", "dns", "ipv6", "mtu"]
    let pending = null
    const states = {}
    const shownPending = state("settings/net/pending", null, json("Change of network settings that is not confirmed"))
    const shownLast = state("settings/net/last", null, json("Last change of network settings"))

    for (const [link, settings] of Object.entries(files)) {
        states[link] = state(`settings/net/${link}`, settings,
            json(`Settings of network link ${link}`, { format: JSON.stringify(schema) }),
                (value, request) => set(link, value, request), true)
    }

    function set(link, value, request) {
        const current = states[link].value
        if (current.managedBy === "NetworkManager") {
            throw new JetError(`${link} is managed by NetworkManager; change it there, for example with nmcli.`,
                -32602, { managedBy: current.managedBy })
        }
        if (value === null || typeof value !== "object" || Array.isArray(value)) refuse("",
            "The settings must be an object such as {\"mode\": \"dhcp\"}.")
        const { confirmWithin: asked = 120, managedBy, ...change } = value
        if (!Number.isInteger(asked) || asked < shortest || asked > 3600) {
            refuse("confirmWithin", `must be a whole number from ${shortest} to 3600, in seconds.`)
        }
        const confirmWithin = Math.min(asked, longest)
        for (const name of Object.keys(change)) {
            if (!members.includes(name)) refuse(name,
                "is no member of the settings: mode, addresses, gateway, dns, ipv6 and mtu are.")
        }
        const to = { mode: "dhcp", addresses: [], gateway: null, dns: [], ipv6: "auto", mtu: null }
        for (const name of members) to[name] = change[name] === undefined ? current[name] : change[name] ?? to[name]
        if (Array.isArray(to.gateway) && to.gateway.length < 2) to.gateway = to.gateway[0] ?? null
        if (to.mode === "static" && to.addresses.length === 0) refuse("addresses",
            "must have one when mode is \"static\".")
        for (const [index, address] of to.addresses.entries()) {
            if (!/^[0-9a-fA-F.:]+\/\d+$/.test(address)) refuse(`addresses[${index}]`,
                "must be an address and a prefix length, such as 192.0.2.7/24.")
            // An address that only the machine knows to be wrong, so that tests see a refusal of the owner.
            if (address.startsWith("198.51.100.")) refuse(`addresses[${index}]`, "is used by another machine.")
        }
        if (members.every((name) => JSON.stringify(to[name]) === JSON.stringify(current[name]))) {
            refuse("", "The settings are so already; nothing was changed.")
        }
        if (pending) {
            const { link, by, deadline } = pending
            const what = `A change of ${link} by ${by} is pending until ${deadline}`
            refuse("", `${what}; it must be confirmed or rolled back first.`)
        }
        const { managedBy: owner, ...from } = current
        const user = nameOf(request)
        const deadline = new Date(Date.now() + confirmWithin * 1000).toISOString().replace(/\.\d+/, "")
        pending = { id: randomBytes(8).toString("hex"), token: randomBytes(24).toString("hex"), link, user,
            by: user ?? "an unknown user", from, to, deadline, current }
        pending.timer = setTimeout(() => rollback("it was not confirmed in time"), confirmWithin * 1000)
        const { id, token, by } = pending
        shownPending.value = { id, link, by, from, to, deadline }
        states[link].value = { ...to, managedBy: owner }
        return { pending: { id, token, deadline, confirmWithin } }
    }

    function end(result, more) {
        const { id, link, by } = pending
        clearTimeout(pending.timer)
        pending = null
        shownPending.value = null
        const last = { id, link, by, result, reason: null, restored: null, ...more, at: now() }
        shownLast.value = last
        return last
    }

    function rollback(reason) {
        states[pending.link].value = pending.current
        return end("rolled-back", { reason, restored: true })
    }

    method("settings/net/confirm", "Confirm the change of network settings", (args, request) => {
        const { token, id } = args ?? {}
        if (typeof token !== "string" && typeof id !== "string") refuse("token",
            "must be the one that the set was answered with")
        if (!pending) refuse("token", "matches no pending change: none is pending.")
        if (typeof token === "string") {
            if (token !== pending.token) refuse("token", "is not the one that the change was answered with.")
        } else {
            if (id !== pending.id) refuse("id", "is not that of the pending change.")
            if (pending.user === null) refuse("token", "is needed, because the author of the change had not logged in.")
        }
        if (nameOf(request) !== pending.user) refuse("", `The change is ${pending.by}'s; no other user can confirm it.`)
        return end("confirmed")
    }, confirmation)
    method("settings/net/rollback", "Undo the change of network settings", (args, request) => {
        if (!pending) refuse("", "No change is pending.")
        return rollback(`${nameOf(request) ?? "an unknown user"} asked for it`)
    })
}

// MARK: Update

function update() {
    const packages = [
        { name: "openssl", from: "3.0.17-1~deb12u2", to: "3.0.18-1~deb12u1", security: true },
        { name: "linux-image-amd64", from: "6.1.153-1", to: "6.1.158-1", security: true },
        { name: "tzdata", from: "2025a-0+deb12u1", to: "2025b-0+deb12u2", security: false },
        { name: "linux-image-6.1.0-41-amd64", from: null, to: "6.1.158-1", security: true },
    ]
    const idle = { id: null, kind: null, phase: "idle", percent: null, package: null, message: null, startedAt: null,
        finishedAt: null,
        by: null, cancelledBy: null, cancellable: false, upgradable: [], checkedAt: null,
            rebootRequired: { required: false, packages: [] } }
    const shown = state("system/update", idle, json("System update"))
    const put = (change) => { shown.value = { ...shown.value, ...change } }
    const isRunning = () => ["checking", "downloading", "installing"].includes(shown.value.phase)
    let timer = null

    function start(kind, request) {
        if (isRunning()) refuse("", "An update job is running already.")
        const id = randomBytes(6).toString("hex")
        put({ id, kind, phase: "checking", percent: 0, package: null,
            message: "The package lists are brought up to date.", startedAt: now(),
            finishedAt: null, by: nameOf(request) ?? "an unknown user", cancelledBy: null, cancellable: true })
        let step = 0
        timer = setInterval(() => {
            step += 1
            const done = kind === "check" ? 5 : 24
            if (step >= done) return finish(kind)
            const percent = Math.floor((step / done) * 100)
            if (kind === "check" || step < 4) return put({ percent })
            const name = packages[Math.min(packages.length - 1,
                Math.floor(((step - 4) / (done - 4)) * packages.length))].name
            if (step < 10) return put({ phase: "downloading", percent, package: name,
                message: "Packages are downloaded." })
            put({ phase: "installing", percent, package: name, message: "Packages are installed.", cancellable: false })
        }, pace)
        return { id }
    }

    function finish(kind) {
        clearInterval(timer)
        const ended = { package: null, finishedAt: now(), cancellable: false, percent: 100 }
        if (kind === "check") {
            put({ ...ended, phase: "succeeded", message: `${packages.length} packages can be updated.`,
                upgradable: packages, checkedAt: now() })
        } else {
            put({ ...ended, phase: "restart-required", percent: 99,
                message: "All is installed; the machine must be restarted.", upgradable: [], checkedAt: now(),
                rebootRequired: { required: true, packages: ["linux-image-6.1.0-41-amd64"] } })
        }
    }

    method("system/update/check", "Look for updates", (args, request) => start("check", request))
    method("system/update/start", "Update the system", (args, request) => start("install", request))
    method("system/update/cancel", "Call the update off", (args, request) => {
        if (!isRunning()) refuse("", "No job is running.")
        if (!shown.value.cancellable) refuse("", "Packages are being installed; that cannot be called off.")
        clearInterval(timer)
        put({ phase: "failed", percent: null, package: null, message: "The job was cancelled.",
            cancelledBy: nameOf(request), cancellable: false, finishedAt: now() })
        return { id: shown.value.id }
    })
}

// MARK: Services

function services() {
    const unit = (active, sub, description, more = {}) =>
        ({ active, sub, since: now(), result: active === "failed" ? "exit-code" : "success", restarts: 0,
        memory: active === "active" ? 18_874_368 : null, enabled: "enabled", description, ...more })
    const units = {
        "ssh.service": unit("active", "running", "OpenBSD Secure Shell server"),
        "my-machine.service": unit("active", "running", "Control of the machine", { restarts: 2, memory: 61_341_696 }),
        "backup.service": unit("failed", "failed", "Nightly backup"),
        "nginx.service": unit("inactive", "dead", "A high performance web server"),
    }
    for (const [name, value] of Object.entries(units)) {
        const shown = state(`services/${name}`, value, json(value.description))
        if (name === "ssh.service") continue
        const change = (more) => { shown.value = { ...shown.value, ...more, since: now() } }
        const verbs = {
            start: ["activating", "start", "active", "running"],
                stop: ["deactivating", "stop-sigterm", "inactive", "dead"],
            restart: ["activating", "start", "active", "running"],
        }
        for (const [verb, [first, firstSub, then, thenSub]] of Object.entries(verbs)) {
            method(`services/${name}/${verb}`, `${verb[0].toUpperCase()}${verb.slice(1)} ${name}`, async () => {
                change({ active: first, sub: firstSub })
                await new Promise((resolve) => setTimeout(resolve, pace))
                if (name === "backup.service" && verb !== "stop") {
                    change({ active: "failed", sub: "failed", result: "exit-code" })
                    throw new JetError(`${name} could not ${verb} (failed: exit-code); its journal says more.`, -32602,
                        { unit: name, job: "failed", result: "exit-code" })
                }
                change({ active: then, sub: thenSub, result: "success", memory: then === "active" ? 20_971_520 : null })
                return { result: "done" }
            })
        }
    }
}

// MARK: Shutdown

function shutdown() {
    const shown = state("system/shutdown", { pending: null }, json("Scheduled shutdown"))
    const schema = { type: "object",
        properties: { delay: { type: "integer", minimum: 0, maximum: 86400, default: 10 },
        reason: { type: "string" } } }
    const schedule = (type) => (args, request) => {
        const { delay = 10, reason = null } = args ?? {}
        if (!Number.isInteger(delay) || delay < 0 || delay > 86400) refuse("delay",
            "must be a whole number from 0 to 86400")
        shown.value = { pending: { type, at: new Date(Date.now() + delay * 1000).toISOString().replace(/\.\d+/, ""),
            by: nameOf(request), message: reason, begun: false } }
        return shown.value.pending
    }
    method("system/reboot", "Reboot the machine", schedule("reboot"), schema)
    method("system/poweroff", "Power the machine off", schedule("poweroff"), schema)
    method("system/shutdown/cancel", "Call the scheduled shutdown off", () => {
        if (!shown.value.pending) refuse("", "No shutdown is scheduled.")
        shown.value = { pending: null }
        return true
    })
}

// MARK: What a small machine in a test does not have

function power() {
    state("power/AC", { type: "mains", online: true, voltage: 20 }, json("Power supply AC"))
    state("power/BAT0", { type: "battery", scope: "system", present: true, status: "charging", capacity: 78,
        level: "normal", energy: 39.2,
        energyFull: 50.1, power: 21.4, timeToFull: 1860, voltage: 15.8, cycles: 112, technology: "Li-ion",
            manufacturer: "SMP", model: "5B10W139" }, json("Power supply BAT0"))
}

function links() {
    state("network/wlan0",
        { index: 9, state: "UP", carrier: true, mac: "02:00:00:00:02:00", mtu: 1500,
        flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
        addresses: [{ address: "198.51.100.23", prefixLength: 24, family: "inet", scope: "global" }] },
            json("Network link wlan0"))
    state("network/wlan0/wireless",
        { mode: "managed", connected: true, ssid: "workshop", frequency: 5180, bssid: "02:00:00:00:01:00", signal: -58,
        sendRate: 433, receiveRate: 390 }, json("Radio of wlan0"))
    const rates = (link) => {
        const value = () => ({ rxBytes: Math.round(20000 + 60000 * Math.random()), rxPackets: 80,
            txBytes: Math.round(4000 + 9000 * Math.random()), txPackets: 40 })
        const shown = state(`network/${link}/rates`, value(), json(`Throughput of ${link}`, { unit: "1/s" }))
        setInterval(() => { shown.value = value() }, 1000)
    }
    rates("wlan0")
}

function disks() {
    const shown = state("storage/disks/nvme0n1",
        { model: "WD SN740", size: 512_110_190_592, rotational: false, removable: false, readBytes: 1, writtenBytes: 1,
        readRate: 0, writeRate: 0, busyPercent: 0 }, json("Disk nvme0n1"))
    setInterval(() => {
        shown.value = { ...shown.value, readRate: Math.round(200000 * Math.random()),
            writeRate: Math.round(2e6 * Math.random()), busyPercent: Math.round(120 * Math.random()) / 10 }
    }, 1000)
    state("storage/filesystems/boot",
        { mountPoint: "/boot", device: "/dev/nvme0n1p1", type: "ext4", readOnly: false, size: 1_020_702_720,
        used: 921_000_000, available: 45_702_720, percent: 96, inodes: 65536, freeInodes: 65100 },
        json("File system at /boot"))
}

/** Another agent, whose states say by their meta what they are. */
function agent() {
    const boiler = state("plant/boiler/temperature", 71.2,
        { title: "Boiler", unit: "°C", datatype: "float", format: "0:110", max: "90", crit: "100" })
    const tank = state("plant/tank/level", 63, { title: "Tank level", unit: "%", datatype: "float", format: "0:100" })
    const fan = state("plant/fan/speed", 940, { title: "Exhaust fan", unit: "rpm", datatype: "integer" })
    state("plant/pump/running", true, { title: "Pump", datatype: "boolean" })
    const lamp = state("plant/signal/lamp", { brightness: 40 },
        json("Signal lamp", {
        format: JSON.stringify({ type: "object",
        properties: { brightness: { type: "integer", minimum: 0, maximum: 100 } } }) }),
        (value) => ({ ...lamp.value, ...value }))
    setInterval(() => {
        boiler.value = Math.round((71 + 4 * Math.sin(Date.now() / 40000) + Math.random()) * 10) / 10
        tank.value = Math.round((63 + 5 * Math.sin(Date.now() / 60000)) * 10) / 10
        fan.value = Math.round(940 + 40 * Math.random())
    }, 1000)
}

const parts = { network, update, services, shutdown, power, links, disks, agent }
for (const [name, body] of Object.entries(parts)) if (!without.has(name)) body()
const results = await Promise.allSettled(added)
for (const result of results) if (result.status === "rejected") console.error(
    `not published: ${result.reason.message} ${JSON.stringify(result.reason.data)}`)
console.log("ready")
