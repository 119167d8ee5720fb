public import Logging

/// What a provider is made from.
public struct ProviderContext: Sendable {
    /// Where the host's facts are read from.
    public let host: Host
    /// What the admin has set.
    public let configuration: AgentConfiguration
    /// Where problems are told, with the provider's name.
    public let logger: Logger

    /// A context of these parts.
    public init(host: Host, configuration: AgentConfiguration = AgentConfiguration(), logger: Logger) {
        self.host = host
        self.configuration = configuration
        self.logger = logger
    }
}
