import Glibc
import TestSupport
import Testing

@testable import Systemd

/// A message bus of the test's own: a dbus-daemon that nobody else knows of, which ends with the test.
final class PrivateBus: Sendable {
    /// Where it is. A bus that is started later at the same address takes its place.
    let address: String
    private let daemon: ChildProcess

    static func start(at address: String = fresh()) async throws -> PrivateBus {
        let bus = try PrivateBus(address)
        // It listens before it says so.
        try await bus.daemon.wait { $0.contains("\n") }
        return bus
    }

    private init(_ address: String) throws {
        self.address = address
        daemon = try ChildProcess(
            "/usr/bin/dbus-daemon", ["--session", "--print-address", "--nofork", "--address=\(address)"])
    }

    deinit { daemon.send(SIGTERM) }

    /// Ends the bus and all its connections.
    func stop() async throws {
        daemon.send(SIGTERM)
        _ = try await daemon.end()
    }

    /// A connection to it.
    func connect() -> SystemBus { SystemBus(address: address) }

    /// Sends a signal to all who listen, or to one peer alone, from a connection of its own.
    func emit(
        _ member: String, path: String = "/com/example/Clock", to destination: String? = nil, _ arguments: String...
    )
        async throws
    {
        let command = try ChildProcess(
            "/usr/bin/dbus-send",
            ["--bus=\(address)", "--type=signal"] + (destination.map { ["--dest=\($0)"] } ?? [])
                + [path, "com.example.Clock.\(member)"] + arguments)
        let status = try await command.end()
        #expect(status == 0, "\(command.text(.error))")
    }

    static func fresh() -> String { "unix:abstract=jet-bus-\(String(UInt64.random(in: 0 ... .max), radix: 36))" }
}

extension MessageBus {
    /// Asks the bus itself.
    @discardableResult
    func daemon(_ member: String, _ arguments: DBusValue...) async throws(DBusError) -> [DBusValue] {
        try await call(
            MethodCall(
                destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
                member: member, arguments: arguments))
    }

    /// Becomes the owner of a name.
    func own(_ name: String) async throws(DBusError) { try await daemon("RequestName", .string(name), .uint32(0)) }

    /// What the bus calls this connection.
    func uniqueName() async throws -> String {
        let id = "com.example.Me.N\(UInt64.random(in: 0 ... .max))"
        try await own(id)
        let owner = try await daemon("GetNameOwner", .string(id)).first?.string
        try await daemon("ReleaseName", .string(id))
        return owner ?? ""
    }
}
