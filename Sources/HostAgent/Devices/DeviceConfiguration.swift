/// What of the machine's devices is shown: section `[devices]` of the agent's configuration.
public struct DeviceConfiguration: Hashable, Sendable {
    /// `enabled`: whether devices are shown at all.
    public var enabled = true
    /// `subsystems`: which kinds of devices, in the kernel's words.
    public var subsystems = Self.defaultSubsystems
    /// `properties`: which of udev's properties are shown; `*` in a name stands for any characters.
    public var properties = PropertyFilter.defaultNames
    /// `serial-numbers`: whether serial numbers, hardware addresses and UUIDs are shown too.
    public var serialNumbers = false
    /// `poll-interval`: how often to look for devices, in seconds, where udev does not run and nobody tells of them.
    public var pollInterval = 30.0

    /// The kinds of devices that people plug in, look for, or wonder about.
    public static let defaultSubsystems = [
        "usb", "net", "block", "tty", "input", "leds", "hwmon", "thermal", "power_supply", "drm", "sound",
    ]

    /// What is shown when nobody configured anything.
    public init() {}
}
