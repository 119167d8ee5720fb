import JSONText
import JetProtocol

@testable import JetBus

/// A bus to play with. What a peer sends is handled at once, by a clock that is set by hand, and what is due to the
/// peers is theirs at once, unless one of them does not read.
///
///     let bus = TestBus()
///     let owner = bus.connect(), viewer = bus.connect()
///     #expect(owner.ask("add", ["path": "a", "value": 1]) == .done)
///     #expect(viewer.ask("fetch", ["id": "f"]) == .done)
///     #expect(viewer.received() == [.event("f", "add", "a", 1)])
final class TestBus {
    let bus: Bus
    /// The time, in nanoseconds.
    private(set) var now: UInt64 = 1_000_000_000
    /// Whether work that was cut waits for `turn()`.
    var isHoldingWork = false
    /// Who is connected, by `PeerID.index`.
    private var peers: [Int: TestPeer] = [:]

    /// A bus without peers.
    init(_ configure: (inout Bus.Configuration) -> Void = { _ in }) {
        var configuration = Bus.Configuration()
        configuration.seed = 7
        configure(&configuration)
        bus = Bus(configuration: configuration)
    }

    var statistics: Bus.Statistics { bus.statistics }

    func connect(
        groups: Groups = Groups(), credentials: Credentials = Credentials(), user: String? = nil,
        permission: Permission = .all, limits: Quotas.Limits = Quotas.Limits()
    ) -> TestPeer {
        let id = bus.connect(
            groups: groups, credentials: credentials, user: user, permission: permission, limits: limits)
        let peer = TestPeer(id: id, of: self)
        peers[peer.id.index] = peer
        return peer
    }

    func disconnect(_ peer: TestPeer) {
        peers[peer.id.index] = nil
        bus.disconnect(peer.id)
        deliver()
    }

    /// Lets time go by, and what is due happen.
    func pass(seconds: Double) {
        now += UInt64(seconds * 1e9)
        bus.expire(at: now)
        deliver()
    }

    func receive(_ text: [UInt8], from peer: TestPeer) {
        _ = text.withUnsafeBytes { bus.receive($0.bytes, from: peer.id, at: now) }
        deliver()
    }

    /// What a shell does at the end of a turn, until nothing is left to be done.
    func deliver() {
        var ids: ContiguousArray<PeerID> = []
        var resumed: ContiguousArray<PeerID> = []
        while bus.hasOutput || bus.hasWork && !isHoldingWork {
            bus.takePeersWithOutput(into: &ids)
            for id in ids {
                guard let peer = peers[id.index], peer.isReading else { continue }
                peer.read()
            }
            if !isHoldingWork { bus.proceed(at: now, resuming: &resumed) }
        }
    }

    /// One turn only: what does not fit in it waits.
    func turn() {
        var ids: ContiguousArray<PeerID> = []
        bus.proceed(at: now, resuming: &ids)
        bus.takePeersWithOutput(into: &ids)
        for id in ids { if let peer = peers[id.index], peer.isReading { peer.read() } }
    }
}

/// One peer of a `TestBus`, with what has reached it.
final class TestPeer {
    let id: PeerID
    /// Whether it takes its output as soon as there is some. One that does not can still `read()`.
    var isReading = true
    unowned let bus: TestBus
    private var frames = FrameReader(limit: 1 << 30)
    private var inbox: [[UInt8]] = []
    private var asked = 0

    init(id: PeerID, of bus: TestBus) {
        self.id = id
        self.bus = bus
    }

    // MARK: Sending

    /// Sends a text as it stands.
    func send(_ text: String) { bus.receive(Array(text.utf8), from: self) }

    /// Sends bytes that may be no text.
    func send(bytes: [UInt8]) { bus.receive(bytes, from: self) }

    /// Sends a message.
    func send(_ message: JSON) { bus.receive(message.text, from: self) }

    /// Sends a notification.
    func notify(_ method: String, _ params: JSON) { send(["method": .string(method), "params": params]) }

    /// Sends a request and takes its answer out of what came: `{"result": ...}` or `{"error": ...}`, `nil` if none came
    /// yet. What else came stays to be looked at.
    @discardableResult
    func ask(_ method: String, _ params: JSON? = nil) -> JSON? {
        asked += 1
        let id = JSON.string("ask \(asked)")
        var request: JSON.Object = ["id": id, "method": .string(method)]
        request["params"] = params
        let before = inbox.count
        send(.object(request))
        return answer(to: id, behind: before)
    }

    /// Answers a request that was routed to this peer.
    func answer(_ request: JSON?, _ answer: JSON) {
        var message = answer.object ?? [:]
        message["id"] = request?["id"]
        send(.object(message))
    }

    func disconnect() { bus.disconnect(self) }

    // MARK: Receiving

    /// Takes what is in the outbox, once, as a socket would that has room again.
    func read() {
        bus.bus.withOutput(of: id) { output in
            // The bus frames each message by itself, so this cannot fail.
            _ = try? frames.read(output.bytes) { message in
                inbox.append(message.array)
                return true
            }
        }
        _ = bus.bus.outputWritten(of: id)
    }

    /// Reads until nothing comes any more.
    func readAll() {
        repeat { read() } while bus.bus.outputWritten(of: id)
    }

    /// Takes what has reached the peer, in its order.
    func received() -> [JSON] {
        defer { inbox = [] }
        return inbox.map { (try? JSON(parsing: $0)) ?? "no JSON" }
    }

    /// Takes what has reached the peer, as it was written.
    func receivedTexts() -> [String] {
        defer { inbox = [] }
        return inbox.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Takes what has reached the peer, in whatever encoding.
    func receivedBytes() -> [[UInt8]] {
        defer { inbox = [] }
        return inbox
    }

    /// Takes the first request or notification that was routed to this peer, and leaves the rest.
    func takeRouted() -> JSON? {
        take { $0["method"] != nil && $0["params"]?["event"] == nil }
    }

    /// Takes the answer to a request of this peer, without its id, and leaves the rest.
    ///
    /// - Parameter start: How many messages at the front of what came cannot be it.
    func answer(to id: JSON, behind start: Int = 0) -> JSON? {
        guard var answer = take(behind: start, { $0["id"] == id && $0["method"] == nil })?.object else { return nil }
        answer["id"] = nil
        return .object(answer)
    }

    private func take(behind start: Int = 0, _ isIt: (JSON) -> Bool) -> JSON? {
        for index in start..<inbox.count {
            guard let message = try? JSON(parsing: inbox[index]), isIt(message) else { continue }
            inbox.remove(at: index)
            return message
        }
        return nil
    }

    // MARK: What the bus says of it

    var isClosing: Bool { bus.bus.isClosing(id) }
    var isPaused: Bool { bus.bus.isPaused(id) }
    var name: String? { bus.bus.name(of: id) }
}
