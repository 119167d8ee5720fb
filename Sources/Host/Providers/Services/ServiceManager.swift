internal import Systemd

/// systemd's manager of units, by org.freedesktop.systemd1(5).
struct ServiceManager: Sendable {
    let bus: any MessageBus
    var clock: any Clock<Duration> = ContinuousClock()

    static let name = "org.freedesktop.systemd1"
    private static let path = "/org/freedesktop/systemd1"
    private static let interface = "org.freedesktop.systemd1.Manager"

    /// The signals after which it is time to look at one of `units`: that systemd loads or drops a unit is none, since
    /// looking at one does both.
    static func matches(of units: [String]) -> [SignalMatch] {
        units.map { .propertiesChanged(sender: name, path: UnitName.path(of: $0)) } + [
            SignalMatch(sender: name, path: path, interface: interface, member: "Reloading"),
            SignalMatch(sender: name, path: path, interface: interface, member: "UnitFilesChanged"),
            .nameOwnerChanged(name),
        ]
    }

    /// Lets systemd tell of its units from now on.
    func subscribe() async throws(DBusError) {
        do throws(DBusError) {
            _ = try await call("Subscribe")
        } catch {
            guard error.name == "org.freedesktop.systemd1.AlreadySubscribed" else { throw error }
        }
    }

    /// What is known of a unit; `nil` if there is none of this name.
    func unit(_ name: String) async throws(DBusError) -> [String: DBusValue]? {
        let path = UnitName.path(of: name)
        var properties = try await bus.properties(
            of: "org.freedesktop.systemd1.Unit", at: path, destination: Self.name)
        guard let state = properties["LoadState"]?.string, state != "not-found" else { return nil }
        let more = try await bus.properties(of: UnitName.interface(of: name), at: path, destination: Self.name)
        properties.merge(more) { unit, _ in unit }
        return properties
    }

    /// Does something to a unit and waits until it is done.
    ///
    /// - Returns: How it ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`... ; `nil` if it is
    ///   still going on after `patience`.
    func run(_ verb: ServiceVerb, _ name: String, patience: Duration) async throws -> String? {
        // Whoever listens first misses nothing.
        let removals = try await bus.signals(
            SignalMatch(sender: Self.name, path: Self.path, interface: Self.interface, member: "JobRemoved"))
        let job = try await call(verb.member, .string(name), .string("replace")).first?.string
        return try await withThrowingTaskGroup(of: String?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await removal in removals where removal.arguments.count >= 4 {
                    if removal.arguments[1].string == job { return removal.arguments[3].string ?? "" }
                }
                try Task.checkCancellation()
                throw DBusError.disconnected
            }
            group.addTask { [clock] in
                try await clock.sleep(for: patience)
                return nil
            }
            return try await group.next() ?? nil
        }
    }

    @discardableResult
    private func call(_ member: String, _ arguments: DBusValue...) async throws(DBusError) -> [DBusValue] {
        try await bus.call(
            MethodCall(
                destination: Self.name, path: Self.path, interface: Self.interface, member: member,
                arguments: arguments))
    }
}
