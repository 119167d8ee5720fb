internal import CSystemd
internal import Glibc
internal import Moments

/// *The state of one connection*: the calls without a reply yet, the subscriptions to signals, and the owners of the
/// names that the signals come from. It uses sd-bus, never blocks and does not lock: `Connection` does.
///
/// sd-bus has callbacks for replies and signals. They are not used: messages are matched here, by cookie and by rule,
/// so that no C callback retains a Swift object.
struct Conversation: ~Copyable {
    /// The reply to a call.
    typealias Answer = Result<[DBusValue], DBusError>

    /// What is to be done when the lock is released: continuations may run any code.
    struct Outcome: Sendable {
        var answers: [(CheckedContinuation<Answer, Never>, Answer)] = []
        var endings: [AsyncStream<Signal>.Continuation] = []

        func carryOut() {
            for (continuation, answer) in answers { continuation.resume(returning: answer) }
            for ending in endings { ending.finish() }
        }
    }

    private enum Purpose {
        /// A caller waits for the reply.
        case caller(CheckedContinuation<Answer, Never>, ticket: UInt64)
        /// The reply has the owner of a name.
        case owner(of: String)
    }

    private struct Pending {
        let purpose: Purpose
        let deadline: UInt64
    }

    private struct Listener {
        let match: SignalMatch
        let continuation: AsyncStream<Signal>.Continuation
    }

    private struct Owner {
        var listeners = 1
        /// The unique name; `nil` while the name has no owner.
        var unique: String?
    }

    let bus: OpaquePointer
    private var pending: [UInt64: Pending] = [:]
    private var listeners: [UInt64: Listener] = [:]
    private var owners: [String: Owner] = [:]
    private var lastTicket: UInt64 = 0
    /// Why the connection has ended; `nil` while it has not.
    private(set) var end: DBusError?

    static let daemon = "org.freedesktop.DBus"

    /// Takes ownership of a reference.
    private init(owning bus: OpaquePointer) { self.bus = bus }

    /// Opens a connection.
    static func open(_ address: String?) throws(DBusError) -> Conversation {
        var bus: OpaquePointer?
        guard let address else {
            try DBusError.check(sd_bus_open_system(&bus), of: "sd_bus_open_system(3)")
            return try made(bus)
        }
        try DBusError.check(sd_bus_new(&bus), of: "sd_bus_new(3)")
        let conversation = try made(bus)
        try DBusError.check(sd_bus_set_address(conversation.bus, address), of: "sd_bus_set_address(3)")
        try DBusError.check(sd_bus_set_bus_client(conversation.bus, 1), of: "sd_bus_set_bus_client(3)")
        try DBusError.check(sd_bus_start(conversation.bus), of: "sd_bus_start(3)")
        return conversation
    }

    private static func made(_ bus: OpaquePointer?) throws(DBusError) -> Conversation {
        guard let bus else { throw DBusError(EIO, of: "sd_bus_new(3)") }
        return Conversation(owning: bus)
    }

    deinit { sd_bus_close_unref(bus) }

    // MARK: - Sending

    /// A unique number, for cancelling a call or ending a subscription.
    mutating func ticket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Sends a call.
    ///
    /// - Returns: What is to be done if it cannot be sent.
    mutating func send(
        _ call: MethodCall, ticket: UInt64, now: UInt64, _ continuation: CheckedContinuation<Answer, Never>
    ) -> Outcome {
        do throws(DBusError) {
            if let end { throw end }
            try send(call, for: .caller(continuation, ticket: ticket), now: now)
            return Outcome()
        } catch {
            return Outcome(answers: [(continuation, .failure(error))])
        }
    }

    private mutating func send(_ call: MethodCall, for purpose: Purpose, now: UInt64) throws(DBusError) {
        let message = try Message.make(call, on: bus)
        var cookie: UInt64 = 0
        try DBusError.check(sd_bus_send(bus, message.pointer, &cookie), of: "sd_bus_send(3)")
        let timeout = call.timeout.nanoseconds
        let (deadline, overflow) = now.addingReportingOverflow(UInt64(max(0, timeout)))
        pending[cookie] = Pending(purpose: purpose, deadline: overflow || timeout == .max ? .max : deadline)
    }

    /// Forgets a call whose caller was cancelled.
    mutating func cancel(ticket: UInt64) -> Outcome {
        for (cookie, call) in pending {
            guard case .caller(let continuation, ticket) = call.purpose else { continue }
            pending[cookie] = nil
            return Outcome(answers: [(continuation, .failure(.cancelled))])
        }
        return Outcome()
    }

    /// Subscribes to signals, and follows the owner of the sender's name. The bus replies in order: the owner is known
    /// before the first signal arrives of a match that is added after the request for the owner.
    mutating func listen(
        _ match: SignalMatch, ticket: UInt64, now: UInt64, _ continuation: AsyncStream<Signal>.Continuation
    ) throws(DBusError) {
        if let end { throw end }
        if let name = Self.wellKnown(match.sender) {
            if owners[name] == nil {
                try send(Self.rule("AddMatch", .nameOwnerChanged(name)), for: .owner(of: ""), now: now)
                try send(Self.toDaemon("GetNameOwner", name), for: .owner(of: name), now: now)
                owners[name] = Owner()
            } else {
                owners[name]?.listeners += 1
            }
        }
        listeners[ticket] = Listener(match: match, continuation: continuation)
    }

