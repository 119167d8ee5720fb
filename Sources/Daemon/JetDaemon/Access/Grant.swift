/// A grant: adds peers on the unix socket to groups, by the user or group that the kernel says they run as.
///
///     Grant(parsing: "user:agent=read,control")
///     Grant(parsing: "group:jet=read")
public struct Grant: Hashable, Sendable {
    /// The user or the group that a grant is for.
    public enum Holder: Hashable, Sendable {
        /// Peers that run as this user, a name or a number.
        case user(String)
        /// Peers that run with this group, a name or a number, primary or supplementary.
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

    /// The user or the group that it is for.
    public var holder: Holder
    /// The groups of the bus, for fetching, setting and calling.
    public var groups: Set<String>
    /// Whether a user or group that does not exist is only worth a warning, not an error.
    public var mayBeMissing: Bool

    /// A grant.
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
