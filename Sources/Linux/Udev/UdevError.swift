internal import Glibc

/// Why libudev could not do what it was asked for.
public struct UdevError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The function that failed.
    public let function: String
    /// Why, as errno(3) has it.
    public let code: Int32

    /// Both in words.
    public var description: String { "\(function): \(String(cString: strerror(code)))" }

    /// The function failed and left the reason in errno.
    init(_ function: String) {
        self.function = function
        code = errno
    }

    /// Demands the result of a function of libudev, which is a negative errno when it failed.
    static func check(_ result: Int32, of function: String) throws(UdevError) {
        guard result < 0 else { return }
        throw UdevError(function: function, code: result == .min ? EINVAL : -result)
    }

    private init(function: String, code: Int32) {
        self.function = function
        self.code = code
    }
}
