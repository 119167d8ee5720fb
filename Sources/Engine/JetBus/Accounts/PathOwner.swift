/// Who may add elements below a prefix. The user with the number 0 always may.
public struct PathOwner: Hashable, Sendable {
    /// Who it is.
    public enum Owner: Hashable, Sendable {
        /// Peers that this user of the system runs.
        case userID(UInt32)
        /// Peers that run with this group of the system.
        case groupID(UInt32)
        /// Peers that have authenticated as this user.
        case login(String)
    }

    /// The beginning of the paths, in UTF-8.
    public var prefix: [UInt8]
    /// Who may add elements there. With an empty list, only the user with the number 0.
    public var owners: Set<Owner>

    /// The owners of the paths that begin with a prefix.
    public init(prefix: [UInt8], owners: Set<Owner>) {
        self.prefix = prefix
        self.owners = owners
    }
}
