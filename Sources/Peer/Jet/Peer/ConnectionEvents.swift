/// A peer's connection was lost or made.
///
///     if case .disconnected(let error) = event { logger.warning("\(error)") }
public enum ConnectionEvent: Sendable {
    /// It was made again. The peer's elements and fetches are on their way to the daemon.
    case connected
    /// It was lost, for this reason.
    case disconnected(JetError)
}

/// The events of a peer's connection: each iterator sees all that happen after it was made. The sequence ends
/// when the peer closes, or the connection is lost and the peer does not reconnect.
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
