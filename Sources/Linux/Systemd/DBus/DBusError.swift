internal import Glibc

/// Why a D-Bus call failed: the error that was replied, or the reason for no reply.
public struct DBusError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error's name, if it was replied, such as `org.freedesktop.DBus.Error.AccessDenied`.
    public var name: String?
    /// The message, for people.
    public var message: String
    /// The nearest error number, errno(3).
    public var code: Int32

    /// An error with all its parts; the code is EIO by default.
    public init(name: String? = nil, message: String, code: Int32? = nil) {
        self.name = name
        self.message = message
        self.code = code ?? EIO
    }

    /// The error of a function of libsystemd.
    init(_ result: Int32, of function: String) {
        let code = result == .min ? EINVAL : abs(result)
        self.init(message: "\(function): \(String(cString: strerror(code)))", code: code)
    }

    /// The connection was lost: whether the call was carried out is unknown.
    public static let disconnected = DBusError(
        name: "org.freedesktop.DBus.Error.Disconnected", message: "the connection to the bus was lost",
        code: ECONNRESET)

    /// The task that waited was cancelled: whether the call is carried out is unknown.
    public static let cancelled = DBusError(message: "the call was cancelled", code: ECANCELED)

    /// There was no reply in time.
    public static let timeout = DBusError(
        name: "org.freedesktop.DBus.Error.NoReply", message: "no reply in time", code: ETIMEDOUT)

    /// The message and the name.
    public var description: String { name.map { "\(message) (\($0))" } ?? message }

    /// Whether the service that was called does not exist: it is not installed, or does not start here.
    public var isServiceMissing: Bool {
        let names = [
            "ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound", "Spawn.ExecFailed", "Spawn.ChildExited",
            "Spawn.Failed", "Spawn.FailedToSetup", "Spawn.FileInvalid",
        ]
        return names.contains { name == "org.freedesktop.DBus.Error." + $0 }
            || isUnitMissing || name == "org.freedesktop.systemd1.UnitMasked"
    }

    /// Whether systemd knows no unit of the name that was asked for.
    package var isUnitMissing: Bool { name == "org.freedesktop.systemd1.NoSuchUnit" }

    /// Whether the bus or polkit forbids the call to this process.
    public var isAccessDenied: Bool {
        let names = ["AccessDenied", "InteractiveAuthorizationRequired", "AuthFailed"]
        return names.contains { name == "org.freedesktop.DBus.Error." + $0 }
    }

    /// Returns the result of a function of libsystemd, which is a negative error number if it failed.
    @discardableResult
    static func check(_ result: Int32, of function: String) throws(DBusError) -> Int32 {
        guard result >= 0 else { throw DBusError(result, of: function) }
        return result
    }
}
