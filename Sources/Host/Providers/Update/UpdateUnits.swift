internal import AgentCore
internal import Handover
internal import Jet
internal import Systemd

/// The units that update the system.
struct UpdateUnits: Sendable {
    private let manager: UnitManager

    init(_ bus: any MessageBus) { manager = UnitManager(bus) }

    /// Starts the unit for jobs of this kind.
    ///
    /// - Throws: `JetError` that says what an admin can do about it.
    func start(_ kind: JobKind) async throws(JetError) {
        do throws(DBusError) {
            try await manager.request(.start, kind.unit)
        } catch {
            throw JetError(.internalError, Self.explanation(of: error, kind), underlying: error)
        }
    }

    /// How the unit ended; `nil` if it runs.
    func result(of kind: JobKind) async throws(DBusError) -> String? { try await manager.result(of: kind.unit) }

    private static func explanation(of error: DBusError, _ kind: JobKind) -> String {
        if error.isAccessDenied {
            return "The agent may not start \(kind.unit): polkit has no rule that allows it (62-jet-update.rules)."
        }
        if error.isServiceMissing { return "\(kind.unit) cannot be started here: \(error.message)" }
        return "\(kind.unit) was not started: \(error)"
    }
}