    /// Ends a subscription. If the bus does not learn of it, it only sends more signals than necessary.
    mutating func unlisten(ticket: UInt64, now: UInt64) {
        guard let listener = listeners.removeValue(forKey: ticket), end == nil else { return }
        try? send(Self.rule("RemoveMatch", listener.match), for: .owner(of: ""), now: now)
        guard let name = Self.wellKnown(listener.match.sender) else { return }
        owners[name]?.listeners -= 1
        guard owners[name]?.listeners == 0 else { return }
        owners[name] = nil
        try? send(Self.rule("RemoveMatch", .nameOwnerChanged(name)), for: .owner(of: ""), now: now)
    }

    static func rule(_ member: String, _ match: SignalMatch) -> MethodCall { toDaemon(member, match.rule) }

    private static func toDaemon(_ member: String, _ argument: String) -> MethodCall {
        MethodCall(
            destination: daemon, path: "/org/freedesktop/DBus", interface: daemon, member: member,
            arguments: [.string(argument)])
    }

    /// The name whose owner must be known: not for the bus itself, nor for a unique name, which are the senders of
    /// messages.
    private static func wellKnown(_ sender: String?) -> String? {
        guard let sender, sender != daemon, !sender.hasPrefix(":") else { return nil }
        return sender
    }

    // MARK: - Receiving

    /// Processes all messages that have arrived, and fails the calls whose time is over.
    mutating func turn(now: UInt64) -> Outcome {
        var outcome = Outcome()
        while end == nil {
            var pointer: OpaquePointer?
            let result = sd_bus_process(bus, &pointer)
            if let pointer { take(Message(owning: pointer), &outcome) }
            if result < 0 || sd_bus_is_open(bus) <= 0 {
                finish(.disconnected, &outcome)
            } else if result == 0 {
                break
            }
        }
        for (cookie, call) in pending where call.deadline <= now {
            pending[cookie] = nil
            if case .caller(let continuation, _) = call.purpose {
                outcome.answers.append((continuation, .failure(.timeout)))
            }
        }
        return outcome
    }

    private mutating func take(_ message: consuming Message, _ outcome: inout Outcome) {
        switch message.kind {
        case .answer, .error:
            guard let cookie = message.replyCookie, let call = pending.removeValue(forKey: cookie) else { return }
            let answer: Answer
            do throws(DBusError) {
                answer = if let error = message.error { .failure(error) } else { .success(try message.values()) }
            } catch {
                answer = .failure(error)
            }
            switch call.purpose {
            case .caller(let continuation, _): outcome.answers.append((continuation, answer))
            case .owner(let name): owners[name]?.unique = (try? answer.get())?.first?.string
            }
        case .signal:
            guard let signal = try? message.signal() else { return }
            hear(signal, &outcome)
        case .call:
            // Calls to this process get an error instead of no reply.
            "org.freedesktop.DBus.Error.UnknownObject".withCString { name in
                var error = sd_bus_error(name: name, message: nil, _need_free: 0)
                _ = sd_bus_reply_method_error(message.pointer, &error)
            }
        case nil:
            return
        }
    }

    private mutating func hear(_ signal: Signal, _ outcome: inout Outcome) {
        if signal.sender == Self.daemon, signal.member == "NameOwnerChanged", signal.arguments.count == 3,
            let name = signal.arguments[0].string, let unique = signal.arguments[2].string
        {
            owners[name]?.unique = unique.isEmpty ? nil : unique
        }
        for (ticket, listener) in listeners {
            guard listener.match.covers(signal), isSent(signal, by: listener.match.sender) else { continue }
            if case .dropped = listener.continuation.yield(signal) {
                outcome.endings.append(listener.continuation)
                unlisten(ticket: ticket, now: 0)
            }
        }
    }

    private func isSent(_ signal: Signal, by sender: String?) -> Bool {
        guard let sender else { return true }
        guard let name = Self.wellKnown(sender) else { return signal.sender == sender }
        return owners[name]?.unique == signal.sender
    }

    // MARK: - The end

    /// Ends the connection: callers get the reason, and subscriptions end.
    mutating func finish(_ reason: DBusError, _ outcome: inout Outcome) {
        guard end == nil else { return }
        end = reason
        for call in pending.values {
            if case .caller(let continuation, _) = call.purpose {
                outcome.answers.append((continuation, .failure(reason)))
            }
        }
        outcome.endings += listeners.values.map(\.continuation)
        pending = [:]
        listeners = [:]
        owners = [:]
    }

    /// The latest time of the next turn, in nanoseconds of CLOCK_MONOTONIC.
    var alarm: UInt64? {
        var own: UInt64 = .max
        if sd_bus_get_timeout(bus, &own) < 0 { own = .max }
        let (nanoseconds, overflow) = own.multipliedReportingOverflow(by: 1000)
        let earliest = min(overflow ? .max : nanoseconds, pending.values.lazy.map(\.deadline).min() ?? .max)
        return earliest == .max ? nil : earliest
    }

    /// Whether there are messages that have not been written yet.
    var wantsToWrite: Bool { sd_bus_get_events(bus) & Int32(POLLOUT) != 0 }
}
