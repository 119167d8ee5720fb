public import JetProtocol
import NIOCore
import NIOPosix

/// A *peer*: one program's place on the bus. It provides States and Methods, and sets, calls and fetches those of
/// others.
///
///     let peer = try await Peer.connect(to: .unix(path: "/run/jet/jet.sock"))
///     let door = try await peer.addState("door/open", false)
///     try door.change(true)
///     try await peer.set("light/on", to: true)
///     await peer.close()
///
/// It is safe to use from any number of tasks. Requests of one task reach the daemon in order. It stays connected
/// until `close`, or until it and all its States, Methods and Fetchers are deallocated.
public final class Peer: Sendable {
    let core: PeerCore

    init(core: PeerCore) { self.core = core }

    deinit { _ = core.close(within: .seconds(1)) }

    /// Connects to the daemon at `endpoint`: on a unix socket, by TCP, by a WebSocket, and with TLS by either. With TLS,
    /// `Configuration.security` says which daemon is trusted, and by which key the daemon knows this peer: see
    /// <doc:FromAfar>.
    ///
    /// With `Configuration.reconnect` the peer reconnects when it loses this connection later; the first one must
    /// succeed.
    ///
    /// - Throws: `.notConnected` with a sentence that says where and why; `.notTrusted` with the `certificateProblem`,
    ///   before anything was sent; `.invalidSecurity` if a file of `Configuration.security` cannot be used; what
    ///   `authenticate` throws, if the configuration has credentials or a key.
    public static func connect(
        to endpoint: Endpoint, configuration: Configuration = Configuration()
    ) async throws(JetError) -> Peer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let core = PeerCore(endpoint: endpoint, configuration: configuration, loop: loop)
        do throws(JetError) {
            try await core.open()
        } catch {
            _ = core.close(within: .zero)
            throw error
        }
        let peer = Peer(core: core)
        // If that throws, the peer is deallocated, which closes it.
        if let credentials = configuration.credentials {
            try await peer.authenticate(credentials)
        } else if endpoint.isSecure, configuration.security.logsIn, configuration.security.key != nil {
            try await peer.authenticateByKey()
        }
        return peer
    }

    /// Where the daemon is.
    public var endpoint: Endpoint { core.endpoint }

    /// Whether there is a connection now.
    public var isConnected: Bool { core.look(\.isUp) }

    /// Reports when the connection is lost and made again.
    public var connectionEvents: ConnectionEvents { ConnectionEvents(source: core.events) }

    /// Waits until the peer is closed, or loses its connection for good: for programs that only serve
    /// others.
    public func untilClosed() async { for await _ in connectionEvents {} }

    /// Waits until all that was sent so far has been written to the socket, or there is no connection. A program that
    /// changes a State faster than the daemon reads can wait here from time to time, so that no value is left out.
    public func flush() async { await core.flushed() }

    /// Closes the peer. Waiting requests throw `.closed`, Fetchers end. What was sent before is still written;
    /// when this returns the daemon has closed the connection too, or did not within a second.
    public func close() async {
        // A connection that breaks while it is being closed is closed.
        try? await core.close(within: .seconds(1)).get()
    }
}
