internal import JSONText
internal import Jet
internal import SystemUpdate
internal import Systemd

/// The units that update the system, as the service manager knows them: org.freedesktop.systemd1(5).
struct UpdateUnits: Sendable {
    let bus: any MessageBus

    private static let destination = "org.freedesktop.systemd1"

    /// What the manager says of a unit.
    enum Activity: Hashable, Sendable {
        /// It runs, or is about to.
        case busy
        /// It does not. With how it ended last, in the manager's word: `success`, `exit-code`, `signal`, `oom-kill` ...
        case ended(result: String)
    }

    /// Starts the unit for jobs of this kind.
    ///
    /// - Throws: `JetError` with what an admin can do about it.
    func start(_ kind: JobKind) async throws(JetError) {
        do throws(DBusError) {
            _ = try await bus.call(
                MethodCall(
                    destination: Self.destination, path: "/org/freedesktop/systemd1",
                    interface: "org.freedesktop.systemd1.Manager", member: "StartUnit",
                    arguments: [.string(kind.unit), .string("replace")]))
        } catch {
            throw JetError(.internalError, Self.explanation(of: error, kind), underlying: error)
        }
    }

    /// Whether the unit runs.
    func activity(of kind: JobKind) async throws(DBusError) -> Activity {
        let path = "/org/freedesktop/systemd1/unit/" + Self.escaped(kind.unit)
        let unit = "org.freedesktop.systemd1.Unit"
        let state = try await bus.property("ActiveState", of: unit, at: path, destination: Self.destination)
        guard ["inactive", "failed"].contains(state.string) else { return .busy }
        // A job of the manager's that waits for its turn: its number, and its object.
        let job = try await bus.property("Job", of: unit, at: path, destination: Self.destination)
        if let number = job.structure?.first?.int, number != 0 { return .busy }
        let result = try await bus.property(
            "Result", of: "org.freedesktop.systemd1.Service", at: path, destination: Self.destination)
        return .ended(result: result.string ?? "unknown")
    }

    private static func explanation(of error: DBusError, _ kind: JobKind) -> String {
        if error.isAccessDenied {
            return "The agent may not start \(kind.unit): polkit has no rule that allows it (62-jet-update.rules)."
        }
        if error.isServiceMissing { return "\(kind.unit) cannot be started here: \(error.message)" }
        return "\(kind.unit) was not started: \(error)"
    }

    /// A unit's name as a part of an object's path, by sd_bus_path_encode(3): all but letters and digits as `_` and two
    /// hexadecimal digits.
    private static func escaped(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default: (byte < 16 ? "_0" : "_") + String(byte, radix: 16)
            }
        }.joined()
    }
}
