public import Netlink
public import Logging
public import Systemd

/// What a provider is made from.
public struct ProviderContext: Sendable {
    /// Where the facts about the host are read.
    public let host: Host
    /// How often the agent looks at what does not notify of its changes.
    public let interval: Duration
    /// The system bus, for calls to systemd and similar services. It connects on its first use.
    public let bus: any MessageBus
    /// The netlink sockets that the service manager has handed over.
    public let sockets: ReceivedNetlinkSockets
    /// Logs problems, with the provider's name.
    public let logger: Logger

    /// A context of these parts.
    public init(
        host: Host, interval: Duration = .seconds(1), bus: any MessageBus = SystemBus(),
        sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger
    ) {
        self.host = host
        self.bus = bus
        self.sockets = sockets
        self.interval = interval
        self.logger = logger
    }

    /// This context for the provider of this name: its log entries bear the name.
    func named(_ provider: String) -> ProviderContext {
        var logger = logger
        logger[metadataKey: "provider"] = "\(provider)"
        return ProviderContext(host: host, interval: interval, bus: bus, sockets: sockets, logger: logger)
    }
}
