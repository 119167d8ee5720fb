public import Glibc

/// A system call that failed.
public struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call: `open`.
    public let call: String
    /// What it was called for: a file or a program.
    public let subject: String
    /// The error number, errno(3).
    public let code: Int32

    /// The error of a call that has just failed, unless `code` is given.
    public init(_ call: String, _ subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// The reason in the words of strerror(3).
    public var reason: String { String(cString: strerror(code)) }

    /// Call, subject and reason in one line.
    public var description: String { "\(call) \(subject): \(reason)" }

    /// Whether there is no such file.
    public var isMissing: Bool { code == ENOENT }
}
