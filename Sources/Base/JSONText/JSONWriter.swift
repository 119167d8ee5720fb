/// Writes JSON into bytes. The caller sees to the order of brackets and commas; the writer to the text of the values.
public enum JSONWriter {
    /// Appends `string` (UTF-8) with its quotes. What RFC 8259 demands to be escaped is escaped, the rest stands as it
    /// is.
    public static func append(string: RawSpan, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var plainFrom = 0
        for at in 0..<string.byteCount {
            let byte = string.byte(at)
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            output.append(string.extracting(plainFrom..<at))
            plainFrom = at + 1
            output.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
            case 0x08: output.append(UInt8(ascii: "b"))
            case 0x09: output.append(UInt8(ascii: "t"))
            case 0x0A: output.append(UInt8(ascii: "n"))
            case 0x0C: output.append(UInt8(ascii: "f"))
            case 0x0D: output.append(UInt8(ascii: "r"))
            default:
                output.append(contentsOf: "u00".utf8)
                output.append(hexadecimal(byte >> 4))
                output.append(hexadecimal(byte & 0xF))
            }
        }
        output.append(string.extracting(plainFrom..<string.byteCount))
        output.append(UInt8(ascii: "\""))
    }

    /// Appends `string` with its quotes.
    public static func append(string: String, to output: inout [UInt8]) {
        var string = string
        string.withUTF8 { append(string: $0.span.bytes, to: &output) }
    }

    /// Appends any value.
    ///
    /// Nesting is bounded by what the machine's stack allows: a value that came from a text is at most
    /// `JSONScanner.maximumDepth` deep.
    public static func append(_ value: JSON, to output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .boolean(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.text.utf8)
        case .string(let string): append(string: string, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(string: member.name, to: &output)
                output.append(UInt8(ascii: ":"))
                append(member.value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}

extension [UInt8] {
    /// Appends the bytes of `span`.
    @inlinable
    public mutating func append(_ span: RawSpan) {
        span.withUnsafeBytes { append(contentsOf: $0) }
    }
}
