internal import Glibc

/// Why libsystemd could not do what it was asked for.
public struct SystemdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The function that failed, as its manual page is called.
    public let function: String
    /// Why, as errno(3) has it.
    public let code: Int32

    /// Both in words.
    public var description: String { "\(function): \(String(cString: strerror(code)))" }

    /// Gives the result of a function of libsystemd, which is a negative errno when it failed.
    static func check(_ result: Int32, of function: String) throws(SystemdError) -> Int32 {
        guard result >= 0 else { throw SystemdError(function: function, code: result == .min ? EINVAL : -result) }
        return result
    }
}
