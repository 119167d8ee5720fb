public import AgentCore
public import ConfigurationFile

/// The configuration of routes: `[routes]`.
public struct RouteConfiguration: ProviderConfiguration {
    /// Whether routes are shown.
    public var enabled = true
    /// The maximum number of routes that are shown for each address family.
    public var limit = 1000

    /// The defaults.
    public init() {}

    /// Takes `enabled` and `limit`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        limit = try table.take("limit", default: limit, in: 1...10_000)
    }
}
