/// A provider that there is: its name, its section in the configuration, and how it is made.
///
///     ProviderKind("cpu", PolledSection(every: .seconds(2))) { CPUProvider($0.host, period: $1.interval, logger: $0.logger) }
public struct ProviderKind: Sendable {
    /// The name by which it is configured, disabled and logged: one lower-case word.
    public let name: String
    /// Its settings by default.
    public let defaults: any ProviderConfiguration

    private let make: @Sendable (ProviderContext, any ProviderConfiguration) -> any Provider

    /// A provider of this name, which is made from a context and its settings.
    public init<Configuration: ProviderConfiguration>(
        _ name: String, _ defaults: Configuration,
        _ make: @escaping @Sendable (ProviderContext, Configuration) -> any Provider
    ) {
        self.name = name
        self.defaults = defaults
        self.make = { context, configuration in make(context, configuration as? Configuration ?? defaults) }
    }

    /// Makes the provider; `nil` if the configuration disables it.
    ///
    /// - Parameter context: What it is made from. Its logger gets the provider's name.
    public func provider(_ context: ProviderContext, _ configuration: AgentConfiguration) -> (any Provider)? {
        let settings = configuration[name] ?? defaults
        return settings.enabled ? make(context.named(name), settings) : nil
    }
}
