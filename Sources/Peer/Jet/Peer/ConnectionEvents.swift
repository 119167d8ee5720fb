/// What becomes of a peer's connection.
///
///     if case .disconnected(let error) = event { logger.warning("\(error)") }
public enum ConnectionEvent: Sendable {
    /// It was made again. The peer's elements and fetches are on their way to the daemon.
    case connected
    /// It was lost, for this reason.
    case disconnected(JetError)
}

/// What becomes of a peer's connection from now on: each iterator sees everything that comes after it was made. It ends
/// when the peer closes, or the connection is lost and not made again.
///
///     for await event in peer.connectionEvents {
///         switch event {
///         case .connected: lamp.green()
///         case .disconnected(let error): lamp.red(error.message)
///         }
///     }
public struct ConnectionEvents: AsyncSequence, Sendable {
    /// Never throws.
    public typealias Failure = Never

    let source: Broadcast<ConnectionEvent>

    /// All events from now on.
    public func makeAsyncIterator() -> Iterator { Iterator(base: source.listen().makeAsyncIterator()) }

    /// Takes events.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncStream<ConnectionEvent>.Iterator

        /// The next event, as soon as there is one.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> ConnectionEvent? {
            await base.next(isolation: actor)
        }
    }
}
