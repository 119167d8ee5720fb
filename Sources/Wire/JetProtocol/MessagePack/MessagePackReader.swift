import JSONText

/// Transcodes MessagePack to JSON text, which is all that the engine reads, in one pass and without a tree
/// (jet-protocol(7) §7.5).
///
/// | MessagePack | JSON |
/// | --- | --- |
/// | nil, true, false | the same |
/// | whole numbers of all formats | all their digits |
/// | float 32, float 64 | the shortest digits that read back as the same number of the same format |
/// | NaN, infinities | refused |
/// | strings and binary data | a string; refused if it is not UTF-8 |
/// | arrays | arrays |
/// | maps | objects; a key that is a whole number becomes the string of its digits, other keys than strings are refused |
/// | extension types, timestamps among them | refused |
///
/// No memory is reserved for elements that a message only announces, and nesting does not use the stack.
public struct MessagePackReader: ~Escapable {
    /// How deep arrays and maps may be nested: as deep as in JSON.
    public static var maximumDepth: Int { JSONScanner.maximumDepth }

    private let bytes: RawSpan
    private var position = 0
    /// The longest text, in bytes.
    private let limit: Int

    /// How many arrays and maps are open around `position`.
    private var depth = 0
    /// One bit for each of them, the innermost one lowest: whether it is a map.
    private var maps: UInt128 = 0
    /// How many values, or keys with their values, are left in each of them.
    private var remaining = InlineArray<128, Int>(repeating: 0)

    @_lifetime(copy bytes)
    private init(_ bytes: RawSpan, limit: Int) {
        self.bytes = bytes
        self.limit = limit
    }

    /// Appends the JSON text of a message, which is exactly one value.
    ///
    /// - Parameters:
    ///   - message: The message, without the frame around it.
    ///   - limit: The longest text, in bytes. It can be six times as long as the message.
    ///   - output: Where to append it. After an error, what was appended is incomplete.
    public static func appendJSON(
        of message: RawSpan, limit: Int, to output: inout [UInt8]
    ) throws(MessagePackError) {
        let (end, isOverflow) = output.count.addingReportingOverflow(limit)
        var reader = MessagePackReader(message, limit: isOverflow ? .max : end)
        try reader.value(to: &output)
        guard reader.position == message.byteCount else {
            throw MessagePackError(.trailingBytes, at: reader.position)
        }
    }

    /// Reads one value with all that is in it.
    @_lifetime(self: copy self)
    private mutating func value(to output: inout [UInt8]) throws(MessagePackError) {
        values: while true {
            let start = position
            switch try bytes.item(at: &position) {
            case .null: output.append(contentsOf: "null".utf8)
            case .boolean(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
            case .unsigned(let number): output.append(contentsOf: String(number).utf8)
            case .signed(let number): output.append(contentsOf: String(number).utf8)
            case .float(let number):
                guard number.isFinite else { throw MessagePackError(.notFinite, at: start) }
                output.append(contentsOf: number.description.utf8)
            case .double(let number):
                guard number.isFinite else { throw MessagePackError(.notFinite, at: start) }
                output.append(contentsOf: number.description.utf8)
            case .string(let count): try string(count, to: &output)
            case .array(let count):
                if try open(count, isMap: false, at: start, to: &output) { continue values }
            case .map(let count):
                if try open(count, isMap: true, at: start, to: &output) {
                    try key(to: &output)
                    continue values
                }
            }
            // The value is complete: continue with the next one, or close the containers that it ends.
            guard output.count <= limit else { throw MessagePackError(.tooLong, at: start) }
            while depth > 0 {
                let isMap = maps & 1 == 1
                if remaining[depth - 1] > 0 {
                    remaining[depth - 1] -= 1
                    output.append(UInt8(ascii: ","))
                    if isMap { try key(to: &output) }
                    continue values
                }
                output.append(isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                depth -= 1
                maps >>= 1
            }
            guard output.count <= limit else { throw MessagePackError(.tooLong, at: start) }
            return
        }
    }

    /// Begins an array or a map; `false` if it is empty, and thus complete.
    @_lifetime(self: copy self)
    private mutating func open(
        _ count: Int, isMap: Bool, at start: Int, to output: inout [UInt8]
    ) throws(MessagePackError) -> Bool {
        guard depth < Self.maximumDepth else { throw MessagePackError(.tooDeep, at: start) }
        // Each value takes a byte at least, and so does each key.
        guard count * (isMap ? 2 : 1) <= bytes.byteCount - position else {
            throw MessagePackError(.unexpectedEnd, at: bytes.byteCount)
        }
        guard count > 0 else {
            output.append(contentsOf: (isMap ? "{}" : "[]").utf8)
            return false
        }
        output.append(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        maps = maps << 1 | (isMap ? 1 : 0)
        remaining[depth] = count - 1
        depth += 1
        return true
    }

    /// Reads a key and writes it, followed by a colon.
    @_lifetime(self: copy self)
    private mutating func key(to output: inout [UInt8]) throws(MessagePackError) {
        let start = position
        switch try bytes.item(at: &position) {
        case .string(let count): try string(count, to: &output)
        case .unsigned(let number): output.append(contentsOf: "\"\(number)\"".utf8)
        case .signed(let number): output.append(contentsOf: "\"\(number)\"".utf8)
        default: throw MessagePackError(.invalidKey, at: start)
        }
        output.append(UInt8(ascii: ":"))
    }

    /// Reads the content of a string.
    @_lifetime(self: copy self)
    private mutating func string(_ count: Int, to output: inout [UInt8]) throws(MessagePackError) {
        guard count <= bytes.byteCount - position else {
            throw MessagePackError(.unexpectedEnd, at: bytes.byteCount)
        }
        let content = bytes.extracting(position..<position + count)
        guard Self.isUTF8(content) else { throw MessagePackError(.invalidUTF8, at: position) }
        // An escape can take six bytes: the exact length is computed only where it matters.
        let room = limit - output.count
        guard count * 6 + 2 <= room || Self.textLength(of: content) <= room else {
            throw MessagePackError(.tooLong, at: position)
        }
        JSONWriter.append(string: content, to: &output)
        position += count
    }

    private static func isUTF8(_ content: RawSpan) -> Bool {
        content.withUnsafeBytes { content in
            content.withMemoryRebound(to: UInt8.self) { content in
                do throws(UTF8.ValidationError) {
                    _ = try UTF8Span(validating: content.span)
                    return true
                } catch {
                    return false
                }
            }
        }
    }

    /// How long a string is in JSON.
    private static func textLength(of content: RawSpan) -> Int {
        content.withUnsafeBytes { content in
            content.reduce(into: content.count + 2) { length, byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: length += 1
                case ..<0x20: length += 5
                default: break
                }
            }
        }
    }
}

extension ErrorObject {
    /// -32700 with the beginning of a message in MessagePack that cannot be parsed, in hexadecimal digits: as many as there
    /// are characters of a text.
    public static func parseError(ofMessagePack message: RawSpan) -> ErrorObject {
        var data = [UInt8(ascii: "\"")]
        let digits = Array("0123456789abcdef".utf8)
        message.extracting(0..<min(message.byteCount, ProtocolLimits.parseErrorText / 2)).withUnsafeBytes { bytes in
            for byte in bytes { data += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]] }
        }
        data.append(UInt8(ascii: "\""))
        return ErrorObject(code: .parseError, message: "Parse error", data: data)
    }
}
