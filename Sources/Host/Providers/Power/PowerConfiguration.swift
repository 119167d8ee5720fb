public import AgentCore
public import ConfigurationFile

/// What the admin may say about power supplies: section `[power]` of the agent's configuration.
public struct PowerConfiguration: ProviderConfiguration {
    /// Whether power supplies are shown at all.
    public var enabled = true
    /// How long to wait between two polls: what a supply does not tell by itself, its charge above all, moves slowly.
    public var interval = Duration.seconds(10)
    /// Whether serial numbers are shown, which tell one person's device from all others.
    public var showsSerialNumbers = false
    /// Which paths are left out: `*` and `?` as in a shell.
    public var hide: [String] = []

    /// The defaults.
    public init() {}

    /// Takes the keys of `[power]`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        interval = try table.take("interval", default: interval, in: AgentConfiguration.intervals)
        showsSerialNumbers = try table.take("serial-numbers", default: showsSerialNumbers)
        hide = try table.take("hide", default: hide)
    }
}
