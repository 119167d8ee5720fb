internal import CSystemd
internal import Glibc

/// Keeps the machine from being shut down or suspended as long as it exists: an inhibitor lock of logind, as
/// systemd-inhibit(1) takes it. logind refuses a shutdown meanwhile, with the name and the reason given here.
///
///     let inhibitor = try ShutdownInhibitor(who: "jet-update", why: "packages are being installed")
///     ...
///     _ = consume inhibitor
public final class ShutdownInhibitor: Sendable {
    /// The lock is held as long as the descriptor is open, so it cannot outlive the process.
    private let descriptor: Int32

    /// Takes the lock from logind, on the system bus.
    ///
    /// - Parameters:
    ///   - who: The name of the program, for people.
    ///   - why: The reason, for people.
    /// - Throws: `DBusError`, also if there is no logind.
    public init(who: String, why: String) throws(DBusError) {
        let conversation = try Conversation.open(nil)
        let call = try Message.make(
            MethodCall(
                destination: "org.freedesktop.login1", path: "/org/freedesktop/login1",
                interface: "org.freedesktop.login1.Manager", member: "Inhibit",
                arguments: [.string("shutdown:sleep"), .string(who), .string(why), .string("block")]),
            on: conversation.bus)
        var pointer: OpaquePointer?
        try DBusError.check(
            sd_bus_call(conversation.bus, call.pointer, Self.patience, nil, &pointer), of: "sd_bus_call(3)")
        guard let pointer else { throw DBusError(EIO, of: "sd_bus_call(3)") }
        let answer = Message(owning: pointer)
        // The descriptor belongs to the message, and is closed with it.
        var lent: Int32 = -1
        try DBusError.check(
            sd_bus_message_read_basic(answer.pointer, CChar(UInt8(ascii: "h")), &lent),
            of: "sd_bus_message_read_basic(3)")
        descriptor = fcntl(lent, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw DBusError(errno, of: "fcntl(2)") }
    }

    deinit { close(descriptor) }

    /// How long to wait for logind, in microseconds.
    private static let patience: UInt64 = 5_000_000
}
