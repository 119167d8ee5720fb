import JSONText
import JetBus
import Testing

/// A fetch begins with a snapshot that comes in pieces, as the peer reads. Whatever happens between the pieces, each
/// element is told of once, with its newest value.
@Suite("Snapshots")
struct SnapshotTests {
    /// A piece is one or two entries.
    let bus = TestBus { $0.snapshotChunk = 100 }
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func add(_ paths: some Sequence<Int>) {
        for path in paths { owner.notify("add", ["path": .string("\(path)"), "value": .number(path)]) }
    }

    /// The paths of the events that came, by what happened.
    private func paths(_ event: String, in received: [JSON]) -> [Int] {
        received.filter { $0["params"]?["event"]?.string == event }
            .compactMap { ($0["params"]?["path"]?.string).flatMap { Int($0) } }
    }

    @Test("a snapshot comes in pieces, each when the one before is read")
    func pieces() {
        add(0..<100)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        viewer.read()
        let first = paths("add", in: viewer.received())
        #expect(!first.isEmpty && first.count < 5)
        viewer.read()
        let second = paths("add", in: viewer.received())
        #expect(!second.isEmpty && second.count < 5)
        viewer.readAll()
        #expect(first + second + paths("add", in: viewer.received()) == Array(0..<100))
    }

    @Test("a peer that reads gets all of it by itself")
    func all() {
        add(0..<1000)
        viewer.ask("fetch", ["id": "f"])
        #expect(paths("add", in: viewer.received()) == Array(0..<1000))
    }

    @Test("what changes before its turn comes once, with its newest value; what changes after is a change")
    func changes() {
        add(0..<100)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        owner.notify("change", ["path": "99", "value": "new"])
        owner.notify("change", ["path": "0", "value": "new"])
        viewer.readAll()
        let received = viewer.received()
        #expect(paths("change", in: received) == [0])
        #expect(received.last == .event("f", "add", "99", "new"))
        #expect(paths("add", in: received) == Array(0..<100))
    }

    @Test("what is removed before its turn is never told of; what is removed after, is")
    func removes() {
        add(0..<100)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        owner.notify("remove", ["path": "99"])
        owner.notify("remove", ["path": "0"])
        viewer.readAll()
        let received = viewer.received()
        #expect(paths("add", in: received) == Array(0..<99))
        #expect(paths("remove", in: received) == [0])
    }

    @Test("what is added while it is under way comes once")
    func adds() {
        add(0..<100)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        viewer.read()
        add(100..<110)
        owner.notify("remove", ["path": "50"])
        owner.notify("add", ["path": "50", "value": "again"])
        viewer.readAll()
        let received = [viewer.received()].flatMap { $0 }
        #expect(paths("add", in: received) == Array(0..<50) + Array(51..<110) + [50])
        #expect(paths("remove", in: received) == [])
    }

    @Test("several snapshots of one peer come one after the other, in the order in which they were asked for")
    func several() {
        add(0..<30)
        viewer.isReading = false
        for id in ["f", "g", "h"] as [JSON] { viewer.ask("fetch", ["id": id]) }
        viewer.ask("fetch", ["id": "exact", "path": ["equalsOneOf": ["7", "x", "3"]]])
        add(30..<31)
        owner.notify("add", ["path": "x", "value": 1])
        viewer.readAll()
        let events = viewer.received().filter { $0["method"] != nil }
        let ids = events.compactMap { $0["method"]?.string }
        #expect(ids == ["f", "g", "h"].flatMap { Array(repeating: $0, count: 32) } + ["exact", "exact", "exact"])
        let exact: [JSON] = [
            .event("exact", "add", "3", 3), .event("exact", "add", "7", 7), .event("exact", "add", "x", 1),
        ]
        #expect(Array(events.suffix(3)) == exact)
    }

    @Test("a snapshot that is ended stops, and the next one goes on")
    func ended() {
        add(0..<50)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        viewer.ask("fetch", ["id": "g"])
        viewer.read()
        viewer.notify("unfetch", ["id": "f"])
        _ = viewer.received()
        viewer.readAll()
        let received = viewer.received()
        // One more piece of it had been written already.
        let ended = received.filter { $0["method"] == "f" }
        #expect(ended.count < 5)
        #expect(Array(received.prefix(ended.count)) == ended)
        #expect(paths("add", in: received.filter { $0["method"] == "g" }) == Array(0..<50))
    }

    @Test("the table is packed while a snapshot is under way: nothing is told twice, nothing is left out")
    func packing() {
        add(0..<1000)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        for _ in 0..<100 { viewer.read() }
        // Two of three go, from both sides of where the snapshot is.
        for path in 0..<1000 where path % 3 != 0 { owner.notify("remove", ["path": .string("\(path)")]) }
        add(1000..<1010)
        viewer.readAll()
        let received = viewer.received()
        let added = paths("add", in: received)
        #expect(Set(added).count == added.count)
        let left = Set(added).subtracting(paths("remove", in: received))
        #expect(left == Set((0..<1000).filter { $0 % 3 == 0 } + Array(1000..<1010)))
    }

    @Test("the table is packed to nothing while a snapshot is under way")
    func packingToNothing() {
        add(0..<200)
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f"])
        owner.disconnect()
        viewer.readAll()
        let received = viewer.received()
        #expect(paths("add", in: received) == paths("remove", in: received))
        let heir = bus.connect()
        heir.ask("add", ["path": "0", "value": 1])
        viewer.readAll()
        #expect(viewer.received() == [.event("f", "add", "0", 1)])
    }
}
