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
    /// What others can do with it.
    public var role: Role

    /// What others can do with what is at a path.
    public enum Role: String, Hashable, Sendable {
        /// Fetch it: a State that only the host changes.
        case shown
        /// Fetch it and ask for another value: a State whose provider has `Controls`.
        case settable
        /// Call it: a Method, which has no value. It is among the readings because it comes and goes with its thing.
        case method
    }

    /// What is so at `path`.
    public init(_ path: String, _ value: JSON, _ meta: Metadata, deadband: Deadband = .none, role: Role = .shown) {
        self.path = path
        self.value = value
        self.meta = meta
        self.deadband = deadband
        self.role = role
    }

    /// What can be called at `path`.
    public static func method(_ path: String, _ meta: Metadata) -> Reading {
        Reading(path, .null, meta, role: .method)
    }

    /// This reading, as one that others may ask to change.
    public func settable() -> Reading {
        var reading = self
        reading.role = .settable
        return reading
    }

    /// The reading as an object of `path`, `value` (but for Methods), `meta`, and `role` if it is more than shown, for
    /// listings.
    public var json: JSON {
        var object: JSON.Object = ["path": .string(path)]
        if role != .method { object["value"] = value }
        object["meta"] = meta.json
        if role != .shown { object["role"] = .string(role.rawValue) }
        return .object(object)
    }
}
