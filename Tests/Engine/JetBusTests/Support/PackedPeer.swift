import JSONText
import TestSupport

/// A peer of a `TestBus` that speaks MessagePack, by an implementation of its own.
final class PackedPeer {
    /// The peer itself, for what it says and hears in JSON.
    let peer: TestPeer
    private var asked = 0

    /// A new peer that has switched to MessagePack.
    convenience init(of bus: TestBus) { self.init(switching: bus.connect()) }

    /// Switches a peer to MessagePack.
    init(switching peer: TestPeer) {
        self.peer = peer
        peer.ask("config", ["encoding": "msgpack"])
    }

    /// Sends bytes as they stand.
    func send(bytes: [UInt8]) { peer.send(bytes: bytes) }

    /// Sends a message.
    func send(_ message: JSON) { peer.send(bytes: PlainMessagePack.pack(message)) }

    /// Sends a request and takes its answer, which must be the next thing that comes: `{"result": ...}` or
    /// `{"error": ...}`.
    @discardableResult
    func ask(_ method: String, _ params: JSON = [:]) -> JSON? {
        asked += 1
        let id = JSON.number(asked)
        send(["id": id, "method": .string(method), "params": params])
        let answer = received().first
        return answer?["id"] == id ? answer?.without("id") : nil
    }

    /// Takes what has reached the peer, in its order. What is no MessagePack is told in hexadecimal digits.
    func received() -> [JSON] {
        peer.receivedBytes().map { PlainMessagePack.unpack($0) ?? .string("no MessagePack: \($0.hex)") }
    }
}
