import assert from "node:assert/strict"
import { test } from "node:test"
import { changeOf, check, differences, formOf, pageAt, parseAddress, parseInterface,
    split } from "../../../Sources/Web/Radar/home/network-check.js"

const usual = { mode: "static", addresses: ["192.0.2.7/24"], gateway: ["192.0.2.1"], dns: [], ipv6: "auto", mtu: null }
const problems = (change) => check({ ...usual, ...change }).map(({ field, problem }) => `${field} ${problem}`)

test("addresses are read as inet_pton(3) reads them", () => {
    assert.deepEqual(parseAddress("192.0.2.7"), [192, 0, 2, 7])
    for (const text of ["192.0.2", "192.0.2.256", "192.0.2.07", "1.2.3.4.5", "", "x", "::1::", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "12345::", "::g", ":1:2:3:4:5:6:7:8"]) {
        assert.equal(parseAddress(text), null, text)
    }
    assert.deepEqual(parseAddress("::1"), [...Array(15).fill(0), 1])
    assert.deepEqual(parseAddress("2001:db8::192.0.2.1").slice(-4), [192, 0, 2, 1])
    assert.equal(parseAddress("::").length, 16)
    assert.deepEqual(parseInterface("192.0.2.7/33"), { problem: "prefix" })
    assert.deepEqual(parseInterface("192.0.2.7"), { problem: "prefixMissing" })
})

test("good settings have no problem", () => {
    assert.deepEqual(problems({}), [])
    assert.deepEqual(problems({ mode: "dhcp", addresses: [], gateway: [] }), [])
    assert.deepEqual(problems({ addresses: ["192.0.2.7/31"], gateway: ["192.0.2.6"] }), [])
    assert.deepEqual(problems({ addresses: ["192.0.2.7/24", "2001:db8::7/64"], gateway: ["192.0.2.1", "fe80::1"],
        dns: ["127.0.0.1", "2001:db8::53"] }), [])
})

test("what the agent would refuse is found before it is sent", () => {
    assert.deepEqual(problems({ addresses: [], gateway: [] }), ["addresses none"])
    assert.deepEqual(problems({ addresses: ["192.0.2.0/24"] }), ["addresses network"])
    assert.deepEqual(problems({ addresses: ["192.0.2.255/24"] }), ["addresses broadcast"])
    assert.deepEqual(problems({ addresses: ["192.0.2.7/24", "192.0.2.7/25"] }), ["addresses twice"])
    assert.deepEqual(problems({ addresses: ["127.0.0.1/8"], gateway: [] }), ["addresses loopback"])
    assert.deepEqual(problems({ gateway: ["198.51.100.1"] }), ["gateway unreachable"])
    assert.deepEqual(problems({ gateway: ["192.0.2.7"] }), ["gateway ownAddress"])
    assert.deepEqual(problems({ gateway: ["192.0.2.1", "192.0.2.2"] }), ["gateway twoGateways"])
    assert.deepEqual(problems({ gateway: ["192.0.2.255"] }), ["gateway broadcast"])
    assert.deepEqual(problems({ addresses: ["192.0.2.7/24", "2001:db8::7/64"], ipv6: "off" }), ["addresses ipv6Off"])
    assert.deepEqual(problems({ dns: ["224.0.0.1", "9.9.9.9", "9.9.9.9"] }), ["dns multicast", "dns twice"])
    assert.deepEqual(problems({ mtu: 1000 }), ["mtu mtuIPv6"])
    assert.deepEqual(problems({ mtu: Number.NaN }), ["mtu mtu"])
    assert.deepEqual(problems({ mtu: 1000, ipv6: "off" }), [])
})

test("only what differs is set", () => {
    const before = formOf({ mode: "dhcp", addresses: [], gateway: null, dns: [], ipv6: "auto", mtu: null,
        managedBy: "networkd" })
    assert.deepEqual(changeOf(before, { ...before }), {})
    assert.deepEqual(changeOf(before, usual), { mode: "static", addresses: ["192.0.2.7/24"], gateway: "192.0.2.1" })
    assert.deepEqual(changeOf(usual, before), { mode: "dhcp", addresses: [], gateway: [] })
    assert.deepEqual(differences(before, { ...before, mtu: 1400 }), [{ member: "mtu", before: null, after: 1400 }])
})

test("a form is made of any value", () => {
    for (const value of [{}, { addresses: 5, gateway: {}, dns: [1, null, "a"], mtu: "x" },
        { mode: null, addresses: null }]) {
        const form = formOf(value)
        assert.ok(Array.isArray(form.addresses) && Array.isArray(form.gateway) && Array.isArray(form.dns))
    }
})

test("the page at a new address keeps the scheme and the port", () => {
    assert.equal(pageAt("192.0.2.7/24", { protocol: "http:", port: "11123" }), "http://192.0.2.7:11123/")
    assert.equal(pageAt("2001:db8::7/64", { protocol: "https:", port: "" }), "https://[2001:db8::7]/")
    assert.deepEqual(split(" 192.0.2.7/24,\n 192.0.2.8/24 "), ["192.0.2.7/24", "192.0.2.8/24"])
})
