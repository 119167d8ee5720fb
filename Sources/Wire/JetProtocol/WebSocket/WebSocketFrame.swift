/// *Frames of a WebSocket* as a server writes them: not fragmented and not masked (RFC 6455, section 5).
public enum WebSocketFrame {
    /// The kind of a frame (RFC 6455, section 5.2).
    public enum Opcode: UInt8, Sendable {
        /// The next fragment of a message.
        case continuation = 0x0
        /// A message in UTF-8, or its first fragment.
        case text = 0x1
        /// A binary message, or its first fragment.
        case binary = 0x2
        /// The last frame of its sender.
        case close = 0x8
        /// To be answered with a pong that has the same payload.
        case ping = 0x9
        /// The answer to a ping.
        case pong = 0xA

        /// Whether it is a control frame, and not part of a message.
        public var isControl: Bool { rawValue & 0x8 != 0 }
    }

    /// The longest payload of a control frame, in bytes.
    public static let longestControl = 125
    /// The longest header of a frame that is not masked, in bytes.
    public static let longestHeader = 10

    /// The length of the header of a frame with a payload of `length` bytes.
    public static func headerLength(of length: Int) -> Int {
        length <= 125 ? 2 : length <= 65_535 ? 4 : 10
    }

    /// Writes the header of a frame that is a whole message of `length` bytes, or a whole control frame.
    ///
    /// - Parameter place: Has room for `headerLength(of:)` bytes.
    /// - Returns: The place behind the header.
    @discardableResult
    public static func putHeader(
        _ opcode: Opcode = .text, length: Int, at place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        place.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
        if length <= 125 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: 1, as: UInt8.self)
            return place + 2
        }
        if length <= 65_535 {
            place.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            place.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            return place + 4
        }
        place.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
        place.storeBytes(of: UInt64(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt64.self)
        return place + 10
    }

    /// A control frame.
    ///
    /// - Parameter payload: Cut at `longestControl` bytes.
    public static func control(_ opcode: Opcode, _ payload: [UInt8] = []) -> [UInt8] {
        let payload = payload.prefix(longestControl)
        return [0x80 | opcode.rawValue, UInt8(truncatingIfNeeded: payload.count)] + payload
    }

    /// A close frame; without a code it is empty.
    public static func close(_ code: WebSocketCloseCode?) -> [UInt8] {
        guard let code else { return control(.close) }
        return control(.close, [UInt8(truncatingIfNeeded: code.number >> 8), UInt8(truncatingIfNeeded: code.number)])
    }
}
