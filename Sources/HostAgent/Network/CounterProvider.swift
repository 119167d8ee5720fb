public import Logging

/// What goes through the host's network links: `network/<link>/counters`.
///
/// The kernel does not tell when a counter moves, so that they are asked for, less often than the rest.
public struct CounterProvider: Provider {
    /// `counters`
    public let name = "counters"

    /// How long between two polls.
    public let period: Duration?

    private let dump: @Sendable () throws -> [NetlinkMessage]
    private let faults: FaultLog

    /// The counters of the links of this network namespace.
    public init(period: Duration = .seconds(5), logger: Logger) {
        self.init(period: period, logger: logger) {
            try NetlinkDump.of(.links(counters: true), over: NetlinkSocket(.requests))
        }
    }

    init(period: Duration, logger: Logger, dump: @escaping @Sendable () throws -> [NetlinkMessage]) {
        self.period = period
        self.dump = dump
        faults = FaultLog(logger)
    }

    /// The counters of all links now.
    public mutating func readings() -> [Reading] {
        do {
            let messages = try dump()
            faults.worked(name)
            return messages.compactMap { message in
                guard case .link(let link)? = RouteMessage(message) else { return nil }
                return LinkCounters.reading(link)
            }
        } catch {
            faults.failed(name, error)
            return []
        }
    }
}
