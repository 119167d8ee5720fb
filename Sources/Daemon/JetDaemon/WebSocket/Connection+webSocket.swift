import JetBus
import JetProtocol
import Logging
import NIOCore

/// The control frames of a WebSocket connection. They are written as whole frames, in order with those in the outbox.
extension Connection {
    /// - Returns: The number of bytes read; `nil` if the stream cannot be read any further.
    func readWebSocket(_ bytes: RawSpan, from peer: PeerID, at now: UInt64) -> Int? {
        let bus = hub.bus
        do throws(WebSocketError) {
            return try webSocket?.read(bytes) { bus.receive($0, from: peer, at: now) }
        } catch {
            if case .tooLong(let length, let limit) = error {
                // The peer gets an error message, as on other transports, and then the close frame.
                refuseLength(length, limit: limit, from: peer)
            } else {
                hub.note(.webSocketBroken, by: peer, ["reason": "\(error)"])
            }
            return nil
        }
    }

    /// Answers pings and a close frame.
    func answerWebSocket() {
        guard let context, let webSocket else { return }
        guard webSocket.isFinished else { return writePong() }
        // The peer sends nothing after its close frame.
        if webSocket.hasPeerClosed { hasInputEnded = true }
        writeRestAndEnd(context, within: Self.closeTimeout)
    }

    /// Answers the newest ping, unless a write is in progress; then later.
    func writePong() {
        guard !isWriting, let context, let pong = webSocket?.takePong() else { return }
        write(ByteBuffer(bytes: pong), context)
    }

    /// Pings the peer, or closes it if it has not answered two pings.
    ///
    /// A peer that does not read its output is not pinged: it would see the ping late, and its answer is not read.
    func ping() {
        guard case .open(let peer) = phase, let context else { return }
        guard isReading, !isWriting else {
            webSocket?.resetPings()
            return
        }
        if let frame = webSocket?.takePing() {
            write(ByteBuffer(bytes: frame), context)
        } else {
            hub.note(.pingsUnanswered, by: peer)
            context.close(promise: nil)
        }
    }
}
