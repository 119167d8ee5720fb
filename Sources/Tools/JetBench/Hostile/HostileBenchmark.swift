import Glibc
package import Jet
package import JetProtocol

/// A run of `jet bench hostile`: one attack after the other on a daemon, with honest peers beside it.
///
/// Each attack has a daemon of its own, unless one is given. It ends after `seconds`, and `grace` later at the latest: what
/// the honest peers have not been answered then is lost.
package struct HostileBenchmark: Sendable {
    /// The daemon.
    package enum Target: Sendable {
        /// This program is started for each attack; `nil` is the `jetd` that belongs to this program.
        case started(program: String?)
        /// One that runs already, and its process if it is known.
        case running(Endpoint, pid: Int32?)
    }

    /// The daemon.
    package var target: Target
    /// The names of the attacks.
    package var attacks: [String]
    /// How long each attack lasts.
    package var seconds: Double
    /// What the sizes of the attacks are multiplied by.
    package var scale: Double
    /// Which daemons are trusted, and the key that is shown to them.
    package var security = Peer.Security()

    /// How long an attack, and the answers to the honest peers, may take beyond that, in seconds.
    package var grace: Double = 30

    /// How much memory a daemon that was started may use before it is killed, in bytes.
    package static var memoryLimit: Int { 3 << 30 }

    /// A run of these parts.
    package init(target: Target, attacks: [String] = Attacks.names, seconds: Double = 5, scale: Double = 1) {
        (self.target, self.attacks, self.seconds, self.scale) = (target, attacks, seconds, scale)
    }

    /// Measures without an attack, then beside each. Blocks its thread meanwhile.
    ///
    /// - Parameters:
    ///   - progress: Called with a line on what is done next.
    ///   - found: Called with each result.
    /// - Throws: `BenchError` if the daemon cannot be reached or started. What happens to the honest peers is in the results.
    package func run(
        progress: (String) -> Void = { _ in }, found: (HostileResult) -> Void
    ) throws(BenchError) {
        // Those of `unread`, and the honest ones.
        try Socket.allow(1_200)
        let separation = Separation.best
        progress("hostile: no attack")
        found(try measure(nil, separation))
        for name in attacks {
            guard let attack = Attacks.named(name) else { throw .impossible("There is no attack '\(name)'.") }
            progress("hostile: \(name)")
            found(try measure(attack, separation))
        }
    }

    private func measure(
        _ attack: (any Attack.Type)?, _ separation: Separation
    ) throws(BenchError) -> HostileResult {
        switch target {
        case .started(let program):
            let path = if let program { program } else { try StartedDaemon.program() }
            let daemon = try StartedDaemon(
                path, users: try Account.users(), descriptors: attack == Silent.self ? Silent.descriptors : nil)
            let door = Door(unix: daemon.unix, tcp: daemon.tcp, separation: separation, hasUsers: true)
            return try measure(attack, through: door, daemon)
        case .running(let endpoint, _):
            if let attack, attack == Logins.self || attack == Silent.self {
                var result = HostileResult(attack: attack.name)
                result.skipped = "needs a daemon that jet bench starts"
                return result
            }
            let door = Door(unix: endpoint, tcp: endpoint, separation: .none, hasUsers: false, security: security)
            return try measure(attack, through: door, nil)
        }
    }

    private func measure(
        _ attack: (any Attack.Type)?, through door: Door, _ daemon: StartedDaemon?
    ) throws(BenchError) -> HostileResult {
        var result = HostileResult(attack: attack?.name ?? "none")
        let naming = Naming(size: ValueSize.smallest)
        var probes: [Probe.Kind] = [.connect]
        if door.hasUsers, attack == nil || attack == Logins.self { probes.append(.login) }
        let honest = try HonestPair(door, probes: probes, naming: naming, patience: 10)
        let thread = attack.map { AttackThread($0, door, naming, scale: scale, deadline: Self.time(grace)) }
        thread?.waitUntilReady()

        let start = Clock.now
        let (end, deadline) = (Self.time(seconds), Self.time(seconds + grace))
        thread?.begin(end: end, deadline: deadline)
        let process = daemon?.process ?? runningProcess(honest)
        result.pid = process?.pid
        // The end of the attackers' connections is a part of the attack.
        var over: UInt64?
        try honest.talk(
            until: {
                if over == nil, thread.map({ $0.outcome != nil }) ?? (Clock.now >= end) {
                    over = Clock.now + (thread == nil ? 0 : 300_000_000)
                }
                return over.map { Clock.now >= $0 } ?? false
            }, deadline: deadline,
            observe: {
                if let peak = process?.peakMemory { result.peakMemory = max(peak, result.peakMemory ?? 0) }
                guard let daemon else { return true }
                if let ending = daemon.ending() { result.problems.append("The daemon died: \(ending)") }
                if daemon.process.residentMemory ?? 0 > Self.memoryLimit {
                    result.problems.append("The daemon used more than \(Self.memoryLimit >> 20) MiB of memory")
                }
                return result.problems.isEmpty
            })
        result.seconds = Double(Clock.now - start) / 1e9
        if let peak = process?.peakMemory { result.peakMemory = max(peak, result.peakMemory ?? 0) }
        if let daemon, result.problems.isEmpty, let ending = daemon.ending() {
            result.problems.append("The daemon died: \(ending)")
        }
        // A daemon that does not answer would hold up the attackers as well.
        daemon?.kill()
        try collect(thread, deadline: deadline, into: &result)
        result.problems += honest.problems
        result.note(honest.echo.latencies, as: "echo")
        result.note(honest.set.latencies, as: "set")
        for probe in honest.probes { result.note(probe.latencies, as: probe.kind.rawValue) }
        return result
    }

    /// Waits for the attackers, who end soon after their deadline.
    private func collect(
        _ thread: AttackThread?, deadline: UInt64, into result: inout HostileResult
    ) throws(BenchError) {
        guard let thread else { return }
        while thread.outcome == nil, Clock.now < deadline + 10_000_000_000 { usleep(5_000) }
        guard let outcome = thread.outcome else { return result.problems.append("The attackers did not end") }
        result.tally = outcome.tally
        result.publisherRefused = outcome.publisherTally.refused
        result.note(outcome.batches, as: "batch")
        if outcome.publisherTally.connectionsClosed > 0, result.problems.isEmpty {
            result.problems.append("The daemon closed the connection of the publisher")
        }
        // An attacker whose connection breaks is no problem; a daemon that sends nonsense is.
        if let error = outcome.error, result.problems.isEmpty { result.problems.append("The attack failed: \(error)") }
    }

    private func runningProcess(_ honest: HonestPair) -> DaemonProcess? {
        if case .running(_, let pid?) = target { return DaemonProcess(pid: pid) }
        return honest.daemon
    }

    private static func time(_ seconds: Double) -> UInt64 { Clock.now + UInt64(seconds * 1e9) }
}
