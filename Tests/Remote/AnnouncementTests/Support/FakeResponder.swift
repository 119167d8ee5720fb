import Synchronization
import Systemd

/// A message bus with one responder, Avahi or systemd-resolved, whose answers a test determines.
final class FakeResponder: MessageBus {
    typealias Answer = @Sendable (MethodCall) throws(DBusError) -> [DBusValue]

    private struct Listener {
        let match: SignalMatch
        let continuation: AsyncStream<Signal>.Continuation
    }

    private struct State {
        var running: Set<String>
        var calls: [MethodCall] = []
        var answers: [String: Answer] = [:]
        var listeners: [Listener] = []
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func wake() {
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
    }

    private let state: Mutex<State>

    init(running: String...) { state = Mutex(State(running: Set(running))) }

    func answer(_ member: String, _ answer: @escaping Answer) { state.withLock { $0.answers[member] = answer } }

    func answer(_ member: String, _ values: DBusValue...) { answer(member) { (_) throws(DBusError) in values } }

    func calls(_ member: String) -> [MethodCall] { state.withLock { $0.calls.filter { $0.member == member } } }

    /// Waits until a method was called this many times.
    func waitForCalls(_ member: String, _ count: Int = 1) async {
        await wait { $0.calls.lazy.filter { $0.member == member }.count >= count }
    }

    /// Waits until there is a subscription to such signals.
    func waitForListener(_ isMeant: @escaping @Sendable (SignalMatch) -> Bool) async {
        await wait { $0.listeners.contains { isMeant($0.match) } }
    }

    private func wait(until condition: @escaping @Sendable (State) -> Bool) async {
        while !state.withLock({ condition($0) }) {
            await withCheckedContinuation { waiter in
                state.withLock { state in
                    if condition(state) { waiter.resume() } else { state.waiters.append(waiter) }
                }
            }
        }
    }

    /// Sends a signal.
    func emit(_ interface: String, _ member: String, path: String = "/", _ arguments: DBusValue...) {
        let signal = Signal(path: path, interface: interface, member: member, arguments: arguments)
        for listener in state.withLock(\.listeners) where listener.match.covers(signal) {
            listener.continuation.yield(signal)
        }
    }

    /// Starts or stops a service.
    func set(_ name: String, isRunning: Bool) {
        state.withLock { state in
            if isRunning { state.running.insert(name) } else { state.running.remove(name) }
        }
        emit(
            "org.freedesktop.DBus", "NameOwnerChanged", path: "/org/freedesktop/DBus", .string(name), .string(""),
            .string(isRunning ? ":1.9" : ""))
    }

    /// Ends the connection: all subscriptions end. The next call connects again.
    func disconnect() {
        let listeners = state.withLock { state in
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.continuation.finish() }
    }

    func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue] {
        if Task.isCancelled { throw .cancelled }
        let (answer, isRunning) = state.withLock { state in
            state.calls.append(call)
            state.wake()
            let name = call.member == "NameHasOwner" ? call.arguments.first?.string ?? "" : call.destination
            return (state.answers[call.member], state.running.contains(name))
        }
        if call.member == "NameHasOwner" { return [.boolean(isRunning)] }
        guard isRunning else {
            throw DBusError(
                name: "org.freedesktop.DBus.Error.ServiceUnknown", message: "\(call.destination) is not here")
        }
        if let answer { return try answer(call) }
        if call.member == "Free" || call.member == "Reset" || call.member == "Commit" { return [] }
        throw DBusError(name: "org.freedesktop.DBus.Error.UnknownMethod", message: "no method \(call.member)")
    }

    func signals(_ match: SignalMatch) async throws(DBusError) -> SignalSequence {
        let (sequence, continuation) = SignalSequence.make()
        state.withLock { state in
            state.listeners.append(Listener(match: match, continuation: continuation))
            state.wake()
        }
        return sequence
    }
}
