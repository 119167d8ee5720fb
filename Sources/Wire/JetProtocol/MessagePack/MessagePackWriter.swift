public import JSONText

/// Transcodes JSON text to MessagePack, in one pass and without a tree. `MessagePackReader` does the reverse, and can read
/// all that this writes.
///
/// | JSON | MessagePack |
/// | --- | --- |
/// | null, true, false | the same |
/// | a number written as a whole one, from -2^63 to 2^64 - 1 | the shortest of the whole numbers' formats |
/// | any other number | the nearest float 64. Further digits are lost; numbers out of range become the largest one |
/// | strings, arrays, objects | strings, arrays, maps, in the shortest of their formats |
///
/// An array or a map begins with the number of its elements, which is known only at its end. One byte is reserved for it,
/// which is enough for 15 elements. The bytes behind longer ones are moved at the end, once for all of them.
///
/// A writer can be used again for the next message.
public struct MessagePackWriter: Sendable {
    /// An array or a map.
    private struct Container: Sendable {
        let isMap: Bool
        /// The place of the byte for the number of elements.
        let place: Int
        var count = 0
    }

    /// The open ones, the innermost last. Their number is not limited: the engine writes messages around values that have
    /// the greatest depth already.
    private var open: [Container] = []
    /// The ones with more than 15 elements.
    private var long: [Container] = []

    /// A writer.
    public init() {}

    /// Appends the value that `text` is.
    ///
    /// - Throws: `JSONError` if it is not JSON. Then what was appended is incomplete.
    public mutating func append(json text: RawSpan, to output: inout [UInt8]) throws(JSONError) {
        open.removeAll(keepingCapacity: true)
        long.removeAll(keepingCapacity: long.count <= 1024)
        var at = 0
        try value(of: text, at: &at, to: &output)
        var scanner = JSONScanner(text, at: at)
        try scanner.end()
        if !long.isEmpty { widen(&output) }
    }

    private mutating func value(of text: RawSpan, at: inout Int, to output: inout [UInt8]) throws(JSONError) {
        values: while true {
            var scanner = JSONScanner(text, at: at)
            let first = try scanner.peek()
            at = scanner.offset
            switch first {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                at += 1
                if try begin(isMap: first == UInt8(ascii: "{"), of: text, at: &at, to: &output) { continue values }
            case UInt8(ascii: "\""):
                output.append(string: try scanner.string(), of: text)
                at = scanner.offset
            default:
                let range = try scanner.value()
                at = range.end
                switch first {
                case UInt8(ascii: "n"): output.append(0xC0)
                case UInt8(ascii: "f"): output.append(0xC2)
                case UInt8(ascii: "t"): output.append(0xC3)
                default: output.append(number: range.of(text))
                }
            }
            while let last = open.indices.last {
                open[last].count += 1
                if try next(in: open[last], of: text, at: &at, to: &output) { continue values }
                close(open.removeLast(), in: &output)
            }
            return
        }
    }

    /// Begins an array or an object whose opening bracket has been read; `false` if it is empty, and thus complete.
    private mutating func begin(
        isMap: Bool, of text: RawSpan, at: inout Int, to output: inout [UInt8]
    ) throws(JSONError) -> Bool {
        output.append(isMap ? 0x80 : 0x90)
        var scanner = JSONScanner(text, at: at)
        guard try scanner.peek() != (isMap ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            at = scanner.offset + 1
            return false
        }
        open.append(Container(isMap: isMap, place: output.count - 1))
        if isMap { try name(of: text, at: &at, to: &output) }
        return true
    }

    /// Reads what is between an element and the next one; `false` if the container ends here.
    private func next(
        in container: Container, of text: RawSpan, at: inout Int, to output: inout [UInt8]
    ) throws(JSONError) -> Bool {
        var scanner = JSONScanner(text, at: at)
        let byte = try scanner.peek()
        at = scanner.offset + 1
        if byte == UInt8(ascii: ",") {
            if container.isMap { try name(of: text, at: &at, to: &output) }
            return true
        }
        guard byte == (container.isMap ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw JSONError(.unexpectedByte, at: scanner.offset)
        }
        return false
    }

    private func name(of text: RawSpan, at: inout Int, to output: inout [UInt8]) throws(JSONError) {
        var scanner = JSONScanner(text, at: at)
        output.append(string: try scanner.memberName(), of: text)
        at = scanner.offset
    }

    private mutating func close(_ container: Container, in output: inout [UInt8]) {
        if container.count <= 15 {
            output[container.place] |= UInt8(truncatingIfNeeded: container.count)
        } else {
            long.append(container)
        }
    }

    /// Writes the headers of the containers with more than 15 elements, from the last one to the first, so that each byte
    /// is moved once.
    private mutating func widen(_ output: inout [UInt8]) {
        long.sort { $0.place < $1.place }
        var (source, target) = (output.count, output.count)
        for container in long { target += container.count <= 0xFFFF ? 2 : 4 }
        output.append(contentsOf: repeatElement(0, count: target - source))
        output.withUnsafeMutableBytes { bytes in
            for container in long.reversed() {
                let count = source - (container.place + 1)
                source = container.place
                target -= count
                UnsafeMutableRawBufferPointer(rebasing: bytes[target..<target + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[source + 1..<source + 1 + count]))
                let isShort = container.count <= 0xFFFF
                target -= isShort ? 3 : 5
                bytes[target] = (container.isMap ? 0xDE : 0xDC) + (isShort ? 0 : 1)
                if isShort {
                    let count = UInt16(truncatingIfNeeded: container.count).bigEndian
                    bytes.storeBytes(of: count, toByteOffset: target + 1, as: UInt16.self)
                } else {
                    let count = UInt32(truncatingIfNeeded: container.count).bigEndian
                    bytes.storeBytes(of: count, toByteOffset: target + 1, as: UInt32.self)
                }
            }
        }
    }
}

// MARK: - Frames

extension MessagePackWriter {
    /// Appends the messages of frames, each in a frame of its own.
    ///
    /// - Parameters:
    ///   - frames: Complete frames of JSON that this side has written. Anything else is left out.
    ///   - framing: The kind of frames.
    public mutating func append(frames: RawSpan, _ framing: Framing, to output: inout [UInt8]) {
        var at = 0
        var message: [UInt8] = []
        while let range = framing.message(in: frames, at: at) {
            at = range.upperBound
            message.removeAll(keepingCapacity: true)
            // The messages in frames are JSON that this side has written, so this does not fail.
            guard (try? append(json: frames.extracting(range), to: &message)) != nil else { continue }
            framing.appendHeader(of: .msgpack, length: message.count, to: &output)
            output.append(message.span.bytes)
        }
    }
}
