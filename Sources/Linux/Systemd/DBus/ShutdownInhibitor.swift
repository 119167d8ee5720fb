internal import CSystemd
internal import Glibc

/// Keeps the machine from being shut down or put to sleep, for as long as it is held: an inhibitor lock of logind, as
/// systemd-inhibit(1) takes it. Who wants to shut down meanwhile is told by whom and why it is blocked.
///
///     let inhibitor = try ShutdownInhibitor(who: "jet-update", why: "packages are being installed")
///     ...
///     _ = consume inhibitor
public final class ShutdownInhibitor: Sendable {
    /// The lock: it is held by holding the descriptor, so that it cannot outlive the process.
    private let descriptor: Int32

    /// Asks logind, on the system bus, and waits for its answer.
    ///
    /// - Parameters:
    ///   - who: Who blocks, for people.
    ///   - why: Why, for people.
    /// - Throws: `DBusError`, also where there is no logind.
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
        // The descriptor is the message's, and closed with it.
        var lent: Int32 = -1
        try DBusError.check(
            sd_bus_message_read_basic(answer.pointer, CChar(UInt8(ascii: "h")), &lent),
            of: "sd_bus_message_read_basic(3)")
        descriptor = fcntl(lent, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw DBusError(errno, of: "fcntl(2)") }
    }

    deinit { close(descriptor) }

    /// How long logind may take, in microseconds.
    private static let patience: UInt64 = 5_000_000
}
