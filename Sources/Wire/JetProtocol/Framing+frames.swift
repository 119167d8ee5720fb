/// Reading back frames that this side has written, to encode their messages again.
extension Framing {
    /// The range of the message in the frame that begins at `start` and was written by this side; `nil` if there is no
    /// complete frame.
    func message(in bytes: RawSpan, at start: Int) -> Range<Int>? {
        func number<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type, at place: Int) -> Int? {
            guard place + MemoryLayout<Number>.size <= bytes.byteCount else { return nil }
            return Int(exactly: Number(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Number.self)))
        }
        let header: Int
        var length: Int?
        switch self {
        case .lengthPrefixed:
            header = Frame.headerLength
            length = bytes.byteCount - start < header ? nil : Frame.messageLength(in: bytes, at: start)
        case .webSocket:
            switch number(UInt8.self, at: start + 1) {
            case 126?:
                header = 4
                length = number(UInt16.self, at: start + 2)
            case 127?:
                header = 10
                length = number(UInt64.self, at: start + 2)
            case let short:
                header = 2
                length = short
            }
        }
        guard let length, bytes.byteCount - start - header >= length else { return nil }
        return start + header..<start + header + length
    }

    /// Appends the header of a frame that holds a message of `length` bytes.
    func appendHeader(of encoding: Encoding, length: Int, to output: inout [UInt8]) {
        switch self {
        case .lengthPrefixed: Frame.appendHeader(length: length, to: &output)
        case .webSocket:
            withUnsafeTemporaryAllocation(byteCount: WebSocketFrame.longestHeader, alignment: 8) { header in
                guard let start = header.baseAddress else { return }
                let end = WebSocketFrame.putHeader(encoding == .json ? .text : .binary, length: length, at: start)
                output.append(contentsOf: header[..<(end - start)])
            }
        }
    }
}
