import Synchronization
import Systemd

/// A message bus whose services are what the test says, for providers that depend on them.
///
///     let bus = FakeBus()
///     bus.set("org.freedesktop.hostname1", "/org/freedesktop/hostname1", ["StaticHostname": .string("lamp")])
///     bus.answer("SetStaticHostname") { call in
///         bus.set("org.freedesktop.hostname1", call.path, ["StaticHostname": call.arguments[0]])
///         return []
///     }
///
/// Properties answer Get and GetAll by themselves, and tell changes by PropertiesChanged. A call that nothing was said
/// about fails as on a real bus, with `UnknownMethod`; one to a service that has neither properties nor answers with
/// `ServiceUnknown`.
final class FakeBus: MessageBus {
    typealias Answer = @Sendable (MethodCall) async throws(DBusError) -> [DBusValue]

    private struct Listener {
        let match: SignalMatch
        let continuation: AsyncStream<Signal>.Continuation
    }

    private struct Object: Hashable {
        let path: String
        let interface: String
    }

    private struct State {
        var isUp = true
        var calls: [MethodCall] = []
        var answers: [String: Answer] = [:]
        var properties: [Object: [String: DBusValue]] = [:]
        var absent: Set<String> = []
        var listeners: [Listener] = []
    }

    private let state = Mutex(State())

    /// The calls so far but those that read properties.
    var calls: [MethodCall] {
        state.withLock { $0.calls.filter { $0.interface != "org.freedesktop.DBus.Properties" || $0.member == "Set" } }
    }

    /// How many listen for signals now.
    var listeners: Int { state.withLock { $0.listeners.count } }

    /// Lets the method `member` of any object be answered so.
    func answer(_ member: String, with answer: @escaping Answer) { state.withLock { $0.answers[member] = answer } }

    /// Gives an object properties, or other values to those it has, and tells who listens unless `isSilent`.
    func set(_ interface: String, _ path: String, _ properties: [String: DBusValue], isSilent: Bool = false) {
        state.withLock {
            $0.properties[Object(path: path, interface: interface), default: [:]].merge(properties) { $1 }
        }
        if isSilent { return }
        emit(
            Signal(
                path: path, interface: "org.freedesktop.DBus.Properties", member: "PropertiesChanged",
                arguments: [.string(interface), .dictionary(properties), .strings([])]))
    }

    /// What a property is now.
    func get(_ interface: String, _ path: String, _ name: String) -> DBusValue? {
        state.withLock { $0.properties[Object(path: path, interface: interface)]?[name] }
    }

    /// Takes an object and its properties away; nobody is told.
    func remove(_ interface: String, _ path: String) {
        state.withLock { $0.properties[Object(path: path, interface: interface)] = nil }
    }

    /// Lets a service be missing, or be there again.
    func setAbsent(_ destination: String, _ isAbsent: Bool = true) {
        state.withLock { state in
            if isAbsent { state.absent.insert(destination) } else { state.absent.remove(destination) }
        }
    }

    /// Sends a signal to whoever listens for such. The fake does not look at senders.
    func emit(_ signal: Signal) {
        for listener in state.withLock(\.listeners) where listener.match.covers(signal) {
            listener.continuation.yield(signal)
        }
    }

    /// Ends the connection: signals end, and calls fail until `connect`.
    func disconnect() {
        let listeners = state.withLock { state in
            state.isUp = false
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.continuation.finish() }
    }

    /// Lets the next call succeed again.
    func connect() { state.withLock { $0.isUp = true } }

    func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue] {
        let now = state.withLock { state in
            state.calls.append(call)
            return (state.isUp, state.absent.contains(call.destination), state.answers[call.member])
        }
        guard now.0 else { throw .disconnected }
        guard !now.1 else {
            throw DBusError(
                name: "org.freedesktop.DBus.Error.ServiceUnknown",
                message: "The name \(call.destination) was not provided by any .service files")
        }
        if let answer = now.2 { return try await answer(call) }
        guard call.interface == "org.freedesktop.DBus.Properties", let interface = call.arguments.first?.string else {
            throw DBusError(
                name: "org.freedesktop.DBus.Error.UnknownMethod", message: "Unknown method \(call.member)")
        }
        let properties = state.withLock { $0.properties[Object(path: call.path, interface: interface)] }
        guard let properties else {
            throw DBusError(name: "org.freedesktop.DBus.Error.UnknownObject", message: "Unknown object \(call.path)")
        }
        switch call.member {
        case "GetAll": return [.dictionary(properties)]
        case "Get":
            guard let value = call.arguments.last?.string.flatMap({ properties[$0] }) else {
                throw DBusError(
                    name: "org.freedesktop.DBus.Error.UnknownProperty", message: "Unknown property")
            }
            return [.variant(value)]
        default: throw DBusError(name: "org.freedesktop.DBus.Error.UnknownMethod", message: "Unknown method")
        }
    }

    func signals(_ match: SignalMatch) async throws(DBusError) -> SignalSequence {
        let (sequence, continuation) = SignalSequence.make()
        let isUp = state.withLock { state in
            if state.isUp { state.listeners.append(Listener(match: match, continuation: continuation)) }
            return state.isUp
        }
        guard isUp else { throw .disconnected }
        return sequence
    }
}
