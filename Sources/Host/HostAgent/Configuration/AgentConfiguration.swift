public import ConfigurationFile

/// What the agent shows and lets others do: `/etc/jet/agent.toml`, agent.toml(5). Everything has a default, and a file
/// that is not there is an empty one.
///
///     let configuration = try AgentConfiguration(path: "/etc/jet/agent.toml")
public struct AgentConfiguration: Hashable, Sendable {
    /// Which group of peers may change the machine.
    public var group = "operator"
    /// How often to look at what does not tell of its changes.
    public var interval = Duration.seconds(1)
    /// Temperatures and other sensors.
    public var sensors = SensorConfiguration()
    /// Power supplies and batteries.
    public var power = PowerConfiguration()
    /// The system: what it is and how it fares.
    public var system = PolledSection(every: .seconds(5))
    /// The processors.
    public var cpu = PolledSection(every: .seconds(2))
    /// The host's name.
    public var hostname = ProviderSection()
    /// Time zone, and whether the clock is right.
    public var clock = ProviderSection()
    /// Reboot and power off.
    public var shutdown = ProviderSection()
    /// Units of systemd.
    public var services = ServicesConfiguration()
    /// Links and addresses.
    public var network = ProviderSection()
    /// What goes through links.
    public var counters = PolledSection(every: .seconds(5))
    /// Ways on which packets leave.
    public var routes = RouteConfiguration()
    /// Whom the host asks for names.
    public var dns = ProviderSection()
    /// What systemd-networkd makes of links.
    public var networkd = ProviderSection()
    /// Radios.
    public var wireless = PolledSection(every: .seconds(10))
    /// File systems.
    public var filesystems = PolledSection(every: .seconds(10))
    /// Disks.
    public var disks = PolledSection(every: .seconds(5))
    /// Lights.
    public var leds = LEDConfiguration()
    /// What is plugged in.
    public var devices = DeviceConfiguration()
    /// Updates of the system.
    public var update = ProviderSection()
    /// Settings of links.
    public var networkSettings = NetworkSettingsConfiguration()

    /// The defaults.
    public init() {}

    /// The settings in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOptional: Whether it need not be there.
    /// - Throws: What is wrong with it, with the line.
    public init(path: String, isOptional: Bool = false) throws(ConfigurationError) {
        guard let table = try ConfigurationTable(file: path) else {
            guard isOptional else { throw ConfigurationError(file: path, "There is no such file.") }
            self.init()
            return
        }
        try self.init(table)
    }

    /// The settings in a document.
    public init(parsing text: String, file: String = "agent.toml") throws(ConfigurationError) {
        try self.init(try ConfigurationTable(parsing: text, file: file))
    }

    private init(_ table: ConfigurationTable) throws(ConfigurationError) {
        var table = table
        group = try table.take("group", default: group)
        interval = try table.take("interval", default: interval, in: Self.intervals)
        sensors = try table.section("sensors", default: sensors)
        power = try table.section("power", default: power)
        system = try table.section("system", default: system)
        hostname = try table.section("hostname", default: hostname)
        clock = try table.section("clock", default: clock)
        shutdown = try table.section("shutdown", default: shutdown)
        services = try table.section("services", default: services)
        network = try table.section("network", default: network)
        counters = try table.section("counters", default: counters)
        routes = try table.section("routes", default: routes)
        dns = try table.section("dns", default: dns)
        networkd = try table.section("networkd", default: networkd)
        wireless = try table.section("wireless", default: wireless)
        cpu = try table.section("cpu", default: cpu)
        filesystems = try table.section("filesystems", default: filesystems)
        disks = try table.section("disks", default: disks)
        leds = try table.section("leds", default: leds)
        devices = try table.section("devices", default: devices)
        update = try table.section("update", default: update)
        networkSettings = try table.section("network-settings", default: networkSettings)
        try table.finish()
    }

    /// Which intervals make sense, in seconds.
    public static let intervals = 0.1...86400.0
}

/// The settings of a provider that can only be switched off.
public struct ProviderSection: ConfigurationSection, Switchable, Hashable {
    /// Whether the provider is on.
    public var enabled = true

    /// The defaults.
    public init() {}

    /// Takes `enabled`.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
    }
}

/// Settings of something that can be switched off.
public protocol Switchable {
    /// Whether it is on.
    var enabled: Bool { get set }
}
