public import AgentCore
public import ConfigurationFile

/// The section `[network-settings]`.
public struct NetworkSettingsConfiguration: ProviderConfiguration {
    /// Whether the settings of links are shown and can be changed.
    public var enabled = true
    /// The number of seconds after which an unconfirmed change is undone, unless the request specifies another number.
    public var confirmWithin = 120

    /// The defaults.
    public init() {}

    /// Takes `enabled` and `confirm-within`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        confirmWithin = try table.take("confirm-within", default: confirmWithin, in: 10...3600)
    }
}
