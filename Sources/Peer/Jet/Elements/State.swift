import JSONText
import JetProtocol
import Synchronization

/// A *State* of this peer: a value with a path that everybody can fetch, and that others can set if it has a set
/// handler. It is made by `Peer.addState`.
///
///     let temperature = try await peer.addState("cpu/temperature", 41.5)
///     try temperature.change(42.0)            // all fetchers are notified
///     temperature.value                       // 42.0
///     try await temperature.remove()
///     try await temperature.add(40.0)         // and here it is again
///
/// It stays at the daemon until it is removed or the peer closes, whether or not somebody keeps this object. If the
/// peer reconnects, the State comes back with its newest value.
public final class State<Value: Codable & Sendable>: Sendable {
    /// Its path.
    public var path: String { element.path }

    private let peer: Peer
    private let box: StateBox<Value>
    let element: ElementHandle

    init(peer: Peer, box: StateBox<Value>, element: ElementHandle) {
        self.peer = peer
        self.box = box
        self.element = element
    }

    /// The value that it has: what was last changed to or accepted from others.
    public var value: Value { box.value.withLock { $0 } }

    /// Whether it is at the daemon, or comes back to it as soon as there is a connection.
    public var isAdded: Bool {
        peer.core.look { $0.isAdded(path, owner: element.id) }
    }

    /// Takes a new value and notifies all fetchers, also if it equals the old one.
    ///
    /// Does not wait: the calls of one task reach the daemon in order, and all calls of one turn of the event
    /// loop in one write. While the peer reconnects the value is kept and comes back with the State. If
    /// the daemon reads too slowly (more than `Configuration.outboxLimit` waits) the value is kept too, and of several
    /// that wait only the newest is sent. To send every single value to a slow daemon, wait for `Peer.flush()` now and
    /// then.
    ///
    /// - Throws: `.encoding`; `.invalidParams` with `pathNotExists` if the State is removed; `.closed`, or
    ///   `.notConnected` if the connection is lost and will not be made again.
    public func change(_ value: Value) throws(JetError) {
        let text = try ValueCoding.encode(value)
        try box.value.withLock { current throws(JetError) in
            try peer.core.submit { session throws(JetError) in
                try session.change(path, owner: element.id, text)
            }
            current = value
        }
    }

    /// Takes a new value and waits until the daemon has it: then every fetcher's notification is on its way.
    ///
    /// - Throws: As `change`, and `.notConnected` at once if there is no connection, `.timeout`, or the daemon's
    ///   refusal.
    public func changeConfirmed(_ value: Value) async throws(JetError) {
        let text = try ValueCoding.encode(value)
        let deadline = peer.core.deadline()
        _ = try await peer.core.awaitAnswer { id, reply throws(JetError) in
            try box.value.withLock { current throws(JetError) in
                try peer.core.submit { session throws(JetError) in
                    try session.changeConfirmed(
                        id, path, owner: element.id, text, deadline: deadline, reply: reply)
                }
                current = value
            }
        }
    }

    /// Removes the State from the bus and notifies all fetchers. Sets that are being handled are still answered.
    ///
    /// - Throws: `.invalidParams` with `pathNotExists` if it is removed already; `.timeout`, `.closed`.
    public func remove() async throws(JetError) {
        try await peer.remove(element)
    }

    /// Adds the State again after a `remove`, with the value that it has.
    ///
    /// - Throws: `.invalidParams` with `pathAlreadyExists`; `.notConnected`, `.timeout`, `.closed`.
    public func add() async throws(JetError) {
        try await add(nil)
    }

    /// Adds the State again after a `remove`, with a new value.
    ///
    /// - Throws: `.encoding`; `.invalidParams` with `pathAlreadyExists`; `.notConnected`, `.timeout`, `.closed`.
    public func add(_ value: Value) async throws(JetError) {
        try await add(Optional.some(value))
    }

    private func add(_ value: Value?) async throws(JetError) {
        _ = try await peer.core.awaitAnswer { id, reply throws(JetError) in try startAdding(value, id, reply) }
    }

    /// Asks the daemon to add it, with a new value or the one that it has.
    func startAdding(_ value: Value?, _ id: Int, _ reply: @escaping PeerCore.Reply) throws(JetError) {
        let deadline = peer.core.deadline()
        try box.value.withLock { current throws(JetError) in
            let new = value ?? current
            let text = try ValueCoding.encode(new)
            try peer.core.submit { session throws(JetError) in
                try session.add(
                    id, path, owner: element.id, element: element, value: text, options: element.options,
                    deadline: deadline, reply: reply)
            }
            current = new
        }
    }
}

/// A State's value, and what happens when somebody sets it.
///
/// The lock around the value is always taken before the session's, so that the order of values here is the order in
/// which they are sent.
final class StateBox<Value: Codable & Sendable>: Sendable {
    typealias Handler = @Sendable (SetRequest<Value>) async throws -> SetDecision<Value>

    let value: Mutex<Value>
    private let path: String
    private let owner: Int
    private let core: PeerCore
    private let onSet: Handler?

    init(_ value: Value, path: String, owner: Int, core: PeerCore, onSet: Handler?) {
        self.value = Mutex(value)
        self.path = path
        self.owner = owner
        self.core = core
        self.onSet = onSet
    }

    /// Serves a routed `set`.
    func serve(_ request: RoutedRequest) async {
        do {
            // Only a daemon that ignores fetchOnly lets this come.
            guard let onSet else {
                throw JetError(ErrorObject.invalidParams(.fetchOnly, JSON.string(path).text))
            }
            let params = try SetParams<Value>(request.params)
            let wanted = SetRequest(
                value: params.value, current: value.withLock { $0 }, caller: Caller(request.caller))
            switch try await onSet(wanted) {
            case .accept: try accept(params.value, request, params.wantsValue)
            case .adjust(let value): try accept(value, request, params.wantsValue)
            case .acceptSilently:
                let result = params.wantsValue ? try ValueCoding.encode(value.withLock { $0 }) : Text.true
                core.answer(request, .success(result))
            case .answer(let result): core.answer(request, .success(result.text))
            }
        } catch {
            core.answer(request, .failure(JetError.answer(to: error)))
        }
    }

    /// Answers, then changes, as classic peers do.
    private func accept(_ new: Value, _ request: RoutedRequest, _ wantsValue: Bool) throws(JetError) {
        let text = try ValueCoding.encode(new)
        try value.withLock { current throws(JetError) in
            try core.submit { session throws(JetError) in
                session.answer(request, .success(wantsValue ? text : Text.true))
                // It may have been removed while it was being set.
                if session.isAdded(path, owner: owner) { try session.change(path, owner: owner, text) }
            }
            current = new
        }
    }
}

/// The params of a routed `set`.
struct SetParams<Value: Decodable> {
    let value: Value
    /// Whether the caller wants the new value as the result.
    let wantsValue: Bool

    /// Reads the params.
    ///
    /// - Throws: What is answered if they do not fit.
    init(_ params: [UInt8]) throws(JetError) {
        let bytes = params.span.bytes
        var members = JSONMembers()
        var scanner = JSONScanner(bytes)
        guard (try? scanner.members(into: &members)) != nil, let range = members.value(MemberName.value, in: bytes)
        else {
            throw JetError(ErrorObject.missingParam(MemberName.value, got: params))
        }
        do {
            value = try ValueCoding.decode(Value.self, from: range.of(bytes).array)
        } catch {
            throw JetError(ErrorObject.wrongType(MemberName.value, got: params))
        }
        wantsValue = members.value(MemberName.valueAsResult, in: bytes)?.of(bytes).elementsEqual("true") ?? false
    }
}
