public import AgentCore
public import ConfigurationFile

/// What the admin may say about sensors: section `[sensors]` of the agent's configuration.
public struct SensorConfiguration: ProviderConfiguration {
    /// Whether sensors are shown at all.
    public var enabled = true
    /// How long to wait between two polls; `nil` for the agent's own interval.
    public var interval: Duration?
    /// Which paths are left out, and their sensors not even read: `*` and `?` as in a shell, `*` also beyond slashes.
    public var hide: [String] = []
    /// By how much a value must move to be published again, by quantity, in its unit on the bus; those that are not as
    /// they are by default.
    public var deadbands: [String: Double] = [:]

    /// The defaults.
    public init() {}

    /// Takes the keys of `[sensors]` and `[sensors.deadband]`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        let interval = try table.take("interval", default: Duration.zero, in: AgentConfiguration.intervals)
        if interval != .zero { self.interval = interval }
        hide = try table.take("hide", default: hide)
        var deadband = try table.table("deadband")
        for quantity in Quantity.all {
            let distance = try deadband.take(
                quantity.name, default: self.deadband(quantity), in: Self.deadbandRange)
            deadbands[quantity.name] = distance == quantity.deadband ? nil : distance
        }
        try deadband.finish()
    }

    /// 0 publishes every difference.
    private static let deadbandRange = 0.0...1e9

    /// How much of a change of this quantity is worth publishing.
    func deadband(_ quantity: Quantity) -> Double { deadbands[quantity.name] ?? quantity.deadband }
}
