/// One number that a measurement has found. Its raw value is its name in `--json`.
package enum Figure: String, CaseIterable, Sendable {
    case notificationsPerSecond, changesPerSecond, setsPerSecond, addsPerSecond, removesPerSecond, statesPerSecond
    case connectionsPerSecond
    /// How long one operation took, in microseconds: the maximum of 50 %, 90 %, 99 %, 99.9 % and all of them.
    case latencyP50, latencyP90, latencyP99, latencyP999, latencyMax
    /// The daemon's processor time, user and system, for one of them, in microseconds.
    case processorPerNotification, processorPerChange, processorPerSet, processorPerAdd, processorPerRemove
    case processorPerState, processorPerConnection
    /// The daemon's resident memory in bytes.
    case memoryBefore, memoryAfter
    /// By how much it grew for each of them, in bytes.
    case bytesPerState, bytesPerConnection
    /// How many notifications there were.
    case notifications

    /// What a number means.
    package enum Unit: Sendable {
        /// A number per second.
        case perSecond
        /// Microseconds.
        case microseconds
        /// Bytes.
        case bytes
        /// A number of things.
        case count
    }

    /// What its number means.
    package var unit: Unit {
        switch self {
        case .notificationsPerSecond, .changesPerSecond, .setsPerSecond, .addsPerSecond, .removesPerSecond,
            .statesPerSecond, .connectionsPerSecond:
            .perSecond
        case .latencyP50, .latencyP90, .latencyP99, .latencyP999, .latencyMax, .processorPerNotification,
            .processorPerChange, .processorPerSet, .processorPerAdd, .processorPerRemove, .processorPerState,
            .processorPerConnection:
            .microseconds
        case .memoryBefore, .memoryAfter, .bytesPerState, .bytesPerConnection: .bytes
        case .notifications: .count
        }
    }

    /// What it is called in a table.
    package var title: String {
        switch self {
        case .notificationsPerSecond: "notifications per second"
        case .changesPerSecond: "changes per second"
        case .setsPerSecond: "sets per second"
        case .addsPerSecond: "adds per second"
        case .removesPerSecond: "removes per second"
        case .statesPerSecond: "States per second"
        case .connectionsPerSecond: "connections per second"
        case .latencyP50: "latency, p50"
        case .latencyP90: "latency, p90"
        case .latencyP99: "latency, p99"
        case .latencyP999: "latency, p99.9"
        case .latencyMax: "latency, max"
        case .processorPerNotification: "daemon CPU per notification"
        case .processorPerChange: "daemon CPU per change"
        case .processorPerSet: "daemon CPU per set"
        case .processorPerAdd: "daemon CPU per add"
        case .processorPerRemove: "daemon CPU per remove"
        case .processorPerState: "daemon CPU per State"
        case .processorPerConnection: "daemon CPU per connection"
        case .memoryBefore: "daemon memory before"
        case .memoryAfter: "daemon memory after"
        case .bytesPerState: "daemon memory per State"
        case .bytesPerConnection: "daemon memory per connection"
        case .notifications: "notifications"
        }
    }

    /// Whether it can be found only once of a daemon: memory that it has had before is used again without growing.
    var countsOnce: Bool { self == .bytesPerState || self == .bytesPerConnection || self == .memoryBefore }

    /// Whether its ratio to the same figure of another transport says anything.
    var isCompared: Bool { unit == .perSecond || unit == .microseconds }
}

/// What one round has found.
package typealias Figures = [Figure: Double]

extension Figures {
    /// Notes the percentiles of latencies.
    mutating func note(_ latencies: Histogram) {
        guard latencies.count > 0 else { return }
        let shares: [(Figure, Double)] = [
            (.latencyP50, 0.5), (.latencyP90, 0.9), (.latencyP99, 0.99), (.latencyP999, 0.999),
        ]
        for (figure, share) in shares { self[figure] = Double(latencies.percentile(share)) / 1000 }
        self[.latencyMax] = Double(latencies.longest) / 1000
    }
}
