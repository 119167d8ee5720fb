public import JSONText
import JetProtocol

/// Setting and calling the elements of other peers.
extension Peer {
    /// Asks the owner of a State to give it a value, and waits for the owner's answer.
    ///
    ///     try await peer.set("light/on", to: true)
    ///     let got = try await peer.set("volume", to: 120, valueAsResult: true)     // 100
    ///
    /// - Parameters:
    ///   - path: The State.
    ///   - value: The new value.
    ///   - timeout: How long the owner may take; `nil`: as long as the State says, else 5 s.
    ///   - valueAsResult: Whether to return the value that the State then really has.
    /// - Returns: `true`, or the new value, or another answer of the owner.
    /// - Throws: The owner's refusal; `.invalidParams` with `pathNotExists`, `fetchOnly`, `noAccess` or `notAState`;
    ///   `.responseTimeout`, `.ownerGone`; `.encoding`, `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    @discardableResult
    public func set<Value: Encodable>(
        _ path: String, to value: Value, timeout: Duration? = nil, valueAsResult: Bool = false
    ) async throws(JetError) -> JSON {
        let params = try Self.setParams(path, value, valueAsResult: valueAsResult)
        return try ValueCoding.decode(JSON.self, from: try await core.route(.set, params, timeout))
    }

    /// Calls a Method and waits for its result.
    ///
    ///     let sum = try await peer.call("sum", ["a": 1, "b": 2], as: Int.self)
    ///
    /// - Parameters:
    ///   - path: The Method.
    ///   - arguments: Its arguments: a value that is an array or an object in JSON.
    ///   - timeout: How long the owner may take; `nil`: as long as the Method says, else 5 s.
    ///   - type: The type of the result.
    /// - Returns: What the Method returned.
    /// - Throws: The owner's refusal; `.invalidParams` with `pathNotExists`, `fetchOnly`, `noAccess` or `notAMethod`;
    ///   `.responseTimeout`, `.ownerGone`; `.decoding` if the result is no `Result`; `.encoding`, `.notConnected`,
    ///   `.timeout`, `.closed`, `.cancelled`.
    public func call<Arguments: Encodable, Result: Decodable>(
        _ path: String, _ arguments: Arguments, timeout: Duration? = nil, as type: Result.Type
    ) async throws(JetError) -> Result {
        let params = try Self.callParams(path, arguments)
        return try ValueCoding.decode(type, from: try await core.route(.call, params, timeout))
    }

    /// Calls a Method without arguments and waits for its result.
    public func call<Result: Decodable>(
        _ path: String, timeout: Duration? = nil, as type: Result.Type
    ) async throws(JetError) -> Result {
        try ValueCoding.decode(type, from: try await core.route(.call, Self.callParams(path), timeout))
    }

    /// Calls a Method and waits for its result, of any type.
    ///
    ///     try await peer.call("say", ["hello"])
    @discardableResult
    public func call<Arguments: Encodable>(
        _ path: String, _ arguments: Arguments, timeout: Duration? = nil
    ) async throws(JetError) -> JSON {
        try await call(path, arguments, timeout: timeout, as: JSON.self)
    }

    /// Calls a Method without arguments and waits for its result, of any type.
    ///
    ///     try await peer.call("restart", timeout: .seconds(60))
    @discardableResult
    public func call(_ path: String, timeout: Duration? = nil) async throws(JetError) -> JSON {
        try await call(path, timeout: timeout, as: JSON.self)
    }

    /// Asks the owner of a State to give it a value. There is no answer, not even if it is refused.
    ///
    ///     try peer.notifySet("light/on", to: true)
    ///
    /// - Throws: `.encoding`, `.notConnected`, `.closed`; `.congested` if the daemon reads too slowly.
    public func notifySet<Value: Encodable>(_ path: String, to value: Value) throws(JetError) {
        let params = try Self.setParams(path, value)
        try core.submit { session throws(JetError) in try session.notify(.set, params: params.text) }
    }

    /// Calls a Method. There is no answer, not even if it is refused.
    ///
    ///     try peer.notifyCall("log", ["the door is open"])
    ///
    /// - Throws: `.encoding`, `.notConnected`, `.closed`; `.congested` if the daemon reads too slowly.
    public func notifyCall<Arguments: Encodable>(_ path: String, _ arguments: Arguments) throws(JetError) {
        let params = try Self.callParams(path, arguments)
        try core.submit { session throws(JetError) in try session.notify(.call, params: params.text) }
    }

    /// Calls a Method without arguments. There is no answer, not even if it is refused.
    ///
    /// - Throws: `.notConnected`, `.closed`; `.congested` if the daemon reads too slowly.
    public func notifyCall(_ path: String) throws(JetError) {
        let params = Self.callParams(path)
        try core.submit { session throws(JetError) in try session.notify(.call, params: params.text) }
    }
}

extension Peer {
    static func setParams<Value: Encodable>(
        _ path: String, _ value: Value, valueAsResult: Bool = false
    ) throws(JetError) -> ObjectText {
        var params = ObjectText()
        params.append(MemberName.path, string: path)
        params.append(MemberName.value, try ValueCoding.encode(value))
        if valueAsResult { params.append(MemberName.valueAsResult, Text.true) }
        return params
    }

    static func callParams<Arguments: Encodable>(
        _ path: String, _ arguments: Arguments
    ) throws(JetError) -> ObjectText {
        var params = callParams(path)
        params.append(MemberName.args, try ValueCoding.encode(arguments))
        return params
    }

    static func callParams(_ path: String) -> ObjectText {
        var params = ObjectText()
        params.append(MemberName.path, string: path)
        return params
    }
}

extension PeerCore {
    /// Sends a request that the daemon routes to an owner, and waits for the owner's answer.
    fileprivate func route(
        _ method: MethodName, _ params: ObjectText, _ timeout: Duration?
    ) async throws(JetError) -> [UInt8] {
        try await awaitAnswer { id, reply throws(JetError) in try route(id, method, params, timeout, reply) }
    }

    /// Sends a request that the daemon routes to an owner. With a timeout the daemon answers in the owner's place when
    /// it is over, so there is one second more for that answer to come.
    func route(
        _ id: Int, _ method: MethodName, _ params: ObjectText, _ timeout: Duration?, _ reply: @escaping Reply
    ) throws(JetError) {
        var params = params
        if let timeout { params.append(MemberName.timeout, timeout.bounded) }
        let deadline = now + (timeout.map { $0.bounded + .seconds(1) } ?? configuration.requestTimeout.bounded)
        try submit { session throws(JetError) in
            try session.request(
                id, method, params: params.text, deadline: deadline, isOpenEnded: timeout == nil, reply: reply)
        }
    }
}
