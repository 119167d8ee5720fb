import JetProtocol
import NIOCore

/// Writes frames of a WebSocket as a client must: masked, each with another random key (RFC 6455, section 5.3).
struct FrameMasks {
    private var generator = SystemRandomNumberGenerator()

    /// Appends a frame that is a whole message, or a control frame.
    mutating func append(_ opcode: WebSocketFrame.Opcode, _ payload: RawSpan, to output: inout ByteBuffer) {
        let key = UInt32.random(in: 0 ... .max, using: &generator)
        let length = payload.byteCount
        let header = WebSocketFrame.headerLength(of: length)
        let size = header + 4 + length
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
            // NIO gives at least as many bytes as were asked for.
            guard let place = bytes.baseAddress else { return 0 }
            let behind = WebSocketFrame.putHeader(opcode, length: length, at: place)
            place.storeBytes(of: place.load(fromByteOffset: 1, as: UInt8.self) | 0x80, toByteOffset: 1, as: UInt8.self)
            behind.storeBytes(of: key, as: UInt32.self)
            payload.withUnsafeBytes { Self.mask($0, with: key, to: behind + 4) }
            return size
        }
    }

    /// Copies `source` to `place`, which has room for it, masked. A key in memory order is one for any byte order.
    private static func mask(_ source: UnsafeRawBufferPointer, with key: UInt32, to place: UnsafeMutableRawPointer) {
        let word = UInt64(key) | UInt64(key) << 32
        var at = 0
        while source.count - at >= 8 {
            let bytes = source.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            place.storeBytes(of: bytes ^ word, toByteOffset: at, as: UInt64.self)
            at += 8
        }
        withUnsafeBytes(of: word) { word in
            while at < source.count {
                place.storeBytes(of: source[at] ^ word[at & 7], toByteOffset: at, as: UInt8.self)
                at += 1
            }
        }
    }
}
