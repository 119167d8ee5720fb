import Glibc
import JetProtocol

/// What stands before a message that a daemon sends: a length, or the header of a WebSocket's frame, which is not masked
/// (RFC 6455, section 5.2).
struct ServerFrame {
    /// How many bytes the header has.
    let header: Int
    /// How many bytes the frame holds.
    let length: Int
    /// What the frame is.
    let opcode: WebSocketFrame.Opcode

    /// Reads the header at the beginning of `bytes`.
    ///
    /// - Returns: `nil` if not all of it is there.
    /// - Throws: `BenchError.wrong` for what Jet's daemons do not send: fragments, masks, frames of more than
    ///   `longest` bytes.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer, framing: Framing) throws(BenchError) {
        switch framing {
        case .lengthPrefixed:
            guard bytes.count >= Frame.headerLength else { return nil }
            header = Frame.headerLength
            length = Frame.messageLength(in: bytes.bytes)
            opcode = .text
        case .webSocket:
            guard bytes.count >= 2 else { return nil }
            switch bytes[1] {
            case ...125:
                header = 2
                length = Int(bytes[1])
            case 126:
                guard bytes.count >= 4 else { return nil }
                header = 4
                length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            case 127:
                guard bytes.count >= 10 else { return nil }
                header = 10
                let claimed = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
                length = Int(clamping: claimed)
            default:
                throw .wrong("The daemon sent a frame that is masked.")
            }
            guard bytes[0] & 0xF0 == 0x80, let opcode = WebSocketFrame.Opcode(rawValue: bytes[0] & 0x0F),
                opcode != .continuation
            else { throw .wrong("The daemon sent a frame that begins with the byte \(bytes[0]).") }
            self.opcode = opcode
        }
        guard length <= Self.longest else { throw .wrong("The daemon announced a message of \(length) bytes.") }
    }

    /// The longest message that is read, in bytes.
    static var longest: Int { 4 * ProtocolLimits.messageSize }
}
