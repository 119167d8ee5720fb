import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// What the bus has to say about its peers to whoever runs it.
@Suite("Incidents")
struct IncidentTests {
    @Test("a peer that sends 16 unreadable texts in a row is named when it is closed")
    func unreadable() {
        let bus = TestBus()
        let peer = bus.connect()
        for _ in 1...15 { peer.send("nonsense") }
        #expect(!bus.bus.hasWarnings)
        for _ in 1...5 { peer.send("nonsense") }
        #expect(
            Array(bus.bus.takeWarnings()) == [.init(peer: peer.id, kind: .unreadable(count: 16), isClosed: true)])
        #expect(!bus.bus.hasWarnings)
    }

    @Test("who has too many requests waiting is named, once for a turn")
    func pendingRequests() {
        let bus = TestBus { $0.pendingRequestLimit = 2 }
        let owner = bus.connect(), peer = bus.connect()
        #expect(owner.ask("add", ["path": "a"]) == .done)
        for id in 1...10 { peer.send(#"{"id":\#(id),"method":"call","params":{"path":"a"}}"#) }
        #expect(
            Array(bus.bus.takeWarnings()) == [
                .init(peer: peer.id, kind: .limitExceeded("pendingRequests", max: 2), isClosed: false)
            ])
    }

    @Test("other refusals are nobody's business")
    func refusals() {
        let bus = TestBus()
        let peer = bus.connect()
        peer.send(#"{"id":1,"method":"set","params":{"path":"a","value":1}}"#)
        peer.send(#"{"id":1,"method":"nonsense"}"#)
        #expect(!bus.bus.hasWarnings)
    }
}
