import assert from "node:assert/strict"
import test from "node:test"

// The banner imports a custom element, which needs a page.
globalThis.HTMLElement ??= class {}
globalThis.customElements ??= { define() {} }
globalThis.document ??= { addEventListener() {}, createElement: () => ({ append() {}, setAttribute() {} }) }
const { diagnose, versionOf } = await import("../../../Sources/Web/Radar/banner.js")

test("a daemon that does not answer is gone, or has a certificate that is not trusted", () => {
    assert.equal(diagnose({ state: "waiting", health: "failed" }), "gone")
    assert.equal(diagnose({ state: "waiting", health: "failed", isSecure: true }), "certificate")
    assert.equal(diagnose({ state: "connecting", health: null }), "gone")
})

test("a device that answers but refuses the connection again and again does not accept the origin", () => {
    assert.equal(diagnose({ state: "waiting", health: "well", refusals: 1 }), "gone")
    assert.equal(diagnose({ state: "waiting", health: "well", refusals: 2 }), "origin")
})

test("a refused login, a computer without network and a late daemon are distinguished", () => {
    assert.equal(diagnose({ state: "refused", health: "well", refusals: 9 }), "login")
    assert.equal(diagnose({ state: "waiting", isOnline: false, health: "failed" }), "offline")
    assert.equal(diagnose({ state: "open" }), "silent")
})

test("the version of the page is in the addresses of its files", () => {
    assert.equal(versionOf('<script src="/radar/0123456789abcdef/app.js">'), "0123456789abcdef")
    assert.equal(versionOf("http://device/radar/current/app.js"), null)
})
