import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// What the parts of the engine promise each other.
@Suite("Delivery")
struct DeliveryTests {
    private let delivery: Delivery
    private let elements = ElementTable(AccountTable(.defaults), seed: 7)
    private let owner = Peer(id: PeerID(index: 0))

    init() {
        var configuration = Bus.Configuration()
        configuration.outboxLimit = 20
        configuration.snapshotChunk = 20
        delivery = Delivery(configuration, AccountTable(.defaults), PeerWarnings())
    }

    private func add(_ path: String, _ value: String) -> Element {
        Array(path.utf8).withUnsafeBytes { path in
            Array(value.utf8).withUnsafeBytes { value in
                elements.add(
                    path: path, hash: elements.hash(of: path), owner: Unmanaged.passUnretained(owner), value: value,
                    fetchOnly: false, details: nil)
            }
        }
    }

    private func fetcher(of peer: Peer) throws -> Fetcher {
        let id = FetchID(ByteRange(0, 1), in: Array("1".utf8).span.bytes)
        return Fetcher(serial: 1, peer: peer, id: try #require(id), rule: FetchRule())
    }

    private func string(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a text that was rendered stays as it is while others are rendered")
    func nestedTexts() {
        let (outer, inner) = (add("a", "1"), add("b", "2"))
        delivery.withText(about: outer) { text in
            let tail = text.tail(.change, for: owner)
            delivery.withText(about: inner) { other in
                #expect(string(other.tail(.change, for: owner)).contains(#""path":"b""#))
                #expect(string(tail) == #","params":{"path":"a","event":"change","value":1}}"#)
            }
            #expect(string(text.tail(.change, for: owner)) == #","params":{"path":"a","event":"change","value":1}}"#)
            #expect(string(text.tail(.remove, for: owner)).contains(#""event":"remove""#))
        }
    }

    @Test("a message that is appended puts its peer into the queue, once")
    func queue() throws {
        var peers: ContiguousArray<PeerID> = []
        #expect(!delivery.hasOutput)
        for _ in 0..<2 { Array("[]".utf8).withUnsafeBytes { delivery.send($0, to: owner) } }
        #expect(delivery.hasOutput)
        delivery.takePeers(into: &peers)
        #expect(peers == [owner.id] && !delivery.hasOutput)
    }

    @Test("an outbox that is full, or behind which notifications wait, is not open")
    func open() throws {
        let peer = Peer(id: PeerID(index: 1), outboxLimit: 20)
        let fetcher = try fetcher(of: peer)
        let element = add("a", "1")
        /// Whether the outbox is open, whether notifications are conflated, and how full it is.
        func state() -> [Bool] { [peer.output.isOpen, peer.output.isConflating, peer.output.count > 0] }
        #expect(state() == [true, false, false])
        delivery.notify(fetcher, .add, of: element)
        #expect(state() == [false, false, true])
        delivery.notify(fetcher, .change, of: element)
        #expect(state() == [false, true, true])
        // The outbox is empty now, but what is conflated comes first.
        _ = delivery.withOutput(of: peer) { _ in }
        #expect(state() == [false, true, false])
        delivery.resumeConflated(peer)
        #expect(state() == [false, true, true])
        _ = delivery.withOutput(of: peer) { _ in }
        delivery.resumeConflated(peer)
        #expect(state() == [true, false, false])
    }
}
