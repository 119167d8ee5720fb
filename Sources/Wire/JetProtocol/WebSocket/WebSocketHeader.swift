/// The *header* of a frame that a client sends: two bytes with the kind, up to eight with the length, and four with the
/// mask (RFC 6455, section 5.2). It is collected byte by byte, since it may arrive in pieces.
struct WebSocketHeader: Sendable {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    /// How many bytes have arrived.
    private(set) var count = 0
    /// How many bytes it has; known from the second one on.
    private var needed = 2

    var isComplete: Bool { count == needed && count > 2 }

    mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
        if count == 2 { needed = 2 + lengthBytes + 4 }
    }

    /// Whether the frame ends its message.
    var isFinal: Bool { bytes[0] & 0x80 != 0 }

    var opcode: WebSocketFrame.Opcode? { WebSocketFrame.Opcode(rawValue: bytes[0] & 0x0F) }

    /// The length of the payload; negative if the header announces more than 2^63 bytes.
    var length: Int {
        guard lengthBytes > 0 else { return Int(bytes[1] & 0x7F) }
        var length: UInt64 = 0
        for index in 2..<2 + lengthBytes { length = length << 8 | UInt64(bytes[index]) }
        return Int(truncatingIfNeeded: length)
    }

    /// Whether the length takes no more bytes than needed (RFC 6455, section 5.2).
    var hasShortestForm: Bool {
        switch lengthBytes {
        case 2: length > 125
        case 8: length > 65_535
        default: true
        }
    }

    private var lengthBytes: Int {
        switch bytes[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    /// Checks the first two bytes.
    ///
    /// - Parameter isFragmented: Whether a message is incomplete.
    func check(isFragmented: Bool) throws(WebSocketError) {
        guard bytes[0] & 0x70 == 0 else { throw .violation("a reserved bit is set") }
        guard let opcode else { throw .violation("the kind of frame is unknown") }
        guard bytes[1] & 0x80 != 0 else { throw .violation("the frame is not masked") }
        if opcode.isControl {
            guard isFinal else { throw .violation("a control frame is fragmented") }
            guard bytes[1] & 0x7F <= WebSocketFrame.longestControl else {
                throw .violation("a control frame has more than \(WebSocketFrame.longestControl) bytes")
            }
        } else {
            guard isFragmented == (opcode == .continuation) else {
                throw .violation(
                    isFragmented ? "a message begins inside another one" : "a fragment continues no message")
            }
        }
    }

    /// Appends a piece of the frame to `output`, unmasked.
    ///
    /// - Parameter offset: Where in the frame the piece begins.
    func unmask(_ piece: RawSpan, from offset: Int, to output: inout [UInt8]) {
        guard piece.byteCount > 0 else { return }
        let start = output.count
        piece.withUnsafeBytes { output.append(contentsOf: $0) }
        // The mask for eight bytes, the first one lowest.
        var mask: UInt64 = 0
        for index in 0..<8 {
            mask |= UInt64(bytes[needed - 4 + (offset + index) & 3]) << UInt64(8 * index)
        }
        output.withUnsafeMutableBytes { output in
            var at = start
            while output.count - at >= 8 {
                let word = output.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                output.storeBytes(of: word ^ mask.littleEndian, toByteOffset: at, as: UInt64.self)
                at += 8
            }
            while at < output.count {
                output[at] ^= UInt8(truncatingIfNeeded: mask)
                mask >>= 8
                at += 1
            }
        }
    }
}
