internal import Synchronization
package import Systemd

/// *Following a service of the system*: looking at it at once, and again whenever it may have changed. Signals only say
/// that it is time to look; what is so is always asked for, so that a signal that was missed, forged or misunderstood
/// does no harm.
///
/// However many signals come while somebody looks, they are one reason to look again.
package struct Following: Sendable {
    package let bus: any MessageBus
    /// The signals that say so.
    package let matches: [SignalMatch]
    /// A reason of one's own: something was done.
    package var nudge: Nudge?
    /// Other sources of reasons: each calls `give` whenever it may be time to look, until the task is cancelled.
    package var sources: [@Sendable (_ give: @escaping @Sendable () -> Void) async throws -> Void] = []
    /// How long to wait for further changes before looking, so that changes in quick succession are handled together.
    package var rest = Duration.zero
    /// Something cheap to look at every `interval`, for what no signal tells: when it differs, it is time to look.
    package var probe: (@Sendable () -> String)?
    /// Whether to look every `interval` even without a reason, at what is cheap.
    package var hasTicks = false
    package var interval = Duration.seconds(1)
    package var clock: any Clock<Duration> = ContinuousClock()
    /// Whether there is something to look at without the bus: then its absence does not end the following, and it is
    /// looked for again every now and then.
    package var isBusOptional = false

    /// Follows what these signals, sources and probes are about.
    package init(
        bus: any MessageBus, matches: [SignalMatch], nudge: Nudge? = nil,
        sources: [@Sendable (_ give: @escaping @Sendable () -> Void) async throws -> Void] = [],
        rest: Duration = .zero, probe: (@Sendable () -> String)? = nil, hasTicks: Bool = false,
        interval: Duration = .seconds(1), clock: any Clock<Duration> = ContinuousClock(), isBusOptional: Bool = false
    ) {
        (self.bus, self.matches, self.nudge, self.sources) = (bus, matches, nudge, sources)
        (self.rest, self.probe, self.hasTicks, self.interval) = (rest, probe, hasTicks, interval)
        (self.clock, self.isBusOptional) = (clock, isBusOptional)
    }

    /// The delay before the next attempt to connect to a bus that was not available.
    package static let busDelay = Duration.seconds(30)
    /// The delay before reconnecting to a bus whose connection was lost: most likely it is being restarted.
    package static let reconnectDelay = Duration.seconds(1)

    /// Why it is time to look.
    package enum Occasion {
        /// Something may have changed, or it is the first time.
        case change
        /// Time has passed.
        case tick
    }

    /// Looks, until the task is cancelled.
    ///
    /// - Throws: What `look` throws, and why there is no bus (any more) unless that is optional.
    package func run(_ look: (Occasion) async throws -> Void) async throws {
        while true {
            var signals: [SignalSequence] = []
            do throws(DBusError) {
                for match in matches { signals.append(try await bus.signals(match)) }
            } catch {
                try Task.checkCancellation()
                guard isBusOptional else { throw error }
                signals = []
            }
            try await follow(signals, look)
            try Task.checkCancellation()
            guard isBusOptional else { throw DBusError.disconnected }
            if !signals.isEmpty { try await clock.sleep(for: Self.reconnectDelay) }
        }
    }

    /// Looks until the signals end.
    private func follow(_ signals: [SignalSequence], _ look: (Occasion) async throws -> Void) async throws {
        let reasons = Reasons()
        nudge?.attach(reasons)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for sequence in signals {
                group.addTask {
                    for await _ in sequence { reasons.give() }
                    reasons.finish()
                }
            }
            if signals.isEmpty {
                group.addTask { [clock] in
                    try? await clock.sleep(for: Self.busDelay)
                    reasons.finish()
                }
            }
            for source in sources {
                // Without it, signals and time are left to go by.
                group.addTask { try? await source { reasons.give() } }
            }
            if probe != nil || hasTicks {
                // From before the first look, so that what changes meanwhile is seen.
                let first = probe?()
                group.addTask { [clock, interval, probe] in
                    var last = first
                    while (try? await clock.sleep(for: interval)) != nil {
                        let now = probe?()
                        reasons.give(isChange: now != last)
                        last = now
                    }
                }
            }
            try await look(.change)
            for await _ in reasons.arrivals {
                if rest > .zero { try await clock.sleep(for: rest) }
                if reasons.takeChange() {
                    try await look(.change)
                } else if hasTicks {
                    try await look(.tick)
                }
            }
        }
    }
}

/// Lets what follows a service know that something was done to it.
package final class Nudge: Sendable {
    /// A nudge that nothing follows yet.
    package init() {}

    private let attached = Mutex<Reasons?>(nil)

    /// Gives a reason to look.
    package func callAsFunction() { attached.withLock { $0 }?.give() }

    fileprivate func attach(_ reasons: Reasons) { attached.withLock { $0 = reasons } }
}

/// Why to look: that something changed, or only that time has passed. Many reasons are one.
private final class Reasons: Sendable {
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation
    private let isChange = Mutex(false)

    init() { (arrivals, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func give(isChange: Bool = true) {
        if isChange { self.isChange.withLock { $0 = true } }
        arrival.yield()
    }

    func takeChange() -> Bool {
        isChange.withLock { isChange in
            defer { isChange = false }
            return isChange
        }
    }

    func finish() { arrival.finish() }
}
