public import JSONText
public import JetProtocol

/// A peer for scripts: the same as `Peer`, but every function returns when it is done, and `async` appears nowhere.
///
///     let peer = try BlockingPeer()
///     try peer.set("light/on", to: true)
///     let sum = try peer.call("sum", [1, 2], as: Int.self)
///     for entry in try peer.get(.path(startsWith: "net/")) { print(entry.path, entry.value ?? "") }
///     peer.close()
///
/// Until a function returns, its thread stands still. So it is for threads that have nothing else to do, such as the
/// main thread of a script or a thread of your own, and not for async code: there, and on the threads of event loops,
/// its functions throw `.mustNotWait` instead of waiting. It is safe to use from several threads.
///
/// What others ask of this peer (`addState`, `addMethod`) is served meanwhile, on threads of its own.
public final class BlockingPeer: Sendable {
    /// The peer behind it, for what is not offered here. Whatever does not wait can be used of it.
    public let peer: Peer

    /// Connects to the daemon.
    ///
    /// - Parameters:
    ///   - endpoint: Where it is; `nil`: on this machine, where `Peer.connectLocally` looks.
    ///   - configuration: How the peer behaves; its `connectTimeout` and `requestTimeout` say how long to wait.
    /// - Throws: `.notConnected` with a sentence that says where and why; `.invalidEndpoint` if `$JET_CONNECT` is none;
    ///   `.mustNotWait` in async code, as everything here.
    public init(
        _ endpoint: Endpoint? = nil, configuration: Peer.Configuration = Peer.Configuration()
    ) throws(JetError) {
        peer = try Waiting.wait { () async throws(JetError) in
            guard let endpoint else { return try await Peer.connectLocally(configuration: configuration) }
            return try await Peer.connect(to: endpoint, configuration: configuration)
        }
    }

    /// Whether there is a connection now.
    public var isConnected: Bool { peer.isConnected }

    /// Closes the peer. What was sent before is still written: a script that ends without this may lose it.
    /// In async code it does not wait for that.
    public func close() {
        // A thread that must not wait, such as one of the event loop, does not.
        guard (try? Waiting.wait({ () async throws(JetError) in await self.peer.close() })) == nil else { return }
        _ = peer.core.close(within: .seconds(1))
    }

    /// Waits until the peer is closed, or loses its connection for good: for scripts that only serve
    /// others.
    ///
    /// - Throws: `.mustNotWait`.
    public func untilClosed() throws(JetError) {
        try Waiting.wait { () async throws(JetError) in await self.peer.untilClosed() }
    }

    /// Tells the daemon this peer's name and whether to debug it, now and after every reconnect.
    ///
    /// - Throws: As `Peer.configure`.
    public func configure(name: String? = nil, debug: Bool? = nil) throws(JetError) {
        try Waiting.wait { () async throws(JetError) in try await self.peer.configure(name: name, debug: debug) }
    }

    /// Asks the daemon for its name, version, features and statistics.
    ///
    /// - Throws: As `Peer.info`.
    public func info() throws(JetError) -> DaemonInfo {
        try Waiting.wait { () async throws(JetError) in try await self.peer.info() }
    }

    /// Asks the daemon who is connected, and what each account and each peer uses.
    ///
    /// - Throws: As `Peer.peers`.
    public func peers() throws(JetError) -> DaemonPeers {
        try Waiting.wait { () async throws(JetError) in try await self.peer.peers() }
    }

    /// Sends a value to the daemon and back. When it is back, the daemon has handled all that this peer sent before.
    ///
    /// - Throws: As `Peer.echo`.
    @discardableResult
    public func echo(_ value: JSON) throws(JetError) -> JSON {
        try Waiting.wait { () async throws(JetError) in try await self.peer.echo(value) }
    }

    /// Sends any request of the protocol, for requests without a function of their own.
    ///
    /// - Throws: As `Peer.request`.
    @discardableResult
    public func request(_ method: String, _ params: JSON) throws(JetError) -> JSON {
        try Waiting.wait { () async throws(JetError) in try await self.peer.request(method, params) }
    }

    /// Sends all requests that `body` makes in one message and one write, see `Peer.batch`. What waits must not be used
    /// in `body`: nothing is sent before it is over. The answers are waited for afterwards, with `Answer.wait`.
    ///
    ///     let lights = try peer.batch { batch in try rooms.map { try batch.set("\($0)/light", to: false) } }
    ///     for light in lights { try light.wait() }
    ///
    /// - Throws: What `body` throws.
    public func batch<Result, Failure: Error>(
        _ body: (Batch) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try peer.batch(body)
    }
}
