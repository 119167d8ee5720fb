public import JSONText
public import JetProtocol

/// What a provider says is so right now: one state-to-be.
///
///     Reading("system/uptime", 4711, Metadata(title: "Uptime", unit: "s", datatype: .integer))
public struct Reading: Hashable, Sendable {
    /// Where it stands on the bus: words of printable ASCII, joined by slashes (see `Slug`).
    public var path: String
    /// The value.
    public var value: JSON
    /// What the value means. It is published together with the state and then stands; a reading that comes with another
    /// meaning is another state.
    public var meta: Metadata
    /// How much of a change is worth publishing.
    public var deadband: Deadband

    /// What is so at `path`.
    public init(_ path: String, _ value: JSON, _ meta: Metadata, deadband: Deadband = .none) {
        self.path = path
        self.value = value
        self.meta = meta
        self.deadband = deadband
    }

    /// The reading as an object of `path`, `value` and `meta`, for listings.
    public var json: JSON { ["path": .string(path), "value": value, "meta": meta.json] }
}
