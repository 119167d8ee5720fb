internal import Glibc

/// Why a function of libsystemd failed.
public struct SystemdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The function, named as its manual page.
    public let function: String
    /// The error number, errno(3).
    public let code: Int32

    /// Function and reason in one line.
    public var description: String { "\(function): \(String(cString: strerror(code)))" }

    /// Returns the result of a function of libsystemd, which is a negative error number if it failed.
    static func check(_ result: Int32, of function: String) throws(SystemdError) -> Int32 {
        guard result >= 0 else { throw SystemdError(function: function, code: result == .min ? EINVAL : -result) }
        return result
    }
}
