import JSONText
import JetBus
import Testing

/// `max` in a plain fetch, as lua-jet's first API had it: at most so many elements are in the fetch at a time. Who comes
/// first is in; when one goes, the one that has waited longest comes in.
@Suite("Older form of a rule: max in a plain fetch")
struct MaxTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func add(_ path: String, _ value: JSON = 0) { owner.ask("add", ["path": .string(path), "value": value]) }
    private func change(_ path: String, _ value: JSON) { owner.ask("change", ["path": .string(path), "value": value]) }
    private func remove(_ path: String) { owner.ask("remove", ["path": .string(path)]) }

    @Test("of those that are there, the first ones that were added are in")
    func snapshot() {
        for path in ["a", "b", "c"] { add(path) }
        viewer.ask("fetch", ["id": "f", "max": 2])
        #expect(viewer.received() == [.event("f", "add", "a", 0), .event("f", "add", "b", 0)])
    }

    @Test("of those that come, who finds room is in; of the others nothing is told")
    func coming() {
        viewer.ask("fetch", ["id": "f", "max": 2])
        for path in ["a", "b", "c"] { add(path) }
        for path in ["a", "b", "c"] { change(path, 1) }
        #expect(
            viewer.received() == [
                .event("f", "add", "a", 0), .event("f", "add", "b", 0), .event("f", "change", "a", 1),
                .event("f", "change", "b", 1),
            ])
    }

    @Test("when one goes, the one that has waited longest comes in, with its newest value")
    func going() {
        for path in ["a", "b", "c", "d", "e"] { add(path) }
        viewer.ask("fetch", ["id": "f", "max": 2])
        _ = viewer.received()
        change("d", 1)
        remove("c")
        remove("a")
        #expect(viewer.received() == [.event("f", "remove", "a", 0), .event("f", "add", "d", 1)])
        remove("d")
        remove("e")
        #expect(
            viewer.received() == [
                .event("f", "remove", "d", 1), .event("f", "add", "e", 0), .event("f", "remove", "e", 0),
            ])
        add("f")
        #expect(viewer.received() == [.event("f", "add", "f", 0)])
    }

    @Test("an element whose value satisfies the rule no more goes, and must wait when it does again")
    func values() {
        for path in ["a", "b", "c"] { add(path, 1) }
        viewer.ask("fetch", ["id": "f", "max": 1, "where": ["op": "greaterThan", "value": 0]])
        _ = viewer.received()
        change("a", 0)
        change("a", 2)
        #expect(viewer.received() == [.event("f", "remove", "a", 0), .event("f", "add", "b", 1)])
        // Who gives up waiting is passed over.
        change("c", 0)
        remove("b")
        #expect(viewer.received() == [.event("f", "remove", "b", 1), .event("f", "add", "a", 2)])
    }

    @Test("an owner's end leaves nothing behind")
    func ownersEnd() {
        for path in ["a", "b", "c"] { add(path) }
        let other = bus.connect()
        other.ask("add", ["path": "z", "value": 1])
        viewer.ask("fetch", ["id": "f", "max": 2])
        owner.disconnect()
        var known: Set<String> = []
        for message in viewer.received() {
            let path = message["params"]?["path"]?.string ?? ""
            if message["params"]?["event"] == "add" { known.insert(path) } else { known.remove(path) }
            #expect(known.count <= 2)
        }
        #expect(known == ["z"])
    }

    @Test("0 lets nobody in")
    func none() {
        add("a")
        #expect(viewer.ask("fetch", ["id": "f", "max": 0]) == .done)
        change("a", 1)
        remove("a")
        #expect(viewer.received() == [])
    }

    @Test("a slow peer ends with the truth")
    func slow() {
        let bus = TestBus {
            $0.outboxLimit = 150
            $0.snapshotChunk = 100
        }
        let owner = bus.connect()
        let viewer = bus.connect()
        viewer.ask("fetch", ["id": "f", "max": 2])
        viewer.isReading = false
        for round in 0..<20 {
            for path in ["a", "b", "c", "d"] { owner.ask("add", ["path": .string(path), "value": .number(round)]) }
            for path in ["a", "b"] { owner.ask("remove", ["path": .string(path)]) }
            if round < 19 { for path in ["c", "d"] { owner.ask("remove", ["path": .string(path)]) } }
        }
        viewer.readAll()
        var known: [String: JSON] = [:]
        for message in viewer.received() {
            let path = message["params"]?["path"]?.string ?? ""
            known[path] = message["params"]?["event"] == "remove" ? nil : message["params"]?["value"]
        }
        #expect(known == ["c": 19, "d": 19])
    }

    @Test("with an interval it goes only where there is an order")
    func interval() {
        #expect(viewer.ask("fetch", ["id": "f", "max": 1, "interval": 1, "sort": [:]]) == .done)
        #expect(
            viewer.ask("fetch", ["id": "g", "max": 1, "interval": 1])
                == .refused(["badRule": ["at": "interval", "reason": "goes with max only in a fetch that sorts"]]))
    }
}
