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

extension Upgradable {
    /// Reads a line of `apt-get --simulate`, in which apt says what it would do; `nil` if it would not install anything.
    ///
    ///     Inst bash [5.2-2] (5.2-2+deb12u1 Debian:12.5/stable, Debian-Security:12/stable-security [amd64]) [dash:amd64 ]
    ///
    /// In the parentheses: the version, the archives that have it (`origin:version/suite`), the architecture. Debian's
    /// and Ubuntu's archives of security updates have suites that end with "-security".
    init?(simulated line: String) {
        guard line.hasPrefix("Inst ") else { return nil }
        var words = line.dropFirst("Inst ".count).split(separator: " ")[...]
        guard let name = words.popFirst(), !name.isEmpty else { return nil }
        var from: Substring?
        if let word = words.first, word.hasPrefix("["), word.hasSuffix("]") {
            from = word.dropFirst().dropLast()
            words.removeFirst()
        }
        guard let version = words.popFirst(), version.hasPrefix("("), version.count > 1 else { return nil }
        let archives = words.prefix { !$0.hasPrefix("[") }
        self.init(
            name: String(name), from: from.map(String.init), to: String(version.dropFirst().prefix { $0 != ")" }),
            security: archives.contains { $0.lowercased().contains("-security") })
    }
}
