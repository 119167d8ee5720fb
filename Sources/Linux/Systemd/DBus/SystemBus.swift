internal import Synchronization

/// The system bus, where the services of the machine are: systemd, logind, hostnamed, networkd.
///
///     let bus = SystemBus()
///     let name = try await bus.property(
///         "StaticHostname", of: "org.freedesktop.hostname1", at: "/org/freedesktop/hostname1",
///         destination: "org.freedesktop.hostname1")
///
/// It connects on its first use. When the connection is lost (the bus was restarted), calls without a reply fail
/// with `DBusError.disconnected`, sequences of signals end, and the next use connects again.
public final class SystemBus: MessageBus {
    private let address: String?
    private let connection = Mutex<Connection?>(nil)

    /// A bus that is not connected yet.
    ///
    /// - Parameter address: Where the bus is, such as `unix:path=/run/dbus/system_bus_socket`; `nil` for what
    ///   `DBUS_SYSTEM_BUS_ADDRESS` says, or the standard place.
    public init(address: String? = nil) { self.address = address }

    deinit { connection.withLock { $0?.close() } }

    /// Calls a method and waits for the reply.
    public func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue] {
        try await current().call(call)
    }

    /// Subscribes to signals.
    public func signals(_ match: SignalMatch) async throws(DBusError) -> SignalSequence {
        try await current().signals(match)
    }

    private func current() throws(DBusError) -> Connection {
        try connection.withLock { connection throws(DBusError) in
            if let connection, connection.isOpen { return connection }
            let opened = try Connection(address: address)
            connection = opened
            return opened
        }
    }
}
