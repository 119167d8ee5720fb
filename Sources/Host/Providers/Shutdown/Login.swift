internal import AgentCore
internal import Moments
internal import Systemd

/// What logind offers about shutting down, by org.freedesktop.login1(5).
struct Login: Sendable {
    let bus: any MessageBus

    static let name = "org.freedesktop.login1"
    private static let path = "/org/freedesktop/login1"
    private static let manager = "org.freedesktop.login1.Manager"

    /// The signals after which it is time to look: of those, one tells that a shutdown begins.
    static let matches = [
        SignalMatch(sender: name, path: path, interface: manager, member: "PrepareForShutdown"),
        SignalMatch.propertiesChanged(sender: name, path: path, interface: manager),
        SignalMatch.nameOwnerChanged(name),
    ]

    /// What is scheduled now; `nil` if nothing is.
    func scheduled() async throws(DBusError) -> ScheduledShutdown? {
        let properties = try await bus.properties(of: Self.manager, at: Self.path, destination: Self.name)
        guard let members = properties["ScheduledShutdown"]?.structure, members.count == 2,
            let type = members[0].string, !type.isEmpty, let time = members[1].uint64
        else { return nil }
        let message = properties["WallMessage"]?.string ?? ""
        return ScheduledShutdown(
            type: type, time: Moment(microseconds: time), message: message.isEmpty ? nil : message,
            hasBegun: properties["PreparingForShutdown"]?.bool ?? false)
    }

    /// Schedules one in the place of another that may be there.
    func schedule(_ type: String, at time: Moment) async throws(DBusError) {
        try await call("ScheduleShutdown", .string(type), .uint64(time.microseconds))
    }

    /// Calls off what is scheduled.
    ///
    /// - Returns: Whether anything was.
    func cancel() async throws(DBusError) -> Bool { try await call("CancelScheduledShutdown").first?.bool ?? false }

    /// Sets the wall message, which logged-in users receive on their terminals.
    func setMessage(_ message: String) async throws(DBusError) {
        try await call("SetWallMessage", .string(message), .boolean(true))
    }

    /// Who has asked that there be no shutdown now, and why.
    func blockers() async throws(DBusError) -> [(who: String, why: String)] {
        let inhibitors = try await call("ListInhibitors").first?.array ?? []
        return inhibitors.compactMap { inhibitor in
            guard let members = inhibitor.structure, members.count >= 4, members[3].string == "block",
                members[0].string?.split(separator: ":").contains("shutdown") == true,
                let who = members[1].string, let why = members[2].string
            else { return nil }
            return (who, why)
        }
    }

    @discardableResult
    private func call(_ member: String, _ arguments: DBusValue...) async throws(DBusError) -> [DBusValue] {
        try await bus.call(
            MethodCall(
                destination: Self.name, path: Self.path, interface: Self.manager, member: member,
                arguments: arguments))
    }
}

/// A scheduled shutdown.
struct ScheduledShutdown: Hashable, Sendable {
    /// `reboot`, `poweroff`, or another that systemd has.
    let type: String
    /// When.
    let time: Moment
    /// The wall message that logged-in users receive.
    let message: String?
    /// Whether the machine is on its way down.
    let hasBegun: Bool
}
