import JetProtocol

/// The state of the WebSocket protocol on a connection: messages, pings, pongs and close frames. It uses neither sockets nor
/// clocks.
final class WebSocketSession {
    private var reader: WebSocketReader

    /// The payload of the newest ping that is not answered yet. Older pings need no answer (RFC 6455, section 5.5.3), so a
    /// flood of pings does not accumulate.
    private var ping: [UInt8]?
    /// The number of pings in a row that the peer has not answered.
    private var unansweredPings = 0
    /// Whether the peer has sent anything since the last ping.
    private var hasReceivedData = false

    /// The close frame to be written last, once its code is known.
    private var closeFrame: [UInt8]?
    /// Whether the peer has sent its close frame.
    private(set) var hasPeerClosed = false
    /// Whether only the remaining output and the close frame are left to be written.
    private(set) var isFinished = false

    init(messageLimit: Int) { reader = WebSocketReader(limit: messageLimit) }

    /// Reads input of the peer.
    ///
    /// - Parameter body: Receives each message; returns whether to continue.
    /// - Returns: The number of bytes read: all, unless `body` returned false or the peer has sent its close frame.
    /// - Throws: `WebSocketError`; then the connection must be closed, with `lastFrame`.
    func read(_ input: RawSpan, _ body: (RawSpan) -> Bool) throws(WebSocketError) -> Int {
        hasReceivedData = true
        var (ping, close): ([UInt8]?, [UInt8]?)
        var hasPong = false
        do throws(WebSocketError) {
            let count = try reader.read(input) { kind, payload in
                switch kind {
                case .message: return body(payload)
                case .ping: ping = payload.withUnsafeBytes { Array($0) }
                case .pong: hasPong = true
                case .close:
                    close = payload.withUnsafeBytes { Array($0) }
                    return false
                }
                return true
            }
            if ping != nil { self.ping = ping }
            if hasPong { unansweredPings = 0 }
            if let close {
                // The answer has the same code.
                requestClose(WebSocketFrame.close(try WebSocketCloseCode.read(close.span.bytes)))
                hasPeerClosed = true
                isFinished = true
            }
            return count
        } catch {
            requestClose(error.closeCode)
            // The bus closes a peer whose message is too long, with an error message.
            if error.closeCode != .messageTooLong { isFinished = true }
            throw error
        }
    }

    // MARK: Pings

    /// The frame that answers the peer's newest ping, once.
    func takePong() -> [UInt8]? {
        defer { ping = nil }
        return ping.map { WebSocketFrame.control(.pong, $0) }
    }

    /// The next ping.
    ///
    /// - Returns: The frame; `nil` if the peer has not answered the last two, and must be closed.
    func takePing() -> [UInt8]? {
        // While the peer sends a long frame it cannot answer.
        if unansweredPings < 2 || !(hasReceivedData && reader.isWithinFrame) { unansweredPings += 1 }
        hasReceivedData = false
        return unansweredPings > 2 ? nil : WebSocketFrame.control(.ping)
    }

    /// Forgets the unanswered pings, when the peer cannot be pinged for now.
    func resetPings() { unansweredPings = 0 }

    // MARK: End

    /// Sets the code that the connection is closed with, unless it has one.
    func requestClose(_ code: WebSocketCloseCode) { requestClose(WebSocketFrame.close(code)) }

    private func requestClose(_ frame: [UInt8]) {
        if closeFrame == nil { closeFrame = frame }
    }

    /// The close frame. Without another code, the peer has violated a policy of the daemon.
    var lastFrame: [UInt8] { closeFrame ?? WebSocketFrame.close(.policyViolation) }
}
