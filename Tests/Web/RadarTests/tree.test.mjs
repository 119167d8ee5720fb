import assert from "node:assert/strict"
import { test } from "node:test"

import { Level, pageSize, prefixBelow, prefixesOf } from "../../../Sources/Web/Radar/explore/tree.js"
import { TreeSource } from "../../../Sources/Web/Radar/explore/tree.js"
import { Changes } from "../../../Sources/Web/Radar/explore/known.js"

const branch = (name, path = `${name}/`, elements = 5, kind = undefined) => ({ name, path, elements, kind })

test("What is below an element of its own path is found by the separator", () => {
    assert.equal(prefixBelow(branch("a")), "a/")
    assert.equal(prefixBelow(branch("a", "a", 1, "state")), null)
    assert.equal(prefixBelow(branch("a", "a", 3, "state")), "a/")
})

test("Open levels push down the rows below them", () => {
    const root = new Level("")
    assert.equal(root.rows, 1)
    root.take(0, { total: 3, branches: ["a", "b", "c"].map(name => branch(name)) })
    assert.equal(root.rows, 3)
    const inner = new Level("b/", 1)
    root.open.set("b", { level: inner, index: 1 })
    assert.equal(root.rows, 4)
    inner.take(0, { total: 2, branches: [branch("x", "b/x", 1, "state"), branch("y", "b/y", 1, "state")] })
    const names = Array.from({ length: root.rows }, (_, row) => {
        const { level, index } = root.locate(row)
        return level.branch(index).name
    })
    assert.deepEqual(names, ["a", "b", "x", "y", "c"])
    assert.equal(root.locate(5), null)
    assert.equal(root.rowOf(2), 4)
})

test("A level that is read again keeps what is open, where it is now", () => {
    const root = new Level("")
    root.take(0, { total: 2, branches: [branch("b"), branch("c")] })
    root.open.set("c", { level: new Level("c/", 1), index: 1 })
    root.take(0, { total: 3, branches: [branch("a"), branch("b"), branch("c")] })
    assert.equal(root.open.get("c").index, 2)
    root.take(0, { total: 1, branches: [branch("a")] })
    assert.equal(root.open.size, 0)
})

test("The row of a path is found if its branches are open", () => {
    const root = new Level("")
    root.take(0, { total: 3, branches: ["a", "b", "c"].map(name => branch(name)) })
    const inner = new Level("b/", 1)
    root.open.set("b", { level: inner, index: 1 })
    inner.take(0, { total: 2, branches: [branch("x", "b/x", 1, "state"), branch("y", "b/y", 1, "state")] })
    assert.equal(root.find("b/y"), 3)
    assert.equal(root.find("b/z"), null)
    assert.equal(root.find("c/x"), null)
    assert.deepEqual(prefixesOf("a/b/c"), ["a/", "a/b/"])
    assert.deepEqual(prefixesOf("a/"), [])
    assert.deepEqual(prefixesOf(""), [])
    assert.ok(prefixesOf("/".repeat(100_000)).length <= 50)
})

test("The tree opens the branches of the path that is asked for", async () => {
    const bus = busOf(["m/one", "revealed/inner/x", "revealed/inner/y"])
    const tree = new TreeSource(bus, new Changes(), () => {}, "revealed/inner/y")
    while (tree.isAsking) await new Promise(resolve => setImmediate(resolve))
    assert.equal(tree.row(tree.find("revealed/inner/y")).name, "y")
    tree.end()
})

/** A bus with these paths, and the requests that it has received. */
function busOf(paths) {
    const bus = { asked: [], fetched: [], elements: paths.length, info: {} }
    bus.branches = async (prefix, from, to) => {
        bus.asked.push([prefix, from, to])
        const names = new Map()
        for (const path of paths.filter(path => path.startsWith(prefix))) {
            const name = path.slice(prefix.length).split("/")[0]
            const known = names.get(name) ?? { name, path: `${prefix}${name}/`, elements: 0 }
            known.elements += 1
            if (path === prefix + name) Object.assign(known, { path, kind: "state" })
            names.set(name, known)
        }
        const all = [...names.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
        return { total: all.length, branches: all.slice(from - 1, to) }
    }
    bus.request = async () => ({ statistics: { elements: bus.elements } })
    bus.fetch = rule => { bus.fetched.push(rule.path.equalsOneOf); return { end: async () => {} } }
    return bus
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test("Levels are asked for when they are opened, and values of what is seen are fetched", async t => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] })
    globalThis.document ??= { hidden: false }
    const bus = busOf(["a/x", "a/y", "b", "b/z", "c"])
    const tree = new TreeSource(bus, new Changes(), () => {})
    await settled()
    assert.deepEqual(bus.asked, [["", 1, pageSize]])
    assert.deepEqual([0, 1, 2].map(row => [tree.row(row).name, tree.row(row).kind, tree.row(row).isOpen]),
        [["a", "branch", false], ["b", "state", false], ["c", "state", undefined]])
    tree.toggle(0, true)
    await settled()
    assert.deepEqual(bus.asked.at(-1), ["a/", 1, pageSize])
    assert.equal(tree.total, 5)
    assert.deepEqual([tree.row(1).name, tree.row(1).level, tree.row(2).setSize, tree.row(2).place], ["x", 2, 2, 2])
    assert.equal(tree.parentOf(2), 0)
    assert.equal(tree.parentOf(0), null)
    tree.show(0, 2)
    t.mock.timers.tick(300)
    assert.deepEqual(bus.fetched, [["a/x"]])
    tree.toggle(0, false)
    assert.equal(tree.total, 3)
    tree.end()
})

test("A level of 100,000 names is read by pages, those that are seen", async t => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] })
    const bus = busOf(Array.from({ length: 100_000 }, (_, index) => String(index).padStart(6, "0")))
    const tree = new TreeSource(bus, new Changes(), () => {})
    await settled()
    assert.equal(tree.total, 100_000)
    assert.equal(tree.row(70_000), null)
    tree.show(70_000, 70_030)
    await settled()
    assert.equal(tree.row(70_000).name, "070000")
    assert.equal(bus.asked.length, 2)
    tree.end()
})

test("A daemon without branches has no tree", async t => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] })
    const tree = new TreeSource({ branches: async () => null, request: async () => ({}) }, new Changes(), () => {})
    await settled()
    assert.equal(tree.isSupported, false)
    tree.end()
})
