import JSONText

/// Finds the messages in the bytes of a WebSocket, however these are split into frames and pieces, as a `FrameReader` does
/// for a byte stream. It reads what clients send, which is masked (RFC 6455, section 5.3).
///
/// A header is checked before its payload is read, and text once its message is complete. Of an incomplete message, only the bytes that have arrived are kept,
/// and never more than the limit, whatever the number of fragments.
public struct WebSocketReader: Sendable {
    /// What was read: a message, or a control frame.
    public enum Kind: Sendable {
        /// A complete message, in text or binary frames, which does not say in which encoding. Text is UTF-8.
        case message
        /// To be answered with a pong that has the same payload.
        case ping
        /// The answer to a ping.
        case pong
        /// The last frame; see `WebSocketCloseCode.read`.
        case close
    }

    /// The longest message that is accepted, in bytes.
    public let limit: Int

    /// The part of the stream to which the next byte belongs.
    private enum Place {
        /// A header. Becomes `payload`.
        case header
        /// A payload, of which `remaining` bytes are missing. Becomes `header`.
        case payload(opcode: WebSocketFrame.Opcode, isFinal: Bool, remaining: Int)
    }

    private var place = Place.header
    private var header = WebSocketHeader()
    /// Whether the last fragment of a message is missing.
    private var isFragmented = false
    /// Whether the message is text, as its first fragment says.
    private var isText = false
    /// The message as far as it has arrived, unmasked.
    private var message: [UInt8] = []
    /// The control frame as far as it has arrived, unmasked. It may be between the fragments of a message.
    private var control: [UInt8] = []

    /// A reader that accepts messages of up to `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// How many bytes of an incomplete message are kept.
    public var buffered: Int { message.count }

    /// Whether a frame is incomplete: no other frame can arrive before its end.
    public var isWithinFrame: Bool {
        if case .payload = place { true } else { header.count > 0 }
    }

    /// Reads the next bytes of the connection and calls `body` with each message and each control frame that is complete
    /// now. Empty messages are ignored.
    ///
    /// - Parameter body: Gets them unmasked. Returns whether to go on.
    /// - Returns: How many bytes of `input` were read: all of them, unless `body` has stopped. Then the rest has to be
    ///   passed first the next time.
    /// - Throws: `WebSocketError`. The connection cannot be read any further then.
    @discardableResult
    public mutating func read(_ input: RawSpan, _ body: (Kind, RawSpan) -> Bool) throws(WebSocketError) -> Int {
        var at = 0
        // The memory is used for all messages in `input`, and not kept longer.
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
            guard try handOver(opcode, isFinal: isFinal, body) else { return at }
        }
    }

    /// The place behind a complete header.
    private func payloadPlace() throws(WebSocketError) -> Place {
        guard let opcode = header.opcode, header.length >= 0 else { throw .violation("the length is too large") }
        guard header.hasShortestForm else { throw .violation("the length is in a longer form than needed") }
        if !opcode.isControl {
            let (length, isOverflow) = message.count.addingReportingOverflow(header.length)
            guard !isOverflow, length <= limit else {
                throw .tooLong(length: isOverflow ? .max : length, limit: limit)
            }
        }
        return .payload(opcode: opcode, isFinal: header.isFinal, remaining: header.length)
    }

    /// Calls `body` for a complete frame, if it completes a message or is a control frame.
    private mutating func handOver(
        _ opcode: WebSocketFrame.Opcode, isFinal: Bool, _ body: (Kind, RawSpan) -> Bool
    ) throws(WebSocketError) -> Bool {
        switch opcode {
        case .text, .binary, .continuation:
            isFragmented = !isFinal
            if opcode != .continuation { isText = opcode == .text }
            guard isFinal, !message.isEmpty else { return true }
            defer { message.removeAll(keepingCapacity: true) }
            // The whole message: a character may be split across fragments.
            guard !isText || message.span.bytes.isUTF8 else { throw .invalidText }
            return body(.message, message.span.bytes)
        case .close, .ping, .pong:
            defer { control.removeAll() }
            return body(opcode == .ping ? .ping : opcode == .pong ? .pong : .close, control.span.bytes)
        }
    }
}
