import assert from "node:assert/strict"
import test from "node:test"
import { explain } from "../../../Sources/Web/Radar/errors.js"
import { whyNot } from "../../../Sources/Web/Radar/access.js"

const failure = (code, data, key, message = "Invalid params") => Object.assign(new Error(message), { code, data, key })

test("an error of the daemon is explained by its key, with the path", () => {
    const text = explain(failure(-32602, { pathNotExists: "lamp/level" }, "pathNotExists"))
    assert.match(text, /lamp\/level/)
    assert.doesNotMatch(text, /\{|Invalid params/)
})

test("a rule that is wrong is explained with the place and the reason", () => {
    const data = { badRule: { at: "value.lessThen", reason: "unknown predicate" } }
    assert.match(explain(failure(-32602, data, "badRule")), /value\.lessThen.*unknown predicate/)
})

test("a limit names what is limited, and a quota whose it is", () => {
    assert.match(explain(failure(-32010, { limit: "walk", max: 7 }, "limit")), /looked at.*7/)
    const quota = { limit: "elements", max: 10, used: 9, account: "uid 1000" }
    assert.match(explain(failure(-32010, quota, "limit")), /uid 1000.*9 of 10 for elements/)
    assert.match(explain(failure(-32010, { limit: "newer", max: 7 }, "limit")), /newer/)
})

test("an owner's error is shown with the owner's words, cut to a length", () => {
    assert.match(explain(failure(42, undefined, undefined, "The lamp is broken")), /The lamp is broken/)
    assert.ok(explain(failure(42, undefined, undefined, "x".repeat(100000))).length < 400)
})

test("errors without a key or a message are explained too", () => {
    for (const error of [failure(-32001), failure(-32002), failure(-32601, "peers"), new Error(""), null, undefined, "text"]) {
        assert.ok(explain(error).length > 3)
    }
})

test("an owner whose message is only that of the code is shown with its reason", () => {
    assert.match(explain(failure(-32603, "The pump is broken.", undefined, "Internal error")), /The pump is broken\./)
    assert.match(explain(failure(-32602, { reason: "the bearing is hot" })), /the bearing is hot/)
    assert.match(explain(failure(-32602, { reason: "x" }, undefined, "'on' must be true.")), /'on' must be true\.$/)
})

test("data of any shape does not break the explanation", () => {
    for (const data of [null, 7, "x", [], {}, { badRule: null }, { badRule: 3 }]) {
        for (const key of ["badRule", "pathNotExists", "limit", "__proto__", "constructor", "limits"]) {
            assert.equal(typeof explain(failure(-32602, data, key)), "string")
        }
    }
})

test("an element that can be set or called needs no reason", () => {
    assert.equal(whyNot({ path: "a", value: 1 }, { features: {}, user: null }), null)
})

test("the reason for a read-only element depends on the login", () => {
    const state = { path: "a", value: null, fetchOnly: true }
    const method = { path: "a", fetchOnly: true }
    const users = { authentication: true }
    assert.match(whyNot(state, { features: {}, user: null }), /owner/)
    assert.match(whyNot(state, { features: users, user: null }), /login/)
    assert.match(whyNot(state, { features: users, user: "guest" }), /guest/)
    assert.match(whyNot(method, { features: users, user: null }), /needs a login/)
    assert.match(whyNot(method, { features: users, user: "guest" }), /guest lacks/)
})
