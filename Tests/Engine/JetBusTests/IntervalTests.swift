import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §7.3, `interval` on fetch: the least time between two notifications about one path. The newest value
/// is sent.
@Suite("jet-protocol(7) §7.3: interval")
struct IntervalTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func change(_ path: String, _ value: JSON) {
        owner.notify("change", ["path": .string(path), "value": value])
    }

    /// Adds "a" and "b" with 0 and fetches everything with an interval of one second, an hour ago.
    private func fetchLongAgo() {
        for path in ["a", "b"] { owner.ask("add", ["path": .string(path), "value": 0]) }
        viewer.ask("fetch", ["id": "f", "interval": 1])
        bus.pass(seconds: 3600)
        _ = viewer.received()
    }

    @Test("the first change after a quiet time goes out at once")
    func atOnce() {
        fetchLongAgo()
        change("a", 1)
        #expect(viewer.received() == [.event("f", "change", "a", 1)])
    }

    @Test("changes within the interval are held, and the newest value goes out when it is over")
    func held() {
        fetchLongAgo()
        for value in 1...100 { change("a", .number(value)) }
        #expect(viewer.received() == [.event("f", "change", "a", 1)])
        bus.pass(seconds: 0.999)
        #expect(viewer.received() == [])
        bus.pass(seconds: 0.001)
        #expect(viewer.received() == [.event("f", "change", "a", 100)])
        bus.pass(seconds: 3600)
        #expect(viewer.received() == [])
    }

    @Test("the interval counts from the last notification, whenever the held changes came")
    func counting() {
        fetchLongAgo()
        change("a", 1)
        bus.pass(seconds: 0.9)
        change("a", 2)
        bus.pass(seconds: 0.1)
        #expect(viewer.received() == [.event("f", "change", "a", 1), .event("f", "change", "a", 2)])
        // The held one was a notification, too.
        change("a", 3)
        bus.pass(seconds: 0.5)
        #expect(viewer.received() == [])
        bus.pass(seconds: 0.5)
        #expect(viewer.received() == [.event("f", "change", "a", 3)])
    }

    @Test("each path has a time of its own, and other fetches are told everything")
    func eachPath() {
        fetchLongAgo()
        viewer.ask("fetch", ["id": "all", "path": ["equals": "a"]])
        _ = viewer.received()
        change("a", 1)
        bus.pass(seconds: 0.5)
        change("b", 2)
        change("a", 3)
        #expect(
            viewer.received() == [
                .event("f", "change", "a", 1), .event("all", "change", "a", 1), .event("f", "change", "b", 2),
                .event("all", "change", "a", 3),
            ])
        bus.pass(seconds: 0.5)
        #expect(viewer.received() == [.event("f", "change", "a", 3)])
    }

    @Test("the add with which a fetch begins is a notification like any other")
    func snapshot() {
        owner.ask("add", ["path": "a", "value": 0])
        viewer.ask("fetch", ["id": "f", "interval": 1])
        change("a", 1)
        #expect(viewer.received() == [.event("f", "add", "a", 0)])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [.event("f", "change", "a", 1)])
    }

    @Test("the end of an element is told at once, with its last value, and what was held of it is not")
    func ending() {
        fetchLongAgo()
        change("a", 1)
        change("a", 2)
        owner.ask("remove", ["path": "a"])
        #expect(viewer.received() == [.event("f", "change", "a", 1), .event("f", "remove", "a", 2)])
        bus.pass(seconds: 10)
        #expect(viewer.received() == [])
    }

    @Test("an element is told of at once when it comes, and when it comes again")
    func coming() {
        viewer.ask("fetch", ["id": "f", "interval": 1])
        for value in 0..<2 {
            owner.ask("add", ["path": "a", "value": .number(value), "meta": ["unit": "s"]])
            owner.ask("remove", ["path": "a"])
            #expect(
                viewer.received() == [
                    .event("f", "add", "a", .number(value), ["meta": ["unit": "s"]]),
                    .event("f", "remove", "a", .number(value)),
                ])
        }
    }

    @Test("an owner's end is told at once")
    func ownersEnd() {
        fetchLongAgo()
        change("a", 1)
        change("a", 2)
        owner.disconnect()
        #expect(
            viewer.received() == [
                .event("f", "change", "a", 1), .event("f", "remove", "a", 2), .event("f", "remove", "b", 0),
            ])
        #expect(bus.bus.nextDeadline == bus.now + 1_000_000_000 || bus.bus.nextDeadline == nil)
    }

    @Test("a value that comes and goes by a value rule is told no more often than that")
    func valueRule() {
        owner.ask("add", ["path": "a", "value": 0])
        viewer.ask("fetch", ["id": "f", "interval": 1, "value": ["greaterThan": 10]])
        change("a", 11)
        change("a", 1)
        change("a", 12)
        change("a", 2)
        #expect(viewer.received() == [.event("f", "add", "a", 11)])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [.event("f", "remove", "a", 2)])
        change("a", 13)
        #expect(viewer.received() == [])
        change("a", 3)
        bus.pass(seconds: 1)
        // It came and went: there is nothing to tell.
        #expect(viewer.received() == [])
        change("a", 14)
        #expect(viewer.received() == [.event("f", "add", "a", 14)])
    }

    @Test("an element that ends while its going is held is told of as gone, once")
    func endingWhileGone() {
        owner.ask("add", ["path": "a", "value": 11])
        viewer.ask("fetch", ["id": "f", "interval": 1, "value": ["greaterThan": 10]])
        change("a", 1)
        owner.ask("remove", ["path": "a"])
        #expect(viewer.received() == [.event("f", "add", "a", 11), .event("f", "remove", "a", 1)])
        owner.ask("add", ["path": "b", "value": 11])
        change("b", 1)
        bus.pass(seconds: 1)
        change("b", 12)
        owner.ask("remove", ["path": "b"])
        // Its coming was held: the peer does not know of it.
        #expect(viewer.received() == [.event("f", "add", "b", 11), .event("f", "remove", "b", 1)])
        bus.pass(seconds: 10)
        #expect(viewer.received() == [])
    }

    @Test("Methods, access and fetchOnly are as without an interval")
    func others() {
        viewer.ask("fetch", ["id": "f", "interval": 1])
        owner.ask("add", ["path": "m"])
        owner.ask("add", ["path": "secret", "value": 1, "access": ["fetchGroups": []]])
        owner.ask("add", ["path": "readonly", "value": 1, "access": ["setGroups": []]])
        owner.ask("remove", ["path": "m"])
        #expect(
            viewer.received() == [
                .event("f", "add", "m"), .event("f", "add", "readonly", 1, ["fetchOnly": true]),
                .event("f", "remove", "m"),
            ])
    }

    @Test("a fetch that ends while something is held is silent, and so is a peer's end")
    func unfetch() {
        fetchLongAgo()
        change("a", 1)
        change("a", 2)
        viewer.ask("unfetch", ["id": "f"])
        _ = viewer.received()
        #expect(bus.bus.nextDeadline == nil)
        bus.pass(seconds: 10)
        #expect(viewer.received() == [])
        viewer.ask("fetch", ["id": "f", "interval": 1])
        change("a", 3)
        viewer.disconnect()
        #expect(bus.bus.nextDeadline == nil)
        bus.pass(seconds: 10)
    }

    @Test("0 is no interval")
    func zero() {
        owner.ask("add", ["path": "a", "value": 0])
        viewer.ask("fetch", ["id": "f", "interval": 0])
        for value in 1...3 { change("a", .number(value)) }
        #expect(viewer.received().count == 4)
        #expect(bus.bus.nextDeadline == nil)
    }

    @Test(
        "a wrong type, a negative number and more than a day are refused",
        arguments: ["\"1\"", "-1", "-1e-9", "1e999", "86401", "true", "[1]", "{}"])
    func refused(text: String) {
        viewer.send(#"{"id":1,"method":"fetch","params":{"id":"f","interval":\#(text)}}"#)
        let expected: JSON = ["at": "interval", "reason": "must be a number of seconds from 0 to 86400"]
        #expect(viewer.answer(to: 1) == .refused(["badRule": expected]))
    }

    @Test("a day is the longest")
    func longest() {
        owner.ask("add", ["path": "a", "value": 0])
        #expect(viewer.ask("fetch", ["id": "f", "interval": 86_400]) == .done)
        change("a", 1)
        bus.pass(seconds: 86_399)
        #expect(viewer.received() == [.event("f", "add", "a", 0)])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [.event("f", "change", "a", 1)])
    }

    @Test("a get takes no notice of it")
    func get() {
        owner.ask("add", ["path": "a", "value": 0])
        #expect(viewer.ask("get", ["interval": 1]) == .result([.entry("add", "a", 0)]))
    }

    // MARK: Windows

    @Test("sorted: at least so long between two notifications, the second with the whole window")
    func window() {
        for (path, value) in [("a", 1), ("b", 2), ("c", 3)] {
            owner.ask("add", ["path": .string(path), "value": .number(value)])
        }
        viewer.ask("fetch", ["id": "f", "interval": 1, "sort": ["byValue": "number", "to": 2]])
        func window(_ entries: [(String, Int)]) -> JSON {
            let changes = entries.enumerated().map { place, entry -> JSON in
                ["path": .string(entry.0), "value": .number(entry.1), "index": .number(place + 1)]
            }
            return ["method": "f", "params": ["n": .number(entries.count), "changes": .array(changes)]]
        }
        change("c", 0)
        change("a", 5)
        #expect(viewer.received() == [window([("a", 1), ("b", 2)])])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [window([("c", 0), ("b", 2)])])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [])
        owner.ask("remove", ["path": "b"])
        owner.disconnect()
        #expect(
            viewer.received() == [
                ["method": "f", "params": ["n": 2, "changes": [["path": "a", "value": 5, "index": 2]]]]
            ])
        bus.pass(seconds: 1)
        #expect(viewer.received() == [window([])])
        #expect(bus.bus.nextDeadline == nil)
    }

    // MARK: Slow peers

    @Test("what is due to a peer that does not read waits as all else does, and comes once")
    func slow() {
        let bus = TestBus {
            $0.outboxLimit = 150
            $0.snapshotChunk = 100
        }
        let owner = bus.connect()
        let viewer = bus.connect()
        for path in ["a", "b"] { owner.ask("add", ["path": .string(path), "value": 0]) }
        viewer.ask("fetch", ["id": "f", "interval": 1])
        viewer.ask("fetch", ["id": "w", "interval": 1, "sort": [:]])
        bus.pass(seconds: 10)
        _ = viewer.received()
        viewer.isReading = false
        for value in 1...50 {
            owner.notify("change", ["path": "a", "value": .number(value)])
            owner.notify("change", ["path": "b", "value": .number(value)])
            bus.pass(seconds: 0.5)
        }
        owner.notify("remove", ["path": "b"])
        bus.pass(seconds: 10)
        viewer.readAll()
        let received = viewer.received()
        let events = received.filter { $0["method"] == "f" }.compactMap(\.["params"])
        #expect(events.filter { $0["path"] == "a" }.last?["value"] == 50)
        #expect(events.last { $0["path"] == "b" }?["event"] == "remove")
        #expect(events.count <= 6)
        #expect(received.last { $0["method"] == "w" }?["params"]?["n"] == 1)
    }

    // MARK: Bounds

    @Test("no more is remembered than there are elements, however they come and go")
    func bounded() {
        viewer.ask("fetch", ["id": "f", "interval": 86_400])
        for number in 0..<10_000 {
            let path = JSON.string("\(number)")
            owner.notify("add", ["path": path, "value": 0])
            change("\(number)", 1)
            owner.notify("remove", ["path": path])
        }
        let fetcher = bus.bus.peer(viewer.id)?.fetchers.last
        #expect(fetcher?.pacing?.count == 0)
        #expect(viewer.received().count == 20_000)
    }

    @Test("what is quiet is forgotten when its interval is over")
    func forgotten() {
        fetchLongAgo()
        let fetcher = bus.bus.peer(viewer.id)?.fetchers.last
        #expect(fetcher?.pacing?.count == 0)
        #expect(bus.bus.nextDeadline == nil)
        change("a", 1)
        #expect(fetcher?.pacing?.count == 1)
        bus.pass(seconds: 1)
        #expect(fetcher?.pacing?.count == 0)
    }

    @Test("what an interval made unnecessary is counted")
    func counted() {
        fetchLongAgo()
        for value in 1...10 { change("a", .number(value)) }
        #expect(bus.statistics.paced == 8)
        #expect(bus.statistics.conflated == 0)
    }
}
