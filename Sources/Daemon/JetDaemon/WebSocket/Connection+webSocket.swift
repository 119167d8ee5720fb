import JetBus
import JetProtocol
import Logging
import NIOCore

/// What a connection does beside its messages when it is a WebSocket. The frames for that are whole ones, as are those in
/// an outbox, and all are written in their order.
extension Connection {
    /// - Returns: How much was read; `nil` if nothing more can be.
    func readWebSocket(_ bytes: RawSpan, from peer: PeerID, at now: UInt64) -> Int? {
        let bus = hub.bus
        do throws(WebSocketError) {
            return try webSocket?.read(bytes) { bus.receive($0, from: peer, at: now) }
        } catch {
            if case .tooLong(let length, let limit) = error {
                // Every peer is told so in a message; the close frame comes behind it.
                refuseLength(length, limit: limit, from: peer)
            } else {
                hub.note(.webSocketBroken, by: peer, ["reason": "\(error)"])
            }
            return nil
        }
    }

    /// Answers what has come beside the messages.
    func answerWebSocket() {
        guard let context, let webSocket else { return }
        guard webSocket.isOver else { return writePong() }
        // After its close frame the peer says nothing.
        if webSocket.hasPeerClosed { hasInputEnded = true }
        writeRestAndEnd(context, within: Self.patience)
    }

    /// Answers the newest ping; later, if a write is under way.
    func writePong() {
        guard !isWriting, let context, let pong = webSocket?.takePong() else { return }
        write(ByteBuffer(bytes: pong), context)
    }

    /// Pings the peer, or gives it up.
    ///
    /// One that does not read what is due to it is left alone: it would find the ping late, and its answer is not read.
    func beat() {
        guard case .open(let peer) = phase, let context else { return }
        guard isReading, !isWriting else {
            webSocket?.forgivePings()
            return
        }
        if let ping = webSocket?.takePing() {
            write(ByteBuffer(bytes: ping), context)
        } else {
            hub.note(.pingsUnanswered, by: peer)
            context.close(promise: nil)
        }
    }
}
