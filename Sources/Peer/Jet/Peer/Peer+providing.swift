import JSONText

/// Providing States and Methods.
extension Peer {
    /// Adds a State.
    ///
    ///     let brightness = try await peer.addState("display/brightness", 80) { request in
    ///         try await backlight.set(min(request.value, 100))
    ///         return .adjust(min(request.value, 100))
    ///     }
    ///
    /// - Parameters:
    ///   - path: Its path: any text that is not empty and not yet taken.
    ///   - value: Its first value.
    ///   - options: Its other properties.
    ///   - onSet: Decides about each set, immediately or later. It is called for one request at a time, in the order
    ///     in which they came. Without it others can only fetch the State. A value that is no `Value` is refused
    ///     before.
    /// - Returns: The State, with which its value is changed.
    /// - Throws: `.invalidParams` with `pathAlreadyExists`; `.encoding`, `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func addState<Value: Codable & Sendable>(
        _ path: String, _ value: Value, options: ElementOptions = ElementOptions(),
        onSet: (@Sendable (SetRequest<Value>) async throws -> SetDecision<Value>)? = nil
    ) async throws(JetError) -> State<Value> {
        let state = makeState(path, value, options: options, onSet: onSet)
        try await state.add()
        return state
    }

    /// Adds a Method.
    ///
    ///     struct Sum: Decodable { let a: Int, b: Int }
    ///     try await peer.addMethod("sum") { (sum: Sum) in sum.a + sum.b }
    ///
    /// - Parameters:
    ///   - path: Its path: any text that is not empty and not yet taken.
    ///   - options: Its other properties.
    ///   - overlapping: Whether several calls are served at once. If not, one at a time in the order in which they
    ///     came.
    ///   - handler: Takes the arguments, an array or an object, and returns the result, immediately or later. It
    ///     refuses by throwing. Arguments that are no `Arguments` are refused before.
    /// - Returns: The Method, with which it is removed.
    /// - Throws: `.invalidParams` with `pathAlreadyExists`; `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable (Arguments) async throws -> Result
    ) async throws(JetError) -> Method {
        try await addMethod(path, options: options, overlapping: overlapping) { (call: CallRequest<Arguments>) in
            try await handler(call.arguments)
        }
    }

    /// Adds a Method whose handler wants to know who calls, for which `options.caller` has to be set.
    ///
    ///     try await peer.addMethod("login", options: ElementOptions(caller: true)) { (call: CallRequest<[String]>) in
    ///         "Hello, \(call.caller?.user ?? "stranger")"
    ///     }
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable (CallRequest<Arguments>) async throws -> Result
    ) async throws(JetError) -> Method {
        let method = makeMethod(path, options: options, overlapping: overlapping, handler: handler)
        try await method.add()
        return method
    }

    /// Adds a Method without a result: the caller gets `null`.
    ///
    ///     try await peer.addMethod("say") { (words: [String]) in print(words) }
    @discardableResult
    public func addMethod<Arguments: Decodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable (Arguments) async throws -> Void
    ) async throws(JetError) -> Method {
        try await addMethod(path, options: options, overlapping: overlapping) { (arguments: Arguments) -> JSON in
            try await handler(arguments)
            return .null
        }
    }

    /// Adds a Method without arguments: those of the caller are ignored.
    ///
    ///     try await peer.addMethod("time") { Int(clock.seconds) }
    @discardableResult
    public func addMethod<Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable () async throws -> Result
    ) async throws(JetError) -> Method {
        try await addMethod(path, options: options, overlapping: overlapping) { (_: NoArguments) -> Result in
            try await handler()
        }
    }

    /// Adds a Method without arguments and result.
    ///
    ///     try await peer.addMethod("restart") { try await service.restart() }
    @discardableResult
    public func addMethod(
        _ path: String, options: ElementOptions = ElementOptions(), overlapping: Bool = false,
        handler: @escaping @Sendable () async throws -> Void
    ) async throws(JetError) -> Method {
        try await addMethod(path, options: options, overlapping: overlapping) { (_: NoArguments) -> JSON in
            try await handler()
            return .null
        }
    }

}

extension Peer {
    /// A State that is not yet added.
    func makeState<Value: Codable & Sendable>(
        _ path: String, _ value: Value, options: ElementOptions,
        onSet: (@Sendable (SetRequest<Value>) async throws -> SetDecision<Value>)?
    ) -> State<Value> {
        let id = core.newID()
        let box = StateBox(value, path: path, owner: id, core: core, onSet: onSet)
        let element = ElementHandle(
            id: id, path: path, options: options.members(fetchOnly: options.fetchOnly || onSet == nil)
        ) { request in
            await box.serve(request)
        }
        return State(peer: self, box: box, element: element)
    }

    /// A Method that is not yet added.
    func makeMethod<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ path: String, options: ElementOptions, overlapping: Bool,
        handler: @escaping @Sendable (CallRequest<Arguments>) async throws -> Result
    ) -> Method {
        let service = MethodService(core: core, handler: handler)
        let element = ElementHandle(
            id: core.newID(), path: path,
            options: options.members(fetchOnly: options.fetchOnly), isConcurrent: overlapping
        ) { request in
            await service.serve(request)
        }
        return Method(peer: self, element: element)
    }

    /// Removes an element from the bus.
    func remove(_ element: ElementHandle) async throws(JetError) {
        _ = try await core.awaitAnswer { id, reply throws(JetError) in try startRemoving(element, id, reply) }
    }

    /// Asks the daemon to remove an element.
    func startRemoving(_ element: ElementHandle, _ id: Int, _ reply: @escaping PeerCore.Reply) throws(JetError) {
        let deadline = core.deadline()
        let action = try core.submit { session throws(JetError) in
            try session.remove(id, element.path, owner: element.id, deadline: deadline, reply: reply)
        }
        if let action { core.perform(action) }
    }
}
