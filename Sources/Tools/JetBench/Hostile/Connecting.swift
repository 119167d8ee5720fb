import JetProtocol

/// *Guessing passwords*, each of which takes the daemon time to check.
final class Logins: Attack {
    static let name = "logins"
    static let summary = "300 connections with wrong passwords, while an honest peer logs in"
    private var peers: [HostilePeer] = []
    private let guesses = [Account.loginUser, "no-such-user"].map {
        Array(Door.authenticate($0, "wrong").utf8)
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, scene.scaled(300))
        for (number, peer) in peers.enumerated() where peer.inFlight < 1 { peer.send(guesses[number % guesses.count]) }
    }
}

/// *Silent connections* that take the daemon's descriptors.
final class Silent: Attack {
    static let name = "silent"
    static let summary = "400 silent TCP connections to a daemon with 256 descriptors"
    /// The daemon's descriptors.
    static let descriptors = 256
    private var peers: [HostilePeer] = []

    func turn(_ scene: Scene) throws(BenchError) { try scene.keep(&peers, scene.scaled(400), over: scene.door.tcp) }
}

/// *Connections* that come and go.
final class Churn: Attack {
    static let name = "churn"
    static let summary = "connections opened and closed as fast as possible"
    private let request = Array(#"{"id":1,"method":"info"}"#.utf8)
    private var number = 0

    func turn(_ scene: Scene) throws(BenchError) {
        guard let peer = try scene.attacker(over: number % 2 == 0 ? scene.door.unix : scene.door.tcp) else { return }
        // Every second one leaves before it is answered.
        if number % 4 < 2 { try scene.exchange(1, of: peer) { _ in peer.send(request) } }
        peer.close()
        number += 1
    }
}

/// *Peers that do not read*, for whom the daemon keeps what they have not read.
final class Unread: Attack {
    static let name = "unread"
    static let summary = "1,000 connections that fetch everything and never read, while 15 KiB values change"
    private var peers: [HostilePeer] = []
    private var owner: HostilePeer?
    private let states = 100
    private var count = 0
    private var deaf = 0
    private let fetch = Array(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#.utf8)

    func prepare(_ scene: Scene) throws(BenchError) { owner = try scene.populate(states, size: 15 << 10) }

    func turn(_ scene: Scene) throws(BenchError) {
        let known = peers.count
        try scene.keep(&peers, min(scene.scaled(1_000), known + 10))
        for peer in peers where peer.inFlight == 0 {
            peer.send(fetch)
            if let link = peer.link { try scene.loop.stopReading(link) }
        }
        guard let owner, owner.isOpen else { return }
        let naming = scene.naming.sized(15 << 10)
        let change = Template(
            #"{"id":##########,"method":"change","params":{"path":"\#(naming.path)","value":\#(naming.value)}}"#)
        while owner.inFlight < 16 {
            owner.send(change, Naming.base, count % states, Naming.base + count)
            count += 1
        }
    }
}
