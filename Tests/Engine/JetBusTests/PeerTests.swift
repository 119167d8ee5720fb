import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// A peer's beginning and end.
@Suite("Peers")
struct PeerTests {
    let bus = TestBus()

    @Test("a peer's end removes what it owned, notifies, and answers what was pending on it")
    func end() {
        let owner = bus.connect()
        let viewer = bus.connect()
        owner.ask("add", ["path": "s", "value": 1])
        owner.ask("add", ["path": "m"])
        viewer.ask("fetch", ["id": "f"])
        viewer.send(["id": 1, "method": "call", "params": ["path": "m"]])
        _ = viewer.received()
        owner.disconnect()
        let received = viewer.received()
        #expect(received.filter { $0["id"] == nil } == [.event("f", "remove", "s", 1), .event("f", "remove", "m")])
        #expect(received.filter { $0["id"] != nil }.map { $0["error"]?["data"] } == [["ownerGone": "m"]])
        #expect(viewer.ask("add", ["path": "s"]) == .done)
        #expect(bus.statistics.peers == 1)
        #expect(bus.statistics.elements == 1)
    }

    @Test("a peer that ends twice, and one that is not there, end nothing")
    func twice() {
        let peer = bus.connect()
        peer.disconnect()
        peer.disconnect()
        peer.send(["id": 1, "method": "info"])
        #expect(bus.statistics.peers == 0)
        bus.bus.disconnect(PeerID(index: 99))
        bus.bus.disconnect(PeerID(index: -1))
        #expect(bus.bus.isClosing(PeerID(index: 99)))
        #expect(!bus.bus.isPaused(PeerID(index: 99)))
        let hasMore = bus.bus.outputWritten(of: PeerID(index: 99))
        #expect(!hasMore)
    }

    @Test("the place of a peer is used again, and nothing is inherited")
    func reuse() {
        let owner = bus.connect()
        owner.ask("add", ["path": "m"])
        let first = bus.connect(groups: Groups(fetch: ["g"], set: ["g"], call: ["g"]))
        first.ask("config", ["name": "first"])
        first.ask("fetch", ["id": "f"])
        first.ask("add", ["path": "own", "value": 1])
        first.ask("call", ["path": "m"])
        let routed = owner.takeRouted()
        for _ in 0..<15 { first.send("{") }
        first.isReading = false
        first.ask("echo", "unread")
        first.disconnect()

        let second = bus.connect()
        #expect(second.id == first.id)
        // No output, no name.
        second.readAll()
        #expect(second.received() == [])
        #expect(second.name == nil)
        // No fetches: no notifications, and their ids are free.
        owner.ask("add", ["path": "new", "value": 1])
        #expect(second.received() == [])
        #expect(second.ask("fetch", ["id": "f"]) == .done)
        _ = second.received()
        // No elements.
        #expect(second.ask("change", ["path": "own", "value": 1]) == .refused(["pathNotExists": "own"]))
        // No answers to what the other one asked.
        owner.answer(routed, .done)
        #expect(second.received() == [])
        // No parse errors.
        second.send("{")
        #expect(!second.isClosing)
        // No rights.
        owner.ask("add", ["path": "secret", "value": 1, "access": ["fetchGroups": ["g"]]])
        #expect(second.ask("get", ["path": ["equals": "secret"]]) == .result([]))
        #expect(bus.bus.peer(second.id)?.pendingRequests == 0)
        #expect(bus.bus.peer(owner.id)?.owedAnswers == 0)
    }

    @Test("a slow peer leaves nothing behind for the next one")
    func slowReuse() {
        let bus = TestBus {
            $0.outboxLimit = 100
            $0.snapshotChunk = 50
        }
        let owner = bus.connect()
        for path in 0..<100 { owner.ask("add", ["path": .string("\(path)"), "value": 0]) }
        let first = bus.connect()
        first.ask("fetch", ["id": "f"])
        first.isReading = false
        first.ask("fetch", ["id": "g"])
        for path in 0..<100 { owner.ask("change", ["path": .string("\(path)"), "value": 1]) }
        first.ask("echo", 1)
        #expect(first.isPaused)
        first.disconnect()
        let second = bus.connect()
        #expect(second.id == first.id)
        #expect(!second.isPaused)
        for path in 0..<100 { owner.ask("change", ["path": .string("\(path)"), "value": 2]) }
        second.readAll()
        #expect(second.received() == [])
        #expect(bus.statistics.fetchers == 0)
    }

    @Test("one that has said its last word is closed once its requests are answered")
    func endOfInput() {
        let owner = bus.connect()
        owner.ask("add", ["path": "m"])
        let peer = bus.connect()
        peer.ask("call", ["path": "m"])
        peer.ask("call", ["path": "m", "timeout": 1])
        bus.bus.endInput(of: peer.id)
        bus.deliver()
        #expect(!peer.isClosing)
        owner.answer(owner.takeRouted(), .done)
        #expect(!peer.isClosing)
        bus.pass(seconds: 1)
        #expect(peer.isClosing)
        #expect(peer.received().count == 2)
        let idle = bus.connect()
        bus.bus.endInput(of: idle.id)
        #expect(idle.isClosing)
        #expect(bus.bus.hasOutput)
    }

    @Test("each peer with output is named once, until it has got some again")
    func output() {
        let one = bus.connect()
        let two = bus.connect()
        one.isReading = false
        two.isReading = false
        for _ in 0..<3 { one.send(#"{"id":1,"method":"echo"}"#) }
        var ids: ContiguousArray<PeerID> = [two.id]
        // The harness has taken the list already; another message puts the peer back into it.
        bus.bus.takePeersWithOutput(into: &ids)
        #expect(ids.isEmpty)
        let text = Array(#"{"id":1,"method":"echo"}"#.utf8)
        for _ in 0..<2 { _ = text.withUnsafeBytes { bus.bus.receive($0.bytes, from: one.id, at: bus.now) } }
        #expect(bus.bus.hasOutput)
        bus.bus.takePeersWithOutput(into: &ids)
        #expect(Array(ids) == [one.id])
        #expect(!bus.bus.hasOutput)
    }

    @Test("what a bus does depends on nothing but what it is given")
    func deterministic() {
        func run() -> [String] {
            let bus = TestBus()
            let owner = bus.connect()
            let viewer = bus.connect()
            let paths = (0..<40).map { JSON.string("p\($0 * 7 % 40)") }
            for (number, path) in paths.enumerated() { owner.ask("add", ["path": path, "value": .number(number)]) }
            for number in 0..<20 { viewer.ask("fetch", ["id": .number(number)]) }
            viewer.ask("fetch", ["id": "exact", "path": ["equalsOneOf": .array(paths.reversed())]])
            let other = bus.connect()
            for number in 0..<100 { other.ask("fetch", ["id": .number(number)]) }
            other.disconnect()
            for path in paths { owner.ask("change", ["path": path, "value": 1]) }
            _ = viewer.ask("get", ["path": ["equalsOneOf": .array(paths)]])
            return viewer.receivedTexts()
        }
        #expect(run() == run())
    }
}
