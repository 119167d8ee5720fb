public import JSONText
public import JetProtocol

/// Setting, calling and getting the elements of other peers.
extension BlockingPeer {
    /// Asks the owner of a State to give it a value, and waits for the owner's answer.
    ///
    ///     try peer.set("light/on", to: true, timeout: .seconds(2))
    ///
    /// - Parameters:
    ///   - path: The State.
    ///   - value: The new value.
    ///   - timeout: How long the owner may take; `nil`: as long as the State says, else 5 s.
    ///   - valueAsResult: Whether to return the value that the State then really has.
    /// - Returns: `true`, or the new value, or another answer of the owner.
    /// - Throws: As `Peer.set`.
    @discardableResult
    public func set<Value: Encodable & Sendable>(
        _ path: String, to value: Value, timeout: Duration? = nil, valueAsResult: Bool = false
    ) throws(JetError) -> JSON {
        try Waiting.wait { () async throws(JetError) in
            try await self.peer.set(path, to: value, timeout: timeout, valueAsResult: valueAsResult)
        }
    }

    /// Calls a Method and waits for its result.
    ///
    ///     let sum = try peer.call("sum", ["a": 1, "b": 2], as: Int.self)
    ///
    /// - Parameters:
    ///   - path: The Method.
    ///   - arguments: Its arguments: a value that is an array or an object in JSON.
    ///   - timeout: How long the owner may take; `nil`: as long as the Method says, else 5 s.
    ///   - type: The type of the result.
    /// - Returns: What the Method returned.
    /// - Throws: As `Peer.call`.
    public func call<Arguments: Encodable & Sendable, Result: Decodable & Sendable>(
        _ path: String, _ arguments: Arguments, timeout: Duration? = nil, as type: Result.Type
    ) throws(JetError) -> Result {
        try Waiting.wait { () async throws(JetError) in
            try await self.peer.call(path, arguments, timeout: timeout, as: type)
        }
    }

    /// Calls a Method without arguments and waits for its result.
    ///
    /// - Throws: As `Peer.call`.
    public func call<Result: Decodable & Sendable>(
        _ path: String, timeout: Duration? = nil, as type: Result.Type
    ) throws(JetError) -> Result {
        try Waiting.wait { () async throws(JetError) in try await self.peer.call(path, timeout: timeout, as: type) }
    }

    /// Calls a Method and waits for its result, of any type.
    ///
    /// - Throws: As `Peer.call`.
    @discardableResult
    public func call<Arguments: Encodable & Sendable>(
        _ path: String, _ arguments: Arguments, timeout: Duration? = nil
    ) throws(JetError) -> JSON {
        try call(path, arguments, timeout: timeout, as: JSON.self)
    }

    /// Calls a Method without arguments and waits for its result, of any type.
    ///
    /// - Throws: As `Peer.call`.
    @discardableResult
    public func call(_ path: String, timeout: Duration? = nil) throws(JetError) -> JSON {
        try call(path, timeout: timeout, as: JSON.self)
    }

    /// Asks the owner of a State to give it a value. There is no answer, not even if it is refused.
    ///
    /// - Throws: As `Peer.notifySet`.
    public func notifySet<Value: Encodable>(_ path: String, to value: Value) throws(JetError) {
        try peer.notifySet(path, to: value)
    }

    /// Calls a Method. There is no answer, not even if it is refused.
    ///
    /// - Throws: As `Peer.notifyCall`.
    public func notifyCall<Arguments: Encodable>(_ path: String, _ arguments: Arguments) throws(JetError) {
        try peer.notifyCall(path, arguments)
    }

    /// Calls a Method without arguments. There is no answer, not even if it is refused.
    ///
    /// - Throws: As `Peer.notifyCall`.
    public func notifyCall(_ path: String) throws(JetError) { try peer.notifyCall(path) }

    /// Returns the elements that satisfy a rule, with their current values.
    ///
    ///     let hottest = try peer.get(
    ///         .path(endsWith: "/temperature").sorted(by: .value(.number), descending: true, to: 1), as: Double.self)
    ///
    /// - Throws: As `Peer.get`.
    public func get<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self
    ) throws(JetError) -> [Entry<Value>] {
        try Waiting.wait { () async throws(JetError) in try await self.peer.get(rule, as: type) }
    }
}
