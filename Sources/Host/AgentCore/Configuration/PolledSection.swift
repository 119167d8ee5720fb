public import ConfigurationFile

/// The settings of a provider that is polled at an interval of its own.
public struct PolledSection: ConfigurationSection, Switchable, Hashable {
    /// Whether the provider is on.
    public var enabled = true
    /// How often to look.
    public var interval: Duration

    /// The defaults, with this one for the interval.
    public init(every interval: Duration) { self.interval = interval }

    /// Takes `enabled` and `interval`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        interval = try table.take("interval", default: interval, in: AgentConfiguration.intervals)
    }
}
