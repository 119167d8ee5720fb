public import AgentCore
public import ConfigurationFile
internal import Systemd

/// `[services]`: which units of systemd are shown, and what may be done to them.
public struct ServicesConfiguration: ProviderConfiguration {
    /// Whether the provider is on.
    public var enabled = true
    /// The units to show, by their full names.
    public var units: [String] = []
    /// What may be done to which.
    public var allowed: [String: Set<ServiceVerb>] = [:]
    /// How often to look at the memory that they use.
    public var memoryInterval = Duration.seconds(5)

    /// The defaults.
    public init() {}

    /// Takes `enabled`, `units`, `memory-interval` and the table `allow`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        memoryInterval = try table.take("memory-interval", default: memoryInterval, in: 1...3600)
        units = try table.take("units", default: units)
        for unit in units {
            if let fault = UnitName.fault(in: unit) { throw table.error("units", "has '\(unit)', which \(fault).") }
            if units.count(where: { $0 == unit }) > 1 { throw table.error("units", "has '\(unit)' twice.") }
        }
        var allow = try table.table("allow")
        for unit in allow.keys {
            guard units.contains(unit) else { throw allow.error(unit, "is not among the units that are shown.") }
            allowed[unit] = []
            for word in try allow.take(unit, default: [String]()) {
                guard let verb = ServiceVerb(rawValue: word) else {
                    let known = ServiceVerb.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                    throw allow.error(unit, "may be allowed \(known), not \"\(word)\".")
                }
                allowed[unit]?.insert(verb)
            }
        }
        try allow.finish()
    }
}

/// What may be done to a unit.
public enum ServiceVerb: String, CaseIterable, Comparable, Sendable {
    case start, stop, restart

    /// In the order in which they stand here.
    public static func < (left: ServiceVerb, right: ServiceVerb) -> Bool {
        guard let left = allCases.firstIndex(of: left), let right = allCases.firstIndex(of: right) else { return false }
        return left < right
    }

    /// For people.
    var title: String {
        switch self {
        case .start: "Start"
        case .stop: "Stop"
        case .restart: "Restart"
        }
    }

    /// The job that systemd has for it.
    var job: UnitManager.Verb {
        switch self {
        case .start: .start
        case .stop: .stop
        case .restart: .restart
        }
    }
}
