import JetProtocol

/// The *dialogue* of a WebSocket: its messages, and beside them pings, pongs and the two close frames with which it ends.
/// It knows neither sockets nor clocks.
final class WebSocketDialogue {
    private var reader: WebSocketReader

    /// What the newest ping holds that is not answered yet. Older ones need no answer of their own
    /// (RFC 6455, section 5.5.3), so that a flood of pings gathers nothing.
    private var ping: [UInt8]?
    /// The last pings that the peer has not answered.
    private var unansweredPings = 0
    /// Whether anything has come since the last ping.
    private var hasHeard = false

    /// The close frame that is to be written last, once it is known.
    private var farewell: [UInt8]?
    /// Whether the peer has sent its close frame.
    private(set) var hasPeerClosed = false
    /// Whether nothing is left but to write what is due to the peer, and the last frame.
    private(set) var isOver = false

    init(messageLimit: Int) { reader = WebSocketReader(limit: messageLimit) }

    /// Takes what the peer sent.
    ///
    /// - Parameter body: Gets each message; returns whether to go on.
    /// - Returns: How much was taken: all, unless `body` has stopped or the peer has sent its close frame.
    /// - Throws: `WebSocketError`; then the connection is to be ended. The farewell says why.
    func read(_ input: RawSpan, _ body: (RawSpan) -> Bool) throws(WebSocketError) -> Int {
        hasHeard = true
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
                // It is answered with the same code.
                bid(WebSocketFrame.close(try WebSocketCloseCode.read(close.span.bytes)))
                hasPeerClosed = true
                isOver = true
            }
            return count
        } catch {
            bid(error.closeCode)
            // One whose message is too long is told so by the bus, which closes it.
            if error.closeCode != .messageTooLong { isOver = true }
            throw error
        }
    }

    // MARK: Pings

    /// The frame that answers the peer's newest ping, once.
    func takePong() -> [UInt8]? {
        defer { ping = nil }
        return ping.map { WebSocketFrame.control(.pong, $0) }
    }

    /// It is time to ping the peer.
    ///
    /// - Returns: The frame; `nil` if the peer has answered none of the last two, and is given up.
    func takePing() -> [UInt8]? {
        // In the middle of a long frame the peer cannot answer.
        if unansweredPings < 2 || !(hasHeard && reader.isWithinFrame) { unansweredPings += 1 }
        hasHeard = false
        return unansweredPings > 2 ? nil : WebSocketFrame.control(.ping)
    }

    /// The peer cannot be pinged for now, so the pings before that count no longer.
    func forgivePings() { unansweredPings = 0 }

    // MARK: End

    /// The connection will end: with this code, unless it ends with another one already.
    func bid(_ code: WebSocketCloseCode) { bid(WebSocketFrame.close(code)) }

    private func bid(_ frame: [UInt8]) {
        if farewell == nil { farewell = frame }
    }

    /// The last frame. If nobody has said why, the peer has broken a rule of the daemon.
    var lastFrame: [UInt8] { farewell ?? WebSocketFrame.close(.policyViolation) }
}
