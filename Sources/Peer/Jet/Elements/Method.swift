import JSONText

/// A *Method* of this peer: something with a path that others can call. It is made by `Peer.addMethod`.
///
///     struct Span: Decodable { let from: Int, to: Int }
///     let random = try await peer.addMethod("random") { (span: Span) in
///         guard span.from <= span.to else { throw JetError(.invalidParams, "from is beyond to") }
///         return Int.random(in: span.from...span.to)
///     }
///     try await random.remove()
///
/// It stays at the daemon until it is removed or the peer closes, whether or not somebody keeps this object, and comes
/// back after a reconnect.
public final class Method: Sendable {
    /// Its path.
    public var path: String { element.path }

    private let peer: Peer
    let element: ElementHandle

    init(peer: Peer, element: ElementHandle) {
        self.peer = peer
        self.element = element
    }

    /// Whether it is at the daemon, or comes back to it as soon as there is a connection.
    public var isAdded: Bool {
        peer.core.look { $0.isAdded(path, owner: element.id) }
    }

    /// Removes the Method from the bus. Calls that are being handled are still answered: a Method may remove itself.
    ///
    /// - Throws: `.invalidParams` with `pathNotExists` if it is removed already; `.timeout`, `.closed`.
    public func remove() async throws(JetError) {
        try await peer.remove(element)
    }

    /// Adds the Method again after a `remove`.
    ///
    /// - Throws: `.invalidParams` with `pathAlreadyExists`; `.notConnected`, `.timeout`, `.closed`.
    public func add() async throws(JetError) {
        _ = try await peer.core.awaitAnswer { id, reply throws(JetError) in try startAdding(id, reply) }
    }

    /// Asks the daemon to add it.
    func startAdding(_ id: Int, _ reply: @escaping PeerCore.Reply) throws(JetError) {
        let deadline = peer.core.deadline()
        try peer.core.submit { session throws(JetError) in
            try session.add(
                id, path, owner: element.id, element: element, value: nil, options: element.options,
                deadline: deadline, reply: reply)
        }
    }
}

/// Decodes the arguments, runs the handler, answers with its result.
struct MethodService<Arguments: Decodable & Sendable, Result: Encodable & Sendable>: Sendable {
    let core: PeerCore
    let handler: @Sendable (CallRequest<Arguments>) async throws -> Result

    func serve(_ request: RoutedRequest) async {
        do {
            let arguments = try arguments(request.params)
            let result = try await handler(CallRequest(arguments: arguments, caller: Caller(request.caller)))
            core.answer(request, .success(try ValueCoding.encode(result)))
        } catch {
            core.answer(request, .failure(JetError.answer(to: error)))
        }
    }

    private func arguments(_ params: [UInt8]) throws(JetError) -> Arguments {
        if let none = NoArguments() as? Arguments { return none }
        do {
            return try ValueCoding.decode(Arguments.self, from: params)
        } catch {
            throw JetError(ErrorObject.wrongType(MemberName.args, got: params))
        }
    }
}

/// The arguments of a Method that takes none: any arguments are accepted.
struct NoArguments: Codable, Sendable {}
