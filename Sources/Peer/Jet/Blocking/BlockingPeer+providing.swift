import Dispatch
import JSONText

/// Providing States and Methods. `State.change` and `State.value` never wait and are used as they are.
extension BlockingPeer {
    /// Adds a State.
    ///
    ///     let level = try peer.addState("lamp/level", 0) { request in
    ///         lamp.dim(to: request.value)                 // on a thread of the State's own
    ///         return .accept
    ///     }
    ///     try level.change(40)
    ///
    /// - Parameters:
    ///   - path: Its path.
    ///   - value: Its first value.
    ///   - options: Its other properties.
    ///   - onSet: Decides when somebody sets it. It runs on a thread of the State's own, for one request at a time, and
    ///     may wait, also for this peer. Without it others can only fetch the State.
    /// - Returns: The State.
    /// - Throws: As `Peer.addState`.
    @discardableResult
    public func addState<Value: Codable & Sendable>(
        _ path: String, _ value: Value, options: ElementOptions = ElementOptions(),
        onSet: (@Sendable (SetRequest<Value>) throws -> SetDecision<Value>)? = nil
    ) throws(JetError) -> State<Value> {
        try Waiting.wait { () async throws(JetError) in
            guard let onSet else { return try await self.peer.addState(path, value, options: options) }
            let queue = DispatchQueue(label: path)
            return try await self.peer.addState(path, value, options: options) { request in
                try await queue.run { try onSet(request) }
            }
        }
    }

    /// Adds a Method.
    ///
    ///     try peer.addMethod("sum") { (numbers: [Int]) in numbers.reduce(0, +) }
    ///
    /// - Parameters:
    ///   - path: Its path.
    ///   - options: Its other properties.
    ///   - handler: Takes the arguments and returns the result, or refuses by throwing. It runs on a thread of the
    ///     Method's own, for one call at a time, and may wait, also for this peer.
    /// - Returns: The Method.
    /// - Throws: As `Peer.addMethod`.
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(),
        handler: @escaping @Sendable (Arguments) throws -> Result
    ) throws(JetError) -> Method {
        try Waiting.wait { () async throws(JetError) in
            let queue = DispatchQueue(label: path)
            return try await self.peer.addMethod(path, options: options) { (arguments: Arguments) -> Result in
                try await queue.run { try handler(arguments) }
            }
        }
    }

    /// Adds a Method without a result: the caller gets `null`.
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(),
        handler: @escaping @Sendable (Arguments) throws -> Void
    ) throws(JetError) -> Method {
        try addMethod(path, options: options) { (arguments: Arguments) -> JSON in
            try handler(arguments)
            return .null
        }
    }

    /// Adds a Method without arguments: those of the caller are ignored.
    @discardableResult
    public func addMethod<Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(),
        handler: @escaping @Sendable () throws -> Result
    ) throws(JetError) -> Method {
        try addMethod(path, options: options) { (_: NoArguments) -> Result in try handler() }
    }

    /// Adds a Method without arguments and result.
    @discardableResult
    public func addMethod(
        _ path: String, options: ElementOptions = ElementOptions(),
        handler: @escaping @Sendable () throws -> Void
    ) throws(JetError) -> Method {
        try addMethod(path, options: options) { (_: NoArguments) -> JSON in
            try handler()
            return .null
        }
    }

    /// Removes a State from the bus and notifies all fetchers.
    ///
    /// - Throws: As `State.remove`.
    public func remove<Value>(_ state: State<Value>) throws(JetError) {
        try Waiting.wait { () async throws(JetError) in try await state.remove() }
    }

    /// Removes a Method from the bus.
    ///
    /// - Throws: As `Method.remove`.
    public func remove(_ method: Method) throws(JetError) {
        try Waiting.wait { () async throws(JetError) in try await method.remove() }
    }

    /// Adds a State again after a `remove`, with a new value or the one that it has.
    ///
    /// - Throws: As `State.add`.
    public func add<Value>(_ state: State<Value>, _ value: Value? = nil) throws(JetError) {
        try Waiting.wait { () async throws(JetError) in
            guard let value else { return try await state.add() }
            try await state.add(value)
        }
    }

    /// Adds a Method again after a `remove`.
    ///
    /// - Throws: As `Method.add`.
    public func add(_ method: Method) throws(JetError) {
        try Waiting.wait { () async throws(JetError) in try await method.add() }
    }
}
