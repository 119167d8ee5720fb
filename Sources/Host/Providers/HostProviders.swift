public import AgentCore
public import Logging
public import Netlink
internal import Systemd

/// The providers that there are.
public enum HostProviders {
    /// All providers, one a line, in the order in which they are started: name, settings, and how it is made.
    public static let all: [ProviderKind] = [
        ProviderKind("sensors", SensorConfiguration()) { SensorProvider($0.host, $1, logger: $0.logger) },
        ProviderKind("power", PowerConfiguration()) { PowerProvider($0.host, $1, logger: $0.logger) },
        ProviderKind("system", PolledSection(every: .seconds(5))) {
            SystemProvider($0.host, period: $1.interval, logger: $0.logger)
        },
        ProviderKind("hostname", ProviderSection()) { context, _ in HostnameProvider(context) },
        ProviderKind("clock", ProviderSection()) { context, _ in ClockProvider(context) },
        ProviderKind("shutdown", ProviderSection()) { context, _ in ShutdownProvider(context) },
        ProviderKind("services", ServicesConfiguration()) { ServiceProvider($0, $1) },
        ProviderKind("cpu", PolledSection(every: .seconds(2))) {
            CPUProvider($0.host, period: $1.interval, logger: $0.logger)
        },
        ProviderKind("filesystems", PolledSection(every: .seconds(10))) {
            FilesystemProvider($0.host, period: $1.interval, logger: $0.logger)
        },
        ProviderKind("disks", PolledSection(every: .seconds(5))) {
            DiskProvider($0.host, period: $1.interval, logger: $0.logger)
        },
        ProviderKind("network", ProviderSection()) { context, _ in
            NetworkProvider(context.host, sockets: context.sockets, logger: context.logger)
        },
        ProviderKind("counters", PolledSection(every: .seconds(5))) {
            CounterProvider(period: $1.interval, logger: $0.logger)
        },
        ProviderKind("routes", RouteConfiguration()) { RouteProvider($1, logger: $0.logger) },
        ProviderKind("dns", ProviderSection()) { context, _ in
            DNSProvider(context.host, bus: context.bus, logger: context.logger)
        },
        ProviderKind("networkd", ProviderSection()) { context, _ in
            NetworkdProvider(bus: context.bus, logger: context.logger)
        },
        ProviderKind("wireless", PolledSection(every: .seconds(10))) {
            WirelessProvider($0.host, period: $1.interval, logger: $0.logger)
        },
        ProviderKind("leds", LEDConfiguration()) { LEDProvider($0.host, configuration: $1, logger: $0.logger) },
        ProviderKind("devices", DeviceConfiguration()) {
            DeviceProvider($0.host, configuration: $1, sockets: $0.sockets, logger: $0.logger)
        },
        ProviderKind("update", ProviderSection()) { context, _ in UpdateProvider(context) },
        ProviderKind("network-settings", NetworkSettingsConfiguration()) { NetworkSettingsProvider($0, $1) },
    ]

    /// All names.
    public static let names = all.map(\.name)

    /// The providers of `host` that the configuration enables, without the `disabled` ones. The network is always that
    /// of this process's namespace. The sockets that no provider reads are silenced.
    public static func providers(
        of host: Host, configuration: AgentConfiguration, except disabled: Set<String> = [],
        sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger
    ) -> [any Provider] {
        let context = ProviderContext(
            host: host, interval: configuration.interval, bus: SystemBus(), sockets: sockets, logger: logger)
        let providers = all.filter { !disabled.contains($0.name) }.compactMap { $0.provider(context, configuration) }
        let names = Set(providers.map(\.name))
        if !names.contains("network"), let route = sockets.route { ReceivedNetlinkSockets.silence(route) }
        if !names.contains("devices"), let udev = sockets.udev { ReceivedNetlinkSockets.silence(udev) }
        return providers
    }
}
