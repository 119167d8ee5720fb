import JetProtocol
import NIOCore

/// Finds the messages in the bytes that a server sends on a WebSocket, and writes them with a length in front, as on a
/// byte stream. Frames of a server are not masked (RFC 6455, section 5.1).
///
/// The payload of a frame is passed on as it arrives. Only fragments are collected, up to the limit.
struct ServerFrameReader {
    /// The part of the stream to which the next byte belongs.
    private enum Place {
        /// A header. Becomes `payload`.
        case header
        /// A payload, of which `remaining` bytes are missing. Becomes `header`.
        case payload(opcode: WebSocketFrame.Opcode, isFinal: Bool, remaining: Int)
    }

    /// The longest message that is accepted, in bytes.
    let limit: Int
    private var place = Place.header
    /// The header as far as it has arrived: at most 10 bytes.
    private var header: [UInt8] = []
    /// The fragments of a message as far as they have arrived; `nil` between messages.
    private var fragments: [UInt8]?
    /// The payload of a control frame, which may be between fragments.
    private var control: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// Reads all of `input`.
    ///
    /// - Parameters:
    ///   - output: Gets the messages, or the next part of one, each with its length in front.
    ///   - body: Called for each control frame.
    /// - Throws: `WebSocketError`. The connection cannot be read any further then.
    mutating func read(
        _ input: inout ByteBuffer, into output: inout ByteBuffer,
        _ body: (WebSocketFrame.Opcode, [UInt8]) throws(WebSocketError) -> Void
    ) throws(WebSocketError) {
        while true {
            switch place {
            case .header:
                guard try readHeader(&input, into: &output) else { return }
            case .payload(let opcode, let isFinal, let remaining):
                let count = min(remaining, input.readableBytes)
                if var piece = input.readSlice(length: count), count > 0 {
                    if opcode.isControl {
                        control += piece.readableBytesView
                    } else if fragments != nil {
                        fragments? += piece.readableBytesView
                    } else {
                        output.writeBuffer(&piece)
                    }
                }
                guard count == remaining else {
                    place = .payload(opcode: opcode, isFinal: isFinal, remaining: remaining - count)
                    return
                }
                place = .header
                if opcode.isControl {
                    defer { control = [] }
                    try body(opcode, control)
                } else if isFinal, let message = fragments {
                    fragments = nil
                    guard !message.isEmpty else { continue }
                    output.writeInteger(UInt32(message.count))
                    output.writeBytes(message)
                }
            }
        }
    }

    /// Reads a header, or a part of it.
    ///
    /// - Returns: Whether it is complete.
    private mutating func readHeader(
        _ input: inout ByteBuffer, into output: inout ByteBuffer
    ) throws(WebSocketError) -> Bool {
        while header.count < 2 || header.count < 2 + lengthBytes {
            guard let byte = input.readInteger(as: UInt8.self) else { return false }
            header.append(byte)
        }
        guard header[0] & 0x70 == 0, let opcode = WebSocketFrame.Opcode(rawValue: header[0] & 0x0F) else {
            throw .violation("the kind of frame is unknown")
        }
        guard header[1] & 0x80 == 0 else { throw .violation("a frame of the server is masked") }
        let length =
            lengthBytes == 0
            ? UInt64(header[1]) : header[2...].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let isFinal = header[0] & 0x80 != 0
        header.removeAll(keepingCapacity: true)
        if opcode.isControl {
            guard isFinal, length <= UInt64(WebSocketFrame.longestControl) else {
                throw .violation("a control frame is fragmented or too long")
            }
        } else {
            guard (opcode == .continuation) == (fragments != nil) else {
                throw .violation("a message begins inside another one, or a fragment continues no message")
            }
            let (whole, overflow) = UInt64(fragments?.count ?? 0).addingReportingOverflow(length)
            guard !overflow, whole <= UInt64(min(limit, Int(UInt32.max))) else {
                throw .tooLong(length: Int(clamping: overflow ? .max : whole), limit: limit)
            }
            if opcode != .continuation {
                if !isFinal {
                    fragments = []
                } else if length > 0 {
                    output.writeInteger(UInt32(length))
                }
            }
        }
        place = .payload(opcode: opcode, isFinal: isFinal, remaining: Int(length))
        return true
    }

    private var lengthBytes: Int {
        switch header[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }
}
