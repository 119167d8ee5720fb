internal import Glibc

/// Why a function of libudev failed.
public struct UdevError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The function.
    public let function: String
    /// The error number, errno(3).
    public let code: Int32

    /// Function and reason in one line.
    public var description: String { "\(function): \(String(cString: strerror(code)))" }

    /// The error of a function that has just set errno.
    init(_ function: String) {
        self.function = function
        code = errno
    }

    /// Checks the result of a function of libudev, which is a negative error number if it failed.
    static func check(_ result: Int32, of function: String) throws(UdevError) {
        guard result < 0 else { return }
        throw UdevError(function: function, code: result == .min ? EINVAL : -result)
    }

    private init(function: String, code: Int32) {
        self.function = function
        self.code = code
    }
}
