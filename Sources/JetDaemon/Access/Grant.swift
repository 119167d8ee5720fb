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
    }

    /// Whom it is for.
    public var holder: Holder
    /// The Jet groups, for fetching, setting and calling alike.
    public var groups: Set<String>

    /// A grant of these groups.
    public init(to holder: Holder, _ groups: Set<String>) {
        self.holder = holder
        self.groups = groups
    }

    /// Reads `user:NAME=GROUP[,GROUP...]` or `group:NAME=GROUP[,GROUP...]`; `nil` if it is neither.
    public init?(parsing text: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let who = sides[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = sides[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard who.count == 2, !who[1].isEmpty, !groups.contains("") else { return nil }
        switch who[0] {
        case "user": holder = .user(String(who[1]))
        case "group": holder = .group(String(who[1]))
        default: return nil
        }
        self.groups = Set(groups)
    }
}
