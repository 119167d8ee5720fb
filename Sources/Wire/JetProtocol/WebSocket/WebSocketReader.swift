/// Finds the messages in what a WebSocket brings, however it is cut into frames and these into pieces: what a
/// `FrameReader` is for a byte stream. It reads what clients send, which is masked (RFC 6455, section 5.3).
///
/// All that a header can tell is checked before anything behind it is taken. Of an unfinished message only what has come
/// is kept, and never more than the limit, in however many fragments it comes.
public struct WebSocketReader: Sendable {
    /// What was read.
    public enum Kind: Sendable {
        /// A whole message, in text frames or in binary ones: that says nothing about its encoding, which is agreed on
        /// by other means. Its bytes have not been looked at: whether they are UTF-8 is found by who reads the JSON.
        case message
        /// To be answered with a pong that holds the same.
        case ping
        /// The answer to a ping.
        case pong
        /// The last frame; see `WebSocketCloseCode.read`.
        case close
    }

    /// The longest message that is accepted, in bytes.
    public let limit: Int

    /// Where the next byte belongs.
    private enum Place {
        /// Into a header. Becomes `payload`.
        case header
        /// Behind a header: so much is still to come. Becomes `header`.
        case payload(opcode: WebSocketFrame.Opcode, isFinal: Bool, remaining: Int)
    }

    private var place = Place.header
    private var header = WebSocketHeader()
    /// Whether a message has begun whose last fragment has not.
    private var isFragmented = false
    /// What has come of the message, unmasked.
    private var message: [UInt8] = []
    /// What has come of the control frame, unmasked. It may stand between the fragments of a message.
    private var control: [UInt8] = []

    /// A reader that accepts messages of up to `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// How many bytes of an unfinished message are kept.
    public var buffered: Int { message.count }

    /// Whether a frame has begun and not ended: nothing else can come before its end.
    public var isWithinFrame: Bool {
        if case .payload = place { true } else { header.count > 0 }
    }

    /// Takes what the connection brought and calls `body` with each message and each control frame that is complete now.
    /// Empty messages are left out.
    ///
    /// - Parameter body: Gets them unmasked. Returns whether to go on.
    /// - Returns: How many bytes of `input` were taken: all of them, unless `body` has stopped; then the rest is still to
    ///   be read, before anything else.
    /// - Throws: `WebSocketError`. The connection cannot be read any further then.
    @discardableResult
    public mutating func read(_ input: RawSpan, _ body: (Kind, RawSpan) -> Bool) throws(WebSocketError) -> Int {
        var at = 0
        // Memory serves all messages of one piece, and is not kept for the next one.
        defer { if message.isEmpty, message.capacity > 0 { message = [] } }
        while true {
            if case .header = place {
                while !header.isComplete, at < input.byteCount {
                    header.append(input.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
                    at += 1
                    if header.count == 2 { try header.check(isFragmented: isFragmented) }
                }
                guard header.isComplete else { return at }
                place = try payloadPlace()
            }
            guard case .payload(let opcode, let isFinal, var remaining) = place else { continue }
            let taken = min(remaining, input.byteCount - at)
            let offset = header.length - remaining
            let piece = input.extracting(at..<at + taken)
            if opcode.isControl {
                header.unmask(piece, from: offset, to: &control)
            } else {
                header.unmask(piece, from: offset, to: &message)
            }
            at += taken
            remaining -= taken
            guard remaining == 0 else {
                place = .payload(opcode: opcode, isFinal: isFinal, remaining: remaining)
                return at
            }
            place = .header
            header = WebSocketHeader()
            guard handOver(opcode, isFinal: isFinal, body) else { return at }
        }
    }

    /// What a complete header leads to.
    private func payloadPlace() throws(WebSocketError) -> Place {
        guard let opcode = header.opcode, header.length >= 0 else { throw .violation("the length is negative") }
        if !opcode.isControl {
            let (length, isOverflow) = message.count.addingReportingOverflow(header.length)
            guard !isOverflow, length <= limit else {
                throw .tooLong(length: isOverflow ? .max : length, limit: limit)
            }
        }
        return .payload(opcode: opcode, isFinal: header.isFinal, remaining: header.length)
    }

    /// Hands a frame over that has come to its end, if anything is complete with it.
    private mutating func handOver(
        _ opcode: WebSocketFrame.Opcode, isFinal: Bool, _ body: (Kind, RawSpan) -> Bool
    ) -> Bool {
        switch opcode {
        case .text, .binary, .continuation:
            isFragmented = !isFinal
            guard isFinal, !message.isEmpty else { return true }
            defer { message.removeAll(keepingCapacity: true) }
            return body(.message, message.span.bytes)
        case .close, .ping, .pong:
            defer { control.removeAll() }
            return body(opcode == .ping ? .ping : opcode == .pong ? .pong : .close, control.span.bytes)
        }
    }
}
