import JetProtocol

/// Where an attack takes place: the loop of the attackers, on a thread of its own, and what they have found.
final class Scene {
    let loop: LoadLoop
    let door: Door
    let naming: Naming
    /// What the sizes of the attacks are multiplied by.
    let scale: Double
    /// When the attack must have ended, whatever it is doing.
    var deadline: UInt64
    /// The attackers' messages.
    var tally = Tally()
    /// Those of the publisher, who is no attacker: a refusal is a quota that an honest peer meets.
    var publisherTally = Tally()
    /// How long the publisher's batches of changes took.
    var batches = Histogram()
    private var lastAttempt: UInt64 = 0

    init(_ door: Door, naming: Naming, scale: Double, deadline: UInt64) throws(BenchError) {
        (self.door, self.naming, self.scale, self.deadline) = (door, naming, scale, deadline)
        loop = try LoadLoop(patience: 2, security: door.security)
    }

    /// Whether the attack must end now.
    var isOver: Bool { Clock.now >= deadline }

    /// A number of things, scaled.
    func scaled(_ number: Int, least: Int = 1) -> Int { max(least, Int(Double(number) * scale)) }

    // MARK: Peers

    /// A connected attacker; `nil` if the daemon did not let it in.
    func attacker(over endpoint: Endpoint? = nil) throws(BenchError) -> HostilePeer? {
        let peer = HostilePeer(self, isAttacker: true)
        do throws(BenchError) {
            peer.opened(try door.connect(.attacker, on: loop, over: endpoint, listener: peer))
            return peer
        } catch {
            guard error.isRefusal else { throw error }
            tally.connectionsRefused += 1
            return nil
        }
    }

    /// Attackers until there are `count`, in place of those whose connections were closed. After one was refused, the next
    /// attempt is 10 ms later.
    func keep(_ peers: inout [HostilePeer], _ count: Int, over endpoint: Endpoint? = nil) throws(BenchError) {
        peers.removeAll { !$0.isOpen }
        guard peers.count < count, Clock.now &- lastAttempt > 10_000_000 else { return }
        while peers.count < count, !isOver {
            guard let peer = try attacker(over: endpoint) else {
                lastAttempt = Clock.now
                return
            }
            peers.append(peer)
        }
    }

    /// The connected publisher.
    func publisher() throws(BenchError) -> HostilePeer {
        let peer = HostilePeer(self, isAttacker: false)
        peer.opened(try door.connect(.publisher, on: loop, listener: peer))
        return peer
    }

    // MARK: Exchanges

    /// Sends `count` requests of a peer, `ahead` at a time, and waits for their answers.
    ///
    /// - Returns: Whether all were answered; not if the connection was closed or the time is over.
    @discardableResult
    func exchange(
        _ count: Int, of peer: HostilePeer, ahead: Int = 256, _ send: (Int) -> Void
    ) throws(BenchError) -> Bool {
        var sent = 0
        try loop.run(patience: .infinity, idle: 20, overdue: { "" }) {
            while sent < count, peer.isOpen, peer.inFlight < ahead {
                send(sent)
                sent += 1
            }
            return !peer.isOpen || isOver || sent == count && peer.inFlight == 0
        }
        return sent == count && peer.isOpen && peer.inFlight == 0
    }

    /// A publisher with `count` States, whose values have the numbers of `number`.
    func populate(
        _ count: Int, size: Int = 32, number: (Int) -> Int = { $0 }
    ) throws(BenchError) -> HostilePeer {
        let owner = try publisher()
        let named = naming.sized(size)
        let add = Template(
            #"{"id":##########,"method":"add","params":{"path":"\#(named.path)","value":\#(named.value)}}"#)
        try exchange(count, of: owner) { owner.send(add, Naming.base, $0, Naming.base + number($0)) }
        return owner
    }
}

extension Naming {
    /// The same names with values of another size.
    func sized(_ size: Int) -> Naming { Naming(prefix: prefix, size: size) }
}

extension BenchError {
    /// Whether the daemon has refused a connection, which an attacker has to put up with.
    var isRefusal: Bool {
        switch self {
        case .cannotConnect, .notSecured, .closed, .overdue: true
        case .refused, .wrong, .impossible: false
        }
    }
}
