import Glibc
import JetProtocol
import Synchronization

/// An attack on a thread of its own, so that the generator does not hold up the honest peers. It runs at a lower
/// priority: what is measured is the daemon, not who gets the processor.
final class AttackThread: Sendable {
    /// What the attackers found.
    struct Outcome: Sendable {
        var tally = Tally()
        var publisherTally = Tally()
        var batches = Histogram()
        /// What ended it early.
        var error: BenchError?
    }

    private enum Phase: Sendable {
        case preparing
        case ready
        /// Until these times: of the attack, and of whatever it is doing then.
        case attacking(end: UInt64, deadline: UInt64)
        case ended(Outcome)
    }

    private let phase = Mutex(Phase.preparing)

    /// Prepares `attack`.
    init(_ attack: any Attack.Type, _ door: Door, _ naming: Naming, scale: Double, deadline: UInt64) {
        let body = Body {
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
            let outcome = self.run(attack.init(), door, naming, scale, deadline)
            self.phase.withLock { $0 = .ended(outcome) }
        }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { body in
                guard let body else { return nil }
                Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(body).toOpaque())
        precondition(code == 0, "cannot create a thread")
        pthread_detach(thread)
    }

    /// Waits until it is prepared.
    func waitUntilReady() {
        while phase.withLock({ if case .preparing = $0 { true } else { false } }) { usleep(2_000) }
    }

    /// Lets it begin.
    func begin(end: UInt64, deadline: UInt64) {
        phase.withLock { if case .ready = $0 { $0 = .attacking(end: end, deadline: deadline) } }
    }

    /// What it found, when it has ended.
    var outcome: Outcome? { phase.withLock { if case .ended(let outcome) = $0 { outcome } else { nil } } }

    private func run(
        _ attack: any Attack, _ door: Door, _ naming: Naming, _ scale: Double, _ deadline: UInt64
    ) -> Outcome {
        var outcome = Outcome()
        do throws(BenchError) {
            let scene = try Scene(door, naming: naming, scale: scale, deadline: deadline)
            do throws(BenchError) {
                try attack.prepare(scene)
                phase.withLock { $0 = .ready }
                let (end, deadline) = waitForBegin()
                scene.deadline = deadline
                try scene.loop.run(patience: .infinity, idle: 5, overdue: { "" }) { () throws(BenchError) in
                    try attack.turn(scene)
                    return Clock.now >= end || scene.isOver
                }
                attack.finish(scene)
            } catch {
                outcome.error = error
            }
            scene.loop.closeAll()
            outcome.tally = scene.tally
            outcome.publisherTally = scene.publisherTally
            outcome.batches = scene.batches
        } catch {
            outcome.error = error
        }
        return outcome
    }

    private func waitForBegin() -> (end: UInt64, deadline: UInt64) {
        while true {
            if case .attacking(let end, let deadline) = phase.withLock({ $0 }) { return (end, deadline) }
            usleep(1_000)
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
