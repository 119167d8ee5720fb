public import JSONText

/// One step that brings the bus up to date with the host: what the `StateBoard` decides and a `Publisher` carries out.
public enum Publication: Hashable, Sendable {
    /// A state that is not on the bus yet.
    case add(Reading)
    /// A new value of a state that is.
    case change(path: String, value: JSON)
    /// A state that is no more.
    case remove(path: String)

    /// The state it is about.
    public var path: String {
        switch self {
        case .add(let reading): reading.path
        case .change(let path, _), .remove(let path): path
        }
    }
}

/// Whoever brings publications to the bus.
public protocol Publisher: Sendable {
    /// Carries out `publications` in their order and returns when the bus has answered.
    ///
    /// While there is no connection, a publisher keeps what it is told and brings it to the bus later.
    ///
    /// - Returns: The paths that the bus refused (another peer owns them, say), with the reason in words. They are not
    ///   on the bus afterwards.
    func publish(_ publications: [Publication]) async -> [String: String]
}
