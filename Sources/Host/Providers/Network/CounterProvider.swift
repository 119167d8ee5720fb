public import AgentCore
internal import Netlink
public import Logging

/// The traffic of the host's network links: `network/<link>/counters` and `network/<link>/rates`.
///
/// The kernel does not notify when a counter changes, so the counters are polled, less often than the rest. The
/// counters of an idle link do not change, so nothing is published for it.
public struct CounterProvider: Provider {
    /// `counters`
    public let name = "counters"

    /// How long between two polls.
    public let period: Duration?

    private let dump: @Sendable () throws -> [NetlinkMessage]
    private let now: @Sendable () -> Duration
    private let faults: FaultLog
    private var meters: [Int32: RateMeter] = [:]

    /// The counters of the links of this network namespace.
    public init(period: Duration = .seconds(5), logger: Logger) {
        self.init(period: period, logger: logger) {
            try NetlinkDump.of(.links(counters: true), over: NetlinkSocket(.requests))
        }
    }

    init(
        period: Duration, now: @escaping @Sendable () -> Duration = RateMeter.now, logger: Logger,
        dump: @escaping @Sendable () throws -> [NetlinkMessage]
    ) {
        self.period = period
        self.dump = dump
        self.now = now
        faults = FaultLog(logger)
    }

    /// The counters of all links now, and from the second time on their rates.
    public mutating func readings() -> [Reading] {
        do {
            let messages = try dump()
            faults.worked(name)
            let time = now()
            var known: [Int32: RateMeter] = [:]
            var readings: [Reading] = []
            for message in messages {
                guard case .link(let link)? = RouteMessage(message), let counters = LinkCounters(link) else { continue }
                readings.append(counters.reading)
                var meter = meters[link.index] ?? RateMeter()
                if let rates = meter.take(counters.measured, at: time) { readings.append(counters.rates(rates)) }
                known[link.index] = meter
            }
            meters = known
            return readings
        } catch {
            faults.failed(name, error)
            return []
        }
    }
}
