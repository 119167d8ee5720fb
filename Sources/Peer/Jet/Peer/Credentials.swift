extension Peer {
    /// A user of the daemon, with its password.
    ///
    ///     configuration.credentials = Credentials(user: "john", password: try readPassword())
    public struct Credentials: Hashable, Sendable {
        /// The user's name.
        public var user: String
        /// The user's password.
        public var password: String

        /// A user with its password.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }
}

extension Peer.Credentials: CustomStringConvertible, CustomReflectable {
    /// The user without the password, since this may be logged.
    public var description: String { "the user '\(user)'" }
    /// The user without the password.
    public var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
