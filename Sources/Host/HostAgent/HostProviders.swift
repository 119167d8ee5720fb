public import Netlink
public import Logging
internal import Systemd

/// The providers that there are, by name.
public enum HostProviders {
    private struct Entry: Sendable {
        /// The name by which it is switched off and logged.
        let name: String
        /// Whether the configuration has it.
        let isEnabled: @Sendable (AgentConfiguration) -> Bool
        /// Makes it.
        let make: @Sendable (ProviderContext) -> any Provider

        init(
            _ name: String, _ section: @escaping @Sendable (AgentConfiguration) -> any Switchable,
            _ make: @escaping @Sendable (ProviderContext) -> any Provider
        ) {
            self.name = name
            isEnabled = { section($0).enabled }
            self.make = make
        }
    }

    private static let entries: [Entry] = [
        Entry("sensors", \.sensors) { SensorProvider($0) },
        Entry("power", \.power) { PowerProvider($0) },
        Entry("system", \.system) {
            SystemProvider($0.host, period: $0.configuration.system.interval, logger: $0.logger)
        },
        Entry("hostname", \.hostname) { HostnameProvider($0) },
        Entry("clock", \.clock) { ClockProvider($0) },
        Entry("shutdown", \.shutdown) { ShutdownProvider($0) },
        Entry("services", \.services) { ServiceProvider($0) },
        Entry("cpu", \.cpu) { CPUProvider($0.host, period: $0.configuration.cpu.interval, logger: $0.logger) },
        Entry("filesystems", \.filesystems) {
            FilesystemProvider($0.host, period: $0.configuration.filesystems.interval, logger: $0.logger)
        },
        Entry("disks", \.disks) { DiskProvider($0.host, period: $0.configuration.disks.interval, logger: $0.logger) },
        Entry("network", \.network) { NetworkProvider($0.host, sockets: $0.sockets, logger: $0.logger) },
        Entry("counters", \.counters) {
            CounterProvider(period: $0.configuration.counters.interval, logger: $0.logger)
        },
        Entry("routes", \.routes) { RouteProvider($0.configuration.routes, logger: $0.logger) },
        Entry("dns", \.dns) { DNSProvider($0.host, bus: $0.bus, logger: $0.logger) },
        Entry("networkd", \.networkd) { NetworkdProvider(bus: $0.bus, logger: $0.logger) },
        Entry("wireless", \.wireless) {
            WirelessProvider($0.host, period: $0.configuration.wireless.interval, logger: $0.logger)
        },
        Entry("leds", \.leds) { LEDProvider($0.host, configuration: $0.configuration.leds, logger: $0.logger) },
        Entry("devices", \.devices) {
            DeviceProvider(
                $0.host, configuration: $0.configuration.devices, sockets: $0.sockets, logger: $0.logger)
        },
        Entry("update", \.update) { UpdateProvider($0) },
        Entry("network-settings", \.networkSettings) { NetworkSettingsProvider($0) },
    ]

    /// All names, in the order in which the providers are asked.
    public static let names = entries.map(\.name)

    /// All providers of `host` that the configuration has, but the `disabled` ones. The network is always that of the
    /// namespace this process is in. Those of the `sockets` that none of them reads fall silent.
    public static func all(
        of host: Host, configuration: AgentConfiguration = AgentConfiguration(), except disabled: Set<String> = [],
        sockets: ReceivedNetlinkSockets = ReceivedNetlinkSockets(), logger: Logger
    ) -> [any Provider] {
        let bus = SystemBus()
        let entries = entries.filter { !disabled.contains($0.name) && $0.isEnabled(configuration) }
        let enabled = Set(entries.map(\.name))
        if !enabled.contains("network"), let route = sockets.route { ReceivedNetlinkSockets.silence(route) }
        if !enabled.contains("devices"), let udev = sockets.udev { ReceivedNetlinkSockets.silence(udev) }
        return entries.map { entry in
            var logger = logger
            logger[metadataKey: "provider"] = "\(entry.name)"
            return entry.make(
                ProviderContext(
                    host: host, configuration: configuration, bus: bus, sockets: sockets, logger: logger))
        }
    }
}
