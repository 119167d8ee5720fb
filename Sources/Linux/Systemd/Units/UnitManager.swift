/// systemd's manager of units, org.freedesktop.systemd1(5).
package struct UnitManager: Sendable {
    package let bus: any MessageBus

    private static let name = "org.freedesktop.systemd1"
    private static let path = "/org/freedesktop/systemd1"
    private static let interface = "org.freedesktop.systemd1.Manager"

    /// The manager on `bus`.
    package init(_ bus: any MessageBus) { self.bus = bus }

    private func call(_ member: String, _ arguments: DBusValue...) async throws(DBusError) -> [DBusValue] {
        try await bus.call(
            MethodCall(
                destination: Self.name, path: Self.path, interface: Self.interface, member: member,
                arguments: arguments))
    }
}

// MARK: - Starting and stopping

extension UnitManager {
    /// Something that is done to a unit.
    package enum Verb: String, CaseIterable, Sendable {
        case start = "StartUnit"
        case stop = "StopUnit"
        case restart = "RestartUnit"
        /// Reloads a unit that is active, or restarts it if it cannot reload; nothing otherwise.
        case reloadIfActive = "ReloadOrTryRestartUnit"
    }

    /// Asks systemd to do something to a unit.
    ///
    /// - Returns: The object of the job, which is not done yet.
    @discardableResult
    package func request(_ verb: Verb, _ unit: String) async throws(DBusError) -> String? {
        try await call(verb.rawValue, .string(unit), .string("replace")).first?.string
    }

    /// Does something to a unit and waits until it is done.
    ///
    /// - Returns: The job's result: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`... ; `nil` if it is
    ///   not done after `patience`.
    package func run(
        _ verb: Verb, _ unit: String, patience: Duration, clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> String? {
        // Listening begins before the request, so that no signal is missed.
        let removals = try await bus.signals(
            SignalMatch(sender: Self.name, path: Self.path, interface: Self.interface, member: "JobRemoved"))
        let job = try await request(verb, unit)
        return try await withThrowingTaskGroup(of: String?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await removal in removals where removal.arguments.count >= 4 {
                    if removal.arguments[1].string == job { return removal.arguments[3].string ?? "" }
                }
                try Task.checkCancellation()
                throw DBusError.disconnected
            }
            group.addTask {
                try await clock.sleep(for: patience)
                return nil
            }
            return try await group.next() ?? nil
        }
    }

    /// Creates and starts a transient timer, which starts the unit of the same name. systemd keeps it, whatever becomes of
    /// this process, and removes it when it has elapsed.
    package func startTimer(
        _ name: String, description: String, after seconds: Int
    ) async throws(DBusError) {
        let microseconds = UInt64(max(1, seconds)) * 1_000_000
        let properties: [(String, DBusValue)] = [
            ("Description", .string(description)),
            (
                "TimersMonotonic",
                .array(element: "(st)", [.structure([.string("OnActiveSec"), .uint64(microseconds)])])
            ),
            ("AccuracyUSec", .uint64(1_000_000)),
            ("RemainAfterElapse", .boolean(false)),
            ("CollectMode", .string("inactive-or-failed")),
        ]
        let list = properties.map { DBusValue.structure([.string($0.0), .variant($0.1)]) }
        _ = try await call(
            "StartTransientUnit", .string(name), .string("replace"), .array(element: "(sv)", list),
            .array(element: "(sa(sv))", []))
    }

    /// Stops a unit that is removed when it has stopped, and waits a moment until its name is free; it is no error if
    /// there is none.
    package func removeTransient(_ unit: String) async throws(DBusError) {
        do throws(DBusError) {
            try await request(.stop, unit)
        } catch {
            if error.isUnitMissing { return }
            throw error
        }
        for _ in 0..<50 {
            guard (try? await call("GetUnit", .string(unit))) != nil else { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

// MARK: - Properties

extension UnitManager {
    private static let unitInterface = "org.freedesktop.systemd1.Unit"

    /// All properties of a unit; `nil` if there is no unit of this name.
    package func properties(of unit: String) async throws(DBusError) -> [String: DBusValue]? {
        let path = UnitName.path(of: unit)
        var properties = try await bus.properties(of: Self.unitInterface, at: path, destination: Self.name)
        guard let state = properties["LoadState"]?.string, state != "not-found" else { return nil }
        let more = try await bus.properties(of: UnitName.interface(of: unit), at: path, destination: Self.name)
        properties.merge(more) { unit, _ in unit }
        return properties
    }

    /// Whether a unit has stopped: its state is `inactive` or `failed`.
    package func hasStopped(_ unit: String) async throws(DBusError) -> Bool {
        let state = try await property("ActiveState", of: unit).string
        return state == "inactive" || state == "failed"
    }

    /// How a service ended, in systemd's word (`success`, `exit-code`, `signal`, `oom-kill`...); `nil` if it runs, or is
    /// about to.
    package func result(of service: String) async throws(DBusError) -> String? {
        guard try await hasStopped(service) else { return nil }
        // A job that waits for its turn: its number, and its object.
        let job = try await property("Job", of: service)
        if let number = job.structure?.first?.int, number != 0 { return nil }
        let interface = UnitName.interface(of: service)
        return try await property("Result", of: service, interface).string ?? "unknown"
    }

    private func property(
        _ name: String, of unit: String, _ interface: String = unitInterface
    ) async throws(DBusError) -> DBusValue {
        try await bus.property(name, of: interface, at: UnitName.path(of: unit), destination: Self.name)
    }
}

// MARK: - Changes

extension UnitManager {
    /// The signals after which one of `units` may have changed. That systemd loads or drops a unit is none of them, since
    /// reading its properties does both.
    package static func matches(of units: [String]) -> [SignalMatch] {
        units.map { .propertiesChanged(sender: name, path: UnitName.path(of: $0)) } + [
            SignalMatch(sender: name, path: path, interface: interface, member: "Reloading"),
            SignalMatch(sender: name, path: path, interface: interface, member: "UnitFilesChanged"),
            .nameOwnerChanged(name),
        ]
    }

    /// Has systemd send signals about its units.
    package func subscribe() async throws(DBusError) {
        do throws(DBusError) {
            _ = try await call("Subscribe")
        } catch {
            guard error.name == "org.freedesktop.systemd1.AlreadySubscribed" else { throw error }
        }
    }
}
