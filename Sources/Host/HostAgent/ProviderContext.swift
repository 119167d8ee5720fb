public import Netlink
public import Logging
public import Systemd

/// What a provider is made from.
public struct ProviderContext: Sendable {
    /// Where the host's facts are read from.
    public let host: Host
    /// What the admin has set.
    public let configuration: AgentConfiguration
    /// The system bus, where systemd and its like are asked. It connects on its first use.
    public let bus: any MessageBus
    /// The netlink sockets that the service manager has handed over.
    public let sockets: ReceivedNetlinkSockets
    /// Where problems are told, with the provider's name.
    public let logger: Logger

    /// A context of these parts.
    public init(
        host: Host, configuration: AgentConfiguration = AgentConfiguration(), bus: any MessageBus = SystemBus(),
        sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger
    ) {
        self.host = host
        self.bus = bus
        self.sockets = sockets
        self.configuration = configuration
        self.logger = logger
    }
}
