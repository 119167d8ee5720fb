/// A *grant*: which Jet groups a peer on the unix socket is in because of who runs it, by the kernel's word.
///
///     Grant(parsing: "user:agent=read,control")
///     Grant(parsing: "group:jet=read")
public struct Grant: Hashable, Sendable {
    /// Whom it is for.
    public enum Holder: Hashable, Sendable {
        /// Who runs as this user, a name or a number.
        case user(String)
        /// Who runs with this group, a name or a number, as the primary one or one of the others.
        case group(String)

        /// Reads `user:NAME` or `group:NAME`; `nil` if it is neither.
        public init?(parsing text: some StringProtocol) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else { return nil }
            switch parts[0] {
            case "user": self = .user(String(parts[1]))
            case "group": self = .group(String(parts[1]))
            default: return nil
            }
        }
    }

    /// Whom it is for.
    public var holder: Holder
    /// The Jet groups, for fetching, setting and calling alike.
    public var groups: Set<String>
    /// Whether it is no error, but only worth a warning, that nobody on this system is called so.
    public var mayBeMissing: Bool

    /// A grant of these groups.
    public init(to holder: Holder, _ groups: Set<String>, mayBeMissing: Bool = false) {
        self.holder = holder
        self.groups = groups
        self.mayBeMissing = mayBeMissing
    }

    /// Reads `user:NAME=GROUP[,GROUP...]` or `group:NAME=GROUP[,GROUP...]`; `nil` if it is neither.
    public init?(parsing text: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let groups = sides[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard let holder = Holder(parsing: sides[0]), !groups.contains("") else { return nil }
        self.init(to: holder, Set(groups))
    }
}
