import assert from "node:assert/strict"
import test from "node:test"
import {
    addressOf, controlAt, emptyForm, formOf, ignoredPredicates, longestInAddress, parseRule, pathPredicates, read, ruleOf, valuePredicates, written,
} from "../../../Sources/Web/Radar/builder/rule.js"

const rules = [
    {},
    { path: { startsWith: "cpu/" } },
    { path: { startsWith: "a", endsWith: "b", contains: "", equalsNot: "'\"\u0000\n", caseInsensitive: true } },
    { path: { equalsOneOf: ["a", "b c"], containsAllOf: [] } },
    { value: { lessThan: 3, greaterThan: "x", equals: null, equalsNot: { a: [1] }, isType: "object", hasOneOf: [1, "a"] } },
    { value: { equals: "5", equalsNot: "" } },
    { valueField: { "a.b[0].c": { greaterThan: 3, lessThan: 9 }, 'x["y.z"]': { isType: "null" } } },
    { sort: { byPath: true } },
    { sort: { byValue: "number", descending: true, from: 5, to: 20 }, interval: 0.5 },
    { sort: { byValueField: { "a.b": "string" }, to: 0 }, max: 3 },
    { max: 7 },
    { match: ["^a"], unmatch: ["b"], where: { op: "lessThan", value: 3 }, equalsNot: ["c"], caseInsensitive: true },
    { path: { unknown: "x" }, value: { unknown: 1 }, valueField: { a: 3 }, sort: { byPath: true, byValue: "number" }, max: -1 },
    { path: 3, value: [], valueField: null, sort: "x", max: "7", interval: null },
    { path: { equalsOneOf: ["a\nb"] } },
    { path: { equalsOneOf: [""] } },
    { valueField: { a: {} } },
    { sort: { descending: "yes" } },
    { valueField: { __proto__: { a: 1 }, constructor: { equals: 1 } } },
]

test("a rule that is shown in the form and read again is the same rule", () => {
    for (const rule of rules) {
        const { rule: again } = ruleOf(formOf(rule))
        const expected = structuredClone(rule)
        // The default of a sort is written out.
        if (rule.sort && formOf(rule).sort && !rule.sort.byValue && !rule.sort.byValueField) expected.sort.byPath = true
        assert.deepEqual(again, expected)
    }
})

test("what the form cannot show is kept beside it", () => {
    assert.deepEqual(Object.keys(formOf({ match: ["a"], path: { newer: 1 }, max: 3 }).rest), ["match", "path"])
})

test("an operand is JSON if it can be read as JSON, and text otherwise", () => {
    for (const operand of ["on", "5", "", " ", "null", "\"x\"", 5, null, true, [1], { a: "b" }, "a\"b", "1e999"]) {
        assert.deepEqual(read(written(operand)), operand)
    }
    assert.equal(written("on"), "on")
    assert.equal(written("5"), '"5"')
})

test("every predicate of the protocol is offered", () => {
    assert.equal(Object.keys(pathPredicates).length, 12)
    assert.equal(Object.keys(valuePredicates).length, 7)
})

test("a predicate that is given twice, and operands of the wrong kind, are reported at their row", () => {
    const form = {
        ...emptyForm(), path: [{ predicate: "equals", operand: "a" }, { predicate: "equals", operand: "b" }],
        value: [{ predicate: "hasOneOf", operand: "3" }, { predicate: "lessThan", operand: "true" }],
        fields: [{ field: "", predicate: "equals", operand: "1" }], max: "many", interval: "-1",
    }
    const { problems } = ruleOf(form)
    assert.deepEqual(problems.map(({ at, problem }) => `${at} ${problem}`), [
        "path#1 twice", "value#0 array", "value#1 ordered", "field#0 noField", "max number", "interval number",
    ])
})

test("max and interval together are reported for a plain fetch only", () => {
    const both = { ...emptyForm(), max: "3", interval: "1" }
    assert.deepEqual(ruleOf(both).problems, [{ at: "interval", problem: "maxAndInterval" }])
    assert.deepEqual(ruleOf(formOf({ sort: { byPath: true }, max: 3, interval: 1 })).problems, [])
})

test("the place of a bad rule leads to its row in the form", () => {
    const form = formOf({
        path: { startsWith: "a", equalsOneOf: ["b"] }, value: { lessThan: 3 }, valueField: { "a.b": { equals: 1, lessThan: 2 } },
        sort: { byValueField: { x: "number" }, from: 1 }, max: 3, where: [],
    })
    const places = {
        "path.equalsOneOf": "path#1", "path.equalsOneOf[3]": "path#1", "value.lessThan": "value#0", "valueField.a.b.lessThan": "field#1",
        "valueField.a.b": "field#0", "sort.from": "sort.from", "sort.byValueField": "sort.byValueField", max: "max", "where[0].op": null,
        path: null, "": null, constructor: null,
    }
    for (const [at, control] of Object.entries(places)) assert.equal(controlAt(at, form), control, at)
})

test("the address has the rule unless it is too long", () => {
    assert.equal(addressOf({}), undefined)
    assert.equal(addressOf({ max: 1 }), '{"max":1}')
    assert.equal(addressOf({ path: { equals: "x".repeat(longestInAddress) } }), undefined)
})

test("text that is no object is not a rule", () => {
    for (const text of ["", "3", "[]", "null", "{"]) assert.equal(typeof parseRule(text).problem, "string")
    assert.deepEqual(parseRule('{"max":1}').rule, { max: 1 })
})

test("predicates on the path that the daemon would ignore are named", () => {
    assert.deepEqual(ignoredPredicates({ path: { startWith: "a", equals: "b", caseInsensitive: true } }), ["startWith"])
    for (const rule of [{}, { path: null }, { path: "x" }]) assert.deepEqual(ignoredPredicates(rule), [])
})
