import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// How many elements satisfy the rule of a sorted fetch: jet-protocol(7) §4.7.
@Suite("The total of a sorted fetch")
struct TotalTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func add(_ paths: String...) {
        for path in paths { owner.ask("add", ["path": .string(path), "value": 1]) }
    }

    private func notice(_ paths: [String], from: Int = 1, n: Int, total: Int) -> JSON {
        let changes = paths.enumerated().map { index, path in
            ["path": .string(path), "value": 1, "index": .number(from + index)] as JSON
        }
        return [
            "method": "top", "params": ["n": .number(n), "changes": .array(changes), "total": .number(total)],
        ]
    }

    @Test("Each notification has the total, and one is sent when only the total has changed")
    func total() {
        viewer.ask("fetch", ["id": "top", "sort": ["to": 2, "total": true]])
        #expect(viewer.received() == [notice([], n: 0, total: 0)])
        add("a", "b")
        #expect(viewer.received() == [notice(["a"], n: 1, total: 1), notice(["b"], from: 2, n: 2, total: 2)])
        add("c")
        #expect(viewer.received() == [notice([], n: 2, total: 3)])
        owner.ask("change", ["path": "c", "value": 2])
        #expect(viewer.received() == [])
        owner.ask("remove", ["path": "c"])
        #expect(viewer.received() == [notice([], n: 2, total: 2)])
        owner.ask("remove", ["path": "a"])
        #expect(viewer.received() == [notice(["b"], n: 1, total: 1)])
    }

    @Test("The total of an empty window, and of one behind the end, is that of the whole list")
    func emptyWindow() {
        viewer.ask("fetch", ["id": "top", "sort": ["from": 1, "to": 0, "total": true]])
        viewer.ask("fetch", ["id": "far", "sort": ["from": 100, "to": 110, "total": true]])
        _ = viewer.received()
        add("a")
        #expect(viewer.received().map { $0["params"]?["total"] } == [1, 1])
    }

    @Test("Elements that leave the rule, or that the peer may not fetch, do not count")
    func hidden() {
        add("a", "b")
        owner.ask("add", ["path": "hidden", "value": 1, "access": ["fetchGroups": []]])
        owner.ask("add", ["path": "text", "value": "x"])
        viewer.ask("fetch", ["id": "top", "sort": ["byValue": "number", "to": 1, "total": true]])
        #expect(viewer.received() == [notice(["a"], n: 1, total: 2)])
        owner.ask("change", ["path": "b", "value": "x"])
        #expect(viewer.received() == [notice([], n: 1, total: 1)])
        owner.ask("remove", ["path": "hidden"])
        #expect(viewer.received() == [])
    }

    @Test("A change of the total alone waits for the interval, and comes with the whole window")
    func interval() {
        add("a")
        viewer.ask("fetch", ["id": "top", "interval": 1, "sort": ["to": 1, "total": true]])
        #expect(viewer.received() == [notice(["a"], n: 1, total: 1)])
        add("b", "c")
        #expect(viewer.received() == [])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [notice(["a"], n: 1, total: 3)])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [])
        add("d")
        #expect(viewer.received() == [notice([], n: 1, total: 4)])
    }

    @Test("A slow peer ends with the right total, and changes of it are conflated")
    func slowPeer() {
        let bus = TestBus { $0.outboxLimit = 300 }
        let (owner, viewer) = (bus.connect(), bus.connect())
        owner.ask("add", ["path": "a", "value": 1])
        viewer.ask("fetch", ["id": "top", "sort": ["to": 1, "total": true]])
        viewer.isReading = false
        for number in 0..<100 { owner.ask("add", ["path": .string("b\(number)"), "value": 1]) }
        viewer.readAll()
        let notices = viewer.received()
        #expect(notices.last == notice(["a"], n: 1, total: 101))
        #expect(notices.count < 20)
        #expect(bus.statistics.conflated > 80)
    }

    @Test("A get ignores total, null is absent, and other values are refused")
    func values() {
        add("a")
        let entries: JSON = [["path": "a", "value": 1, "index": 1]]
        #expect(viewer.ask("get", ["sort": ["total": true]]) == .result(entries))
        for absent in [nil, false] as [JSON] {
            viewer.ask("fetch", ["id": "top", "sort": ["total": absent]])
            #expect(viewer.received() == [["method": "top", "params": ["n": 1, "changes": entries]]])
            viewer.ask("unfetch", ["id": "top"])
        }
        for wrong in [1, "true", [:]] as [JSON] {
            let answer = viewer.ask("fetch", ["id": "top", "sort": ["total": wrong]])
            #expect(answer?["error"]?["data"]?["badRule"]?["at"] == "sort.total")
        }
    }
}
