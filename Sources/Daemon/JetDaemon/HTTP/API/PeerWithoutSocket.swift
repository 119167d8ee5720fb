import JetBus
import JetProtocol
import NIOCore

/// A peer of the bus without a socket: one HTTP request asks the bus through it.
///
/// It has the identity of the connection that the request came by, so access, accounts and quotas hold as for any other
/// peer, and `peers` shows it while the request is handled. `end` disconnects it; the owner of the request calls that in
/// every case: when its response is written, when its client has disconnected, when its time is over.
final class PeerWithoutSocket {
    private let hub: Hub
    let identity: PeerIdentity
    /// The peer of the bus; `nil` once it has ended.
    private(set) var id: PeerID?
    private var answered: ((BusAnswer) -> Void)?
    private var deadline: Scheduled<Void>?

    fileprivate init(hub: Hub, identity: PeerIdentity, id: PeerID) {
        self.hub = hub
        self.identity = identity
        self.id = id
    }

    /// The user as which it has logged in; `nil` if it has not.
    var user: String? { id.flatMap { hub.bus.user(of: $0) } }

    /// Sends a request of the id `1` to the bus. One at a time.
    ///
    /// - Parameter answered: Called once, on the event loop, unless the peer ends before.
    func ask(_ message: [UInt8], _ answered: @escaping (BusAnswer) -> Void) {
        guard let id else { return }
        self.answered = answered
        hub.bus.receive(message.span.bytes, from: id, at: NIODeadline.now().uptimeNanoseconds)
        hub.scheduleTurnEnd()
    }

    /// Calls `body` after a time, unless the peer has ended before.
    func limit(to time: TimeAmount, _ body: @escaping () -> Void) {
        deadline?.cancel()
        deadline = hub.eventLoop.assumeIsolated().scheduleTask(in: time) { body() }
    }

    /// The request is answered. The peer stays until `end`, since its account is charged for the answer.
    func finish() {
        deadline?.cancel()
        deadline = nil
        answered = nil
    }

    /// Takes its outbox. Until the peer ends, its account stays charged for what was taken.
    fileprivate func takeOutput(of id: PeerID) {
        var answer: BusAnswer?
        hub.bus.withOutput(of: id) { output in
            var start = 0
            while answer == nil, output.count - start >= Frame.headerLength {
                let length = Frame.messageLength(in: output.bytes, at: start)
                start += Frame.headerLength
                guard length <= output.count - start else { return }
                answer = BusAnswer(UnsafeRawBufferPointer(rebasing: output[start..<start + length]))
                start += length
            }
        }
        if let answer, let answered {
            self.answered = nil
            return answered(answer)
        }
        // The bus closes peers only for a reason, which was its last message.
        guard hub.bus.isClosing(id), let answered else { return }
        self.answered = nil
        answered(BusAnswer(.internalError("the bus has closed the peer of this request")))
    }

    /// Disconnects the peer, whose request is not worked on any more.
    func end() {
        finish()
        guard let id else { return }
        self.id = nil
        hub.remove(self, id)
    }
}

// MARK: - All of them

/// The peers without a socket that there are.
struct PeersWithoutSocket {
    fileprivate var peers: [Int: PeerWithoutSocket] = [:]
    fileprivate var counts: [AccountName: Int] = [:]

    /// How many there are.
    var count: Int { peers.count }
    /// How many one account may have.
    static let accountLimit = 16
    /// How many there may be in all, without those of this machine.
    static let limit = 1024

    /// The peer of this number.
    func identity(of id: PeerID) -> PeerIdentity? { peers[id.index]?.identity }
}

extension Hub {
    /// Connects a peer without a socket.
    ///
    /// - Throws: The refusal, if its account has as many as it may have or the daemon stops.
    func connectWithoutSocket(_ identity: PeerIdentity, name: String) throws(ErrorObject) -> PeerWithoutSocket {
        if case .closing = stage { throw .daemonStopping(Array("true".utf8)) }
        let count = peersWithoutSocket.counts[identity.account] ?? 0
        guard count < PeersWithoutSocket.accountLimit else {
            throw .limitExceeded("httpRequests", max: PeersWithoutSocket.accountLimit)
        }
        guard peersWithoutSocket.count < PeersWithoutSocket.limit || identity.credentials.channel == .local else {
            throw .limitExceeded("httpRequests", max: PeersWithoutSocket.limit)
        }
        let (id, login) = join(identity, name: name, framing: .lengthPrefixed)
        let peer = PeerWithoutSocket(hub: self, identity: identity, id: id)
        peersWithoutSocket.peers[id.index] = peer
        peersWithoutSocket.counts[identity.account] = count + 1
        if let login { noteLogin(login, of: id) }
        return peer
    }

    fileprivate func remove(_ peer: PeerWithoutSocket, _ id: PeerID) {
        peersWithoutSocket.peers[id.index] = nil
        let account = peer.identity.account
        let count = (peersWithoutSocket.counts[account] ?? 1) - 1
        peersWithoutSocket.counts[account] = count > 0 ? count : nil
        disconnect(id)
    }

    /// Takes the output of a peer without a connection: of an HTTP request, or of the probe of the watchdog.
    func takeOutputWithoutConnection(of id: PeerID) {
        if let peer = peersWithoutSocket.peers[id.index] { peer.takeOutput(of: id) } else { takeProbeAnswer(of: id) }
    }

    /// What the system knows of a peer; `nil` for the probe of the watchdog.
    func identity(of id: PeerID) -> PeerIdentity? {
        connection(of: id)?.identity ?? peersWithoutSocket.identity(of: id)
    }
}
