public import JetProtocol
import NIOCore
import NIOPosix

/// A *peer*: one program's place on the bus. It provides States and Methods, and sets, calls and fetches those of others.
///
///     let peer = try await Peer.connect(to: .unix(path: "/run/jet/jet.sock"))
///     let door = try await peer.addState("door/open", false)
///     try door.change(true)
///     try await peer.set("light/on", to: true)
///     await peer.close()
///
/// It is safe to use from any number of tasks. What one task says reaches the daemon in its order. It stays connected
/// until `close`, or until nobody keeps it nor any State, Method or Fetcher of it.
public final class Peer: Sendable {
    let core: PeerCore

    init(core: PeerCore) { self.core = core }

    deinit { _ = core.close(within: .seconds(1)) }

    /// Connects to the daemon at `endpoint`.
    ///
    /// With `Configuration.reconnect` a connection that is lost later is made again; the first one must succeed.
    ///
    /// - Throws: `.notConnected` with a sentence that says where and why; what `authenticate` throws, if the configuration
    ///   has credentials.
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
        // One that is refused is closed when nobody keeps it, which is now.
        if let credentials = configuration.credentials { try await peer.authenticate(credentials) }
        return peer
    }

    /// Where the daemon is.
    public var endpoint: Endpoint { core.endpoint }

    /// Whether there is a connection now.
    public var isConnected: Bool { core.look(\.isUp) }

    /// What becomes of the connection from now on.
    public var connectionEvents: ConnectionEvents { ConnectionEvents(source: core.events) }

    /// Waits until the peer is closed, or the connection is lost and not made again: for programs that only serve others.
    public func untilClosed() async { for await _ in connectionEvents {} }

    /// Waits until all that was said so far has been handed to the system, or there is no connection. Who changes a
    /// State faster than the daemon reads can wait here now and then, so that no value is left out.
    public func flush() async { await core.flushed() }

    /// Closes the peer. Who waits for an answer gets `.closed` at once, Fetchers end. What was said before is still sent;
    /// the daemon has taken note of the end when this returns, or did not within a second.
    public func close() async {
        // A connection that breaks while it is being closed is closed.
        try? await core.close(within: .seconds(1)).get()
    }
}
