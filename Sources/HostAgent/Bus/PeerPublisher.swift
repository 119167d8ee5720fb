public import Jet
internal import JSONText
internal import JetProtocol

/// Brings publications to the bus: each reading becomes a State of a peer, which others can fetch and not set.
///
/// The peer must be one that makes lost connections again. It then adds its States anew by itself, with their newest
/// values; so all that is left to do here is to wait with what it cannot do without a connection, which is adding.
public actor PeerPublisher: Publisher {
    private let peer: Peer
    private var states: [String: State<JSON>] = [:]
    private var refusals: [String: Refused] = [:]

    private struct Refused {
        let reason: String
        let until: ContinuousClock.Instant
    }

    /// So long a path that the bus refused is not asked for again: most often another agent has it, and keeps it.
    private static let refusalDuration = Duration.seconds(30)

    /// A publisher on the bus that `peer` is connected to.
    public init(_ peer: Peer) { self.peer = peer }

    /// How many states are on the bus.
    public var count: Int { states.count }

    /// Carries out `publications` in their order and returns when the bus has answered. Without a connection it waits
    /// for one as soon as something is to be added.
    ///
    /// - Returns: The paths that the bus refused, with the reason in words.
    public func publish(_ publications: [Publication]) async -> [String: String] {
        var refused: [String: String] = [:]
        for publication in publications {
            do throws(JetError) {
                switch publication {
                case .add(let reading): refused[reading.path] = try await add(reading)
                case .change(let path, let value): try states[path]?.change(value)
                case .remove(let path): try await states.removeValue(forKey: path)?.remove()
                }
            } catch {
                if case .remove = publication { continue }
                states[publication.path] = nil
                refused[publication.path] = "\(error)"
            }
        }
        return refused
    }

    /// Adds a state.
    ///
    /// - Returns: Why the bus refused it lately, without asking again.
    private func add(_ reading: Reading) async throws(JetError) -> String? {
        if let refusal = refusals[reading.path] {
            if refusal.until > .now { return refusal.reason }
            refusals[reading.path] = nil
        }
        while true {
            do throws(JetError) {
                states[reading.path] = try await peer.addState(
                    reading.path, reading.value, options: ElementOptions(meta: reading.meta))
                return nil
            } catch  where error.code == .notConnected {
                guard await reconnected() else { throw error }
            } catch {
                refusals[reading.path] = Refused(reason: "\(error)", until: .now + Self.refusalDuration)
                throw error
            }
        }
    }

    /// Waits for a connection.
    ///
    /// - Returns: `false` if there will be none.
    private func reconnected() async -> Bool {
        var events = peer.connectionEvents.makeAsyncIterator()
        while !peer.isConnected {
            guard await events.next() != nil else { return false }
        }
        return !Task.isCancelled
    }
}
