public import JSONText
import JetProtocol

/// Several requests in one message: what `Peer.batch` hands to its closure for those that have an answer.
///
///     let (on, sum) = try peer.batch { batch in
///         try door.change(true)                               // whatever does not wait is part of it anyway
///         try peer.notifyCall("log", ["the door is open"])
///         return (try batch.set("light/on", to: true), try batch.call("sum", [1, 2], as: Int.self))
///     }
///     try await on.value
///     print(try await sum.value)
public struct Batch: Sendable {
    let peer: Peer

    /// Asks the owner of a State to give it a value, as `Peer.set` does.
    ///
    /// - Throws: `.encoding`, `.notConnected`, `.closed`. Other errors come with the answer.
    @discardableResult
    public func set<Value: Encodable>(
        _ path: String, to value: Value, timeout: Duration? = nil, valueAsResult: Bool = false
    ) throws(JetError) -> Answer<JSON> {
        let params = try Peer.setParams(path, value, valueAsResult: valueAsResult)
        return try peer.core.begin { id, reply throws(JetError) in
            try peer.core.route(id, .set, params, timeout, reply)
        } read: { text throws(JetError) in
            try ValueCoding.decode(JSON.self, from: text)
        }
    }

    /// Calls a Method, as `Peer.call` does.
    ///
    /// - Throws: `.encoding`, `.notConnected`, `.closed`. Other errors come with the answer.
    @discardableResult
    public func call<Arguments: Encodable, Result: Decodable & Sendable>(
        _ path: String, _ arguments: Arguments, timeout: Duration? = nil, as type: Result.Type = JSON.self
    ) throws(JetError) -> Answer<Result> {
        try call(path, params: try Peer.callParams(path, arguments), timeout)
    }

    /// Calls a Method without arguments, as `Peer.call` does.
    ///
    /// - Throws: `.notConnected`, `.closed`. Other errors come with the answer.
    @discardableResult
    public func call<Result: Decodable & Sendable>(
        _ path: String, timeout: Duration? = nil, as type: Result.Type = JSON.self
    ) throws(JetError) -> Answer<Result> {
        try call(path, params: Peer.callParams(path), timeout)
    }

    private func call<Result: Decodable & Sendable>(
        _ path: String, params: ObjectText, _ timeout: Duration?
    ) throws(JetError) -> Answer<Result> {
        try peer.core.begin { id, reply throws(JetError) in
            try peer.core.route(id, .call, params, timeout, reply)
        } read: { text throws(JetError) in
            try ValueCoding.decode(Result.self, from: text)
        }
    }

    /// Adds a State, as `Peer.addState` does.
    ///
    /// - Throws: `.encoding`, `.notConnected`, `.closed`; `.invalidParams` with `pathAlreadyExists` if this peer has
    ///   one there. Other errors come with the answer.
    @discardableResult
    public func addState<Value: Codable & Sendable>(
        _ path: String, _ value: Value, options: ElementOptions = ElementOptions(),
        onSet: (@Sendable (SetRequest<Value>) async throws -> SetDecision<Value>)? = nil
    ) throws(JetError) -> Answer<State<Value>> {
        let state = peer.makeState(path, value, options: options, onSet: onSet)
        return try peer.core.begin { id, reply throws(JetError) in
            try state.startAdding(nil, id, reply)
        } read: { _ in
            state
        }
    }

    /// Adds a Method, as `Peer.addMethod` does.
    ///
    /// - Throws: `.notConnected`, `.closed`; `.invalidParams` with `pathAlreadyExists` if this peer has one there. What
    ///   else there is comes with the answer.
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable (Arguments) async throws -> Result
    ) throws(JetError) -> Answer<Method> {
        try addMethod(path, options: options, overlapping: overlapping) { (call: CallRequest<Arguments>) in
            try await handler(call.arguments)
        }
    }

    /// Adds a Method whose handler wants to know who calls, as `Peer.addMethod` does.
    ///
    /// - Throws: `.notConnected`, `.closed`; `.invalidParams` with `pathAlreadyExists` if this peer has one there. What
    ///   else there is comes with the answer.
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable (CallRequest<Arguments>) async throws -> Result
    ) throws(JetError) -> Answer<Method> {
        let method = peer.makeMethod(path, options: options, overlapping: overlapping, handler: handler)
        return try peer.core.begin { id, reply throws(JetError) in
            try method.startAdding(id, reply)
        } read: { _ in
            method
        }
    }

    /// Removes a State from the bus, as `State.remove` does.
    ///
    /// - Throws: `.invalidParams` with `pathNotExists` if it is removed already; `.closed`.
    @discardableResult
    public func remove<Value>(_ state: State<Value>) throws(JetError) -> Answer<Void> { try remove(state.element) }

    /// Removes a Method from the bus, as `Method.remove` does.
    ///
    /// - Throws: `.invalidParams` with `pathNotExists` if it is removed already; `.closed`.
    @discardableResult
    public func remove(_ method: Method) throws(JetError) -> Answer<Void> { try remove(method.element) }

    private func remove(_ element: ElementHandle) throws(JetError) -> Answer<Void> {
        try peer.core.begin { id, reply throws(JetError) in
            try peer.startRemoving(element, id, reply)
        } read: { _ in
        }
    }
}

extension Peer {
    /// Sends all requests that `body` makes in one message and one write: an array, which the daemon handles in order.
    /// That is the cheapest way to send many, and no request of another peer comes in between.
    ///
    ///     let rows = try peer.batch { batch in
    ///         try readings.map { reading in try batch.addState("row/\(reading.id)", reading.value) }
    ///     }
    ///     for row in rows { try await row.value }
    ///
    /// `State.change`, `notifySet` and `notifyCall` become part of it by being called in `body`; requests that have an
    /// answer are made with the `Batch`, and their answers come later. `body` must be short: until it is over, nothing
    /// else of this peer is sent either. Batches that overlap become one. What is longer than
    /// `Configuration.messageLimit` is sent in several messages, and so is a batch during which the connection is made
    /// again.
    ///
    /// - Throws: What `body` throws. What was said before that is sent.
    public func batch<Result, Failure: Error>(
        _ body: (Batch) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        core.submit { $0.outbox.beginBatch() }
        defer { core.submit { $0.outbox.endBatch() } }
        return try body(Batch(peer: self))
    }
}
