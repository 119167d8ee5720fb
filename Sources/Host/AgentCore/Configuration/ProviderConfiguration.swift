public import ConfigurationFile

/// The settings of one provider: its section in the agent's configuration.
public protocol ProviderConfiguration: ConfigurationSection, Hashable {
    /// Whether the provider is used: every section has this key.
    var enabled: Bool { get set }
}

/// The settings of a provider that has nothing else to configure.
public struct ProviderSection: ProviderConfiguration {
    /// Whether the provider is used.
    public var enabled = true

    /// The defaults.
    public init() {}

    /// Takes `enabled`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
    }
}

/// The settings of a provider that is polled at an interval of its own.
public struct PolledSection: ProviderConfiguration {
    /// Whether the provider is used.
    public var enabled = true
    /// How often to poll.
    public var interval: Duration

    /// The defaults, with this interval.
    public init(every interval: Duration) { self.interval = interval }

    /// Takes `enabled` and `interval`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        interval = try table.take("interval", default: interval, in: AgentConfiguration.intervals)
    }
}
