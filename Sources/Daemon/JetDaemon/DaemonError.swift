/// Why the daemon cannot start, or cannot do what it was asked for.
public struct DaemonError: Error, CustomStringConvertible, Sendable {
    /// What failed, and what to do about it, in one sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
