/// The *header* of a frame that a client sends: two bytes that say what it is, up to eight of length, and four of mask
/// (RFC 6455, section 5.2). It is put together byte by byte, since it may come so.
struct WebSocketHeader: Sendable {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    /// How many bytes have come.
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

    /// How many bytes the frame holds; negative if it claims more than there can be.
    var length: Int {
        guard lengthBytes > 0 else { return Int(bytes[1] & 0x7F) }
        var length: UInt64 = 0
        for index in 2..<2 + lengthBytes { length = length << 8 | UInt64(bytes[index]) }
        return Int(truncatingIfNeeded: length)
    }

    private var lengthBytes: Int {
        switch bytes[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    /// Checks what the first two bytes say.
    ///
    /// - Parameter isFragmented: Whether a message has begun and not ended.
    func check(isFragmented: Bool) throws(WebSocketError) {
        guard bytes[0] & 0x70 == 0 else { throw .violation("no extension was agreed on") }
        guard let opcode else { throw .violation("an unknown kind of frame") }
        guard bytes[1] & 0x80 != 0 else { throw .violation("what clients send is masked") }
        if opcode.isControl {
            guard isFinal else { throw .violation("a control frame in fragments") }
            guard bytes[1] & 0x7F <= WebSocketFrame.longestControl else {
                throw .violation("a control frame of more than \(WebSocketFrame.longestControl) bytes")
            }
        } else {
            guard isFragmented == (opcode == .continuation) else {
                throw .violation(isFragmented ? "a message inside a message" : "a continuation of nothing")
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
