public import Jet
internal import Synchronization

/// The watchdog of the agent: checks that the agent still does its work before the service manager is pinged.
///
/// Between two beats the agent has to complete one round: what providers have reported is published, and the daemon
/// answers a request that was sent after that. If the daemon is not running, restarts or is slow, the agent is not at
/// fault, and restarting the agent would not help: only then may publishing wait, too. The event loop of the connection
/// has to run whatever the daemon does.
///
/// Polling is not part of the round. A sensor that hangs does so in the kernel, and would hang in a restarted agent,
/// too; without a restart, the rest of the machine stays on the bus.
public struct AgentWatch: Sendable {
    /// What a beat has found.
    public struct Finding: Hashable, Sendable {
        /// Whether the agent is alive.
        public let isAlive: Bool
        /// Whether there is a daemon that has answered what it was asked at the beat before.
        public let daemonAnswers: Bool
    }

    let round: Errand
    let echo: Errand
    private let isConnected: @Sendable () -> Bool
    private let turn: @Sendable () async -> Void

    /// A watch on an agent that publishes by `peer`.
    public init(_ agent: Agent, _ peer: Peer) {
        self.init(
            round: {
                await agent.goRound()
                return true
            }, echo: { (try? await peer.echo("watchdog")) != nil },
            isConnected: { peer.isConnected }, turn: { await peer.turn() })
    }

    init(
        round: @escaping @Sendable () async -> Bool, echo: @escaping @Sendable () async -> Bool,
        isConnected: @escaping @Sendable () -> Bool, turn: @escaping @Sendable () async -> Void
    ) {
        self.round = Errand(round)
        self.echo = Errand(echo)
        self.isConnected = isConnected
        self.turn = turn
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameters:
    ///   - interval: The time between two beats.
    ///   - clock: What it is measured by.
    ///   - report: Called at each beat but while the connection's loop hangs.
    public func run(
        every interval: Duration, clock: any Clock<Duration> = ContinuousClock(),
        report: (Finding) async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            round.begin(in: &group)
            echo.begin(in: &group)
            while (try? await clock.sleep(for: interval)) != nil {
                let daemonAnswers = isConnected() && echo.isDone
                let isAlive = round.isDone || !daemonAnswers
                await turn()
                round.begin(in: &group)
                echo.begin(in: &group)
                await report(Finding(isAlive: isAlive, daemonAnswers: daemonAnswers))
            }
            group.cancelAll()
        }
    }
}

/// Something that is done again and again, and never twice at a time.
final class Errand: Sendable {
    private enum State {
        /// It is being done. Becomes one of the others.
        case underWay
        /// It was done last, or never tried. Becomes `underWay`.
        case done
        /// It failed last. Becomes `underWay`.
        case failed
    }

    private let body: @Sendable () async -> Bool
    private let state = Mutex(State.done)

    init(_ body: @escaping @Sendable () async -> Bool) { self.body = body }

    /// Whether it is being done.
    var isUnderWay: Bool { state.withLock { $0 == .underWay } }

    /// Whether what was begun last is done.
    var isDone: Bool { state.withLock { $0 == .done } }

    /// Begins it, unless it is being done.
    func begin(in group: inout DiscardingTaskGroup) {
        let isFirst = state.withLock { state in
            defer { state = .underWay }
            return state != .underWay
        }
        guard isFirst else { return }
        group.addTask {
            let isDone = await self.body()
            self.state.withLock { $0 = isDone ? .done : .failed }
        }
    }
}
