import JetProtocol

/// *Fetches that match nothing*, but have to be looked at with each change of another peer.
final class Fetches: Attack {
    static let name = "fetches"
    static let summary = "20,000 fetches with a value rule that match nothing, while 500 States change"
    private let changes = FetchedChanges()

    func prepare(_ scene: Scene) throws(BenchError) {
        try changes.prepare(scene, fetches: 20_000, rule: #""value":{"equals":-1}"#)
    }

    func turn(_ scene: Scene) throws(BenchError) { try changes.turn(scene) }

    func finish(_ scene: Scene) { changes.finish(scene) }
}

/// *Rules on fields* without a path.
final class ValueFields: Attack {
    static let name = "value-fields"
    static let summary = "2,000 fetches with a valueField rule and no path, while 500 States change"
    private let changes = FetchedChanges()

    func prepare(_ scene: Scene) throws(BenchError) {
        try changes.prepare(scene, fetches: 2_000, rule: #""valueField":{"n":{"lessThan":-1}}"#)
    }

    func turn(_ scene: Scene) throws(BenchError) { try changes.turn(scene) }

    func finish(_ scene: Scene) { changes.finish(scene) }
}

/// Fetches of an attacker, and batches of 1,000 changes of the publisher, whose time is noted.
private final class FetchedChanges {
    private var owner: HostilePeer?
    private var attacker: HostilePeer?
    private var batch: [UInt8] = []
    private var start: UInt64?

    /// The number of changes in a batch.
    private let count = 1_000

    func prepare(_ scene: Scene, fetches: Int, rule: String) throws(BenchError) {
        let states = scene.scaled(500)
        owner = try scene.populate(states)
        let naming = scene.naming
        let requests = (0..<count).map { number in
            #"{"id":1,"method":"change","params":{"path":"\#(naming.path(number % states))","value":{"n":\#(number)}}}"#
        }
        batch = Array("[\(requests.joined(separator: ","))]".utf8)
        guard let attacker = try scene.attacker() else { return }
        self.attacker = attacker
        let fetch = Template(#"{"id":1,"method":"fetch","params":{"id":##########,\#(rule)}}"#)
        try scene.exchange(scene.scaled(fetches), of: attacker) { attacker.send(fetch, Naming.base + $0) }
    }

    func turn(_ scene: Scene) throws(BenchError) {
        guard let owner, owner.isOpen, owner.inFlight == 0 else { return }
        let now = Clock.now
        if let start { scene.batches.note(now &- start) }
        start = now
        owner.send(batch, answers: count)
    }

    /// A batch that has not been answered took at least until now.
    func finish(_ scene: Scene) {
        if let start, owner?.inFlight ?? 0 > 0 { scene.batches.note(Clock.now &- start) }
    }
}
