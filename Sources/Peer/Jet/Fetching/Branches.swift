import JSONText

/// The names that follow a prefix in the paths, one level deep: the result of `Peer.branches`.
public struct Branches: Sendable, Hashable {
    /// One name.
    public struct Branch: Sendable, Hashable {
        /// What kind of element has a path.
        public enum Kind: String, Sendable, Hashable {
            /// A State.
            case state
            /// A Method.
            case method
        }

        /// What follows the prefix, up to the separator.
        public let name: String
        /// The path of the element whose path ends with this name; without one, the prefix of the next level.
        public let path: String
        /// How many elements have this name, or one below it.
        public let elements: Int
        /// What the element is whose path ends with this name; `nil` if there is none.
        public let kind: Kind?

        /// Whether there are elements below it.
        public var hasNextLevel: Bool { kind == nil || elements > 1 }
    }

    /// How many names there are.
    public let total: Int
    /// Those that were asked for, by code point.
    public let branches: [Branch]

    init(_ json: JSON) {
        total = json["total"]?.int ?? 0
        branches = (json["branches"]?.array ?? []).compactMap { branch in
            guard let name = branch["name"]?.string, let path = branch["path"]?.string else { return nil }
            return Branch(
                name: name, path: path, elements: branch["elements"]?.int ?? 0,
                kind: branch["kind"]?.string.flatMap(Branch.Kind.init))
        }
    }
}
