public import AgentCore
public import ConfigurationFile

/// What of the machine's devices is shown: section `[devices]` of the agent's configuration.
public struct DeviceConfiguration: ProviderConfiguration {
    /// `enabled`: whether devices are shown at all.
    public var enabled = true
    /// `subsystems`: which kinds of devices are shown, by the names of their kernel subsystems.
    public var subsystems = Self.defaultSubsystems
    /// `properties`: which of udev's properties are shown; `*` in a name stands for any characters.
    public var properties = PropertyFilter.defaultNames
    /// `serial-numbers`: whether serial numbers, hardware addresses and UUIDs are shown too.
    public var serialNumbers = false
    /// `poll-interval`: how often to look for devices where udev does not run and device events are not available.
    public var pollInterval = Duration.seconds(30)

    /// The kinds of devices that people plug in, look for, or wonder about.
    public static let defaultSubsystems = [
        "usb", "net", "block", "tty", "input", "leds", "hwmon", "thermal", "power_supply", "drm", "sound",
    ]

    /// The defaults.
    public init() {}

    /// Takes the section's keys.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        subsystems = try table.take("subsystems", default: subsystems)
        if subsystems.isEmpty { throw table.error("subsystems", "names at least one; enabled = false shows none.") }
        properties = try table.take("properties", default: properties)
        serialNumbers = try table.take("serial-numbers", default: serialNumbers)
        pollInterval = try table.take("poll-interval", default: pollInterval, in: 1...86400)
    }
}
