public import AgentCore
public import ConfigurationFile

/// Which of the machine's LEDs are shown: section `[leds]` of the agent's configuration.
public struct LEDConfiguration: ProviderConfiguration {
    /// `enabled`: whether LEDs are shown at all.
    public var enabled = true
    /// `hide`: the LEDs that are not shown, by their names in /sys/class/leds; `*` stands for any characters. By
    /// default those of keyboards are hidden: they belong to the user at the keyboard.
    public var hide = ["input*::*"]
    /// `interval`: how often to check whether another program has changed the brightness of an LED without an event.
    public var interval = Duration.seconds(1)

    /// The defaults.
    public init() {}

    /// Takes the section's keys.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        enabled = try table.take("enabled", default: enabled)
        hide = try table.take("hide", default: hide)
        interval = try table.take("interval", default: interval, in: 0.1...3600)
    }
}
