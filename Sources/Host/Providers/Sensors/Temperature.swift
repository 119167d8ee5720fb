internal import AgentCore
/// A temperature that was read, with what is known of its source.
struct Temperature: Hashable, Sendable {
    /// What the kernel calls the source: a chip's name or a thermal zone's type.
    let source: String
    /// What the driver calls this temperature of the source, if it does.
    let label: String?
    /// °C.
    let celsius: Double
    /// The limits of the source as `Metadata` has them.
    var max: String? = nil
    /// The limit above which the source is in danger.
    var crit: String? = nil
}
