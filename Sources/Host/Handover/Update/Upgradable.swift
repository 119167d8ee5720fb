public import JSONText

/// A package of which there is a newer version.
public struct Upgradable: Hashable, Sendable {
    /// The package, with its architecture after a colon if that is not the machine's own.
    public let name: String
    /// The version that is installed; `nil` for a package that comes along since an updated one needs it.
    public let from: String?
    /// The version that would be.
    public let to: String
    /// Whether it mends a weakness: it comes from a source for such updates.
    public let security: Bool

    /// A package of which this is known.
    public init(name: String, from: String?, to: String, security: Bool) {
        self.name = name
        self.from = from
        self.to = to
        self.security = security
    }

    /// `{name, from, to, security}`
    public var json: JSON {
        ["name": .string(name), "from": .optional(from), "to": .string(to), "security": .boolean(security)]
    }

    /// Reads one; `nil` if it is none.
    public init?(_ json: JSON) {
        guard let name = json["name"]?.string, let to = json["to"]?.string else { return nil }
        self.init(name: name, from: json["from"]?.string, to: to, security: json["security"]?.bool ?? false)
    }
}
