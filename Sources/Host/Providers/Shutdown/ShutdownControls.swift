internal import AgentCore
internal import Moments
internal import Glibc
internal import JSONText
internal import Jet
internal import Systemd
internal import Text
internal import Synchronization

/// Shuts the machine down, later: what is asked for over the bus is scheduled with logind, which keeps it when the agent
/// dies, tells those who are logged in, and lets anybody who may call it off.
///
/// One shutdown is pending at a time. What blocks a shutdown (systemd-inhibit(1), such as an update that is being
/// installed) blocks it here too: the refusal says who it is and why.
final class ShutdownControls: Controls {
    private let login: Login
    private let nudge: Nudge
    /// Who scheduled what here; logind does not know.
    private let authors = Mutex<[Author]>([])

    /// Whether somebody is about to schedule one: to look whether there is one, and to do it, is two steps of logind's.
    private let isScheduling = Mutex(false)

    private struct Author {
        let type: String
        let time: Moment
        let name: String
    }

    /// How long there is to call it off, in seconds.
    static let delays = 0...86400
    static let defaultDelay = 10

    init(_ bus: any MessageBus, nudge: Nudge) {
        login = Login(bus: bus)
        self.nudge = nudge
    }

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        switch path {
        case Shutdown.reboot: try await schedule("reboot", request)
        case Shutdown.poweroff: try await schedule("poweroff", request)
        default: try await cancel()
        }
    }

    /// Who scheduled `shutdown`, if it was scheduled here.
    func author(of shutdown: ScheduledShutdown) -> String? {
        authors.withLock { $0.first { $0.type == shutdown.type && $0.time == shutdown.time }?.name }
    }

    private func schedule(_ type: String, _ request: CallRequest<JSON>) async throws -> JSON {
        let (delay, reason) = try Self.arguments(request.arguments)
        let name = ControlLog.name(request.caller)
        guard
            isScheduling.withLock({ busy in
                defer { busy = true }; return !busy
            })
        else {
            throw JetError(.invalidParams, "Somebody else schedules a shutdown at this moment; see \(Shutdown.state).")
        }
        defer { isScheduling.withLock { $0 = false } }
        if let pending = try await asking({ () throws(DBusError) in try await login.scheduled() }) {
            throw JetError(
                .invalidParams,
                "A \(pending.type) is scheduled for \(pending.time.text ?? "now") already. Call it off first: "
                    + "\(Shutdown.cancel).", data: Shutdown.value(pending, by: author(of: pending)))
        }
        let time = Moment.now.advanced(seconds: delay)
        // Recorded before the shutdown becomes visible; only the latest entries are needed.
        authors.withLock { $0 = $0.suffix(7) + [Author(type: type, time: time, name: name)] }
        // If the wall message cannot be set, the shutdown is scheduled without it.
        try? await login.setMessage(reason.map { "\($0) (\(name))" } ?? "asked for by \(name)")
        do throws(DBusError) {
            try await login.schedule(type, at: time)
        } catch {
            // The message must not be used for the next shutdown, which may be scheduled by another user.
            try? await login.setMessage("")
            throw await refusal(error, type)
        }
        nudge()
        return ["type": .string(type), "at": time.text.map(JSON.string) ?? .null]
    }

    private func cancel() async throws -> JSON {
        let isCancelled = try await asking { () throws(DBusError) in try await login.cancel() }
        nudge()
        guard isCancelled else {
            throw JetError(.invalidParams, "No shutdown is scheduled.", data: ["pending": nil])
        }
        return true
    }

    /// The arguments: an object, or nothing.
    static func arguments(_ arguments: JSON) throws(JetError) -> (delay: Int, reason: String?) {
        if arguments.isNull || arguments.array?.isEmpty == true { return (defaultDelay, nil) }
        guard let members = arguments.object else {
            throw JetError(
                .invalidParams, "The arguments are an object such as {\"delay\": 10, \"reason\": \"new kernel\"}.")
        }
        for member in members where !["delay", "reason"].contains(member.name) {
            throw .wrong(member.name, "is not known; there are delay and reason")
        }
        var delay = defaultDelay
        if let value = members["delay"] {
            guard let seconds = value.int, delays.contains(seconds) else {
                throw .wrong("delay", "must be whole seconds from 0 to \(delays.upperBound)")
            }
            delay = seconds
        }
        guard let value = members["reason"], !value.isNull else { return (delay, nil) }
        guard let reason = value.string, reason.utf8.count <= longestReason, !reason.isEmpty,
            reason.isPrintable
        else { throw .wrong("reason", "must be one line of at most \(longestReason) bytes") }
        return (delay, reason)
    }

    /// It is shown on terminals.
    private static let longestReason = 200

    /// Why logind refused: it says no more than "not allowed" when somebody blocks the shutdown.
    private func refusal(_ error: DBusError, _ type: String) async -> JetError {
        if error.isAccessDenied, let blocker = try? await login.blockers().first {
            return JetError(
                .invalidParams, "\(blocker.who) blocks a shutdown now: \(blocker.why)",
                data: ["blockedBy": .string(blocker.who), "reason": .string(blocker.why)], underlying: error)
        }
        return .refused(error, doing: type == "reboot" ? "reboot the machine" : "power the machine off")
    }

    private func asking<Value: Sendable>(_ body: () async throws(DBusError) -> Value) async throws(JetError) -> Value {
        do throws(DBusError) {
            return try await body()
        } catch {
            throw .refused(error, doing: "shut the machine down")
        }
    }
}
