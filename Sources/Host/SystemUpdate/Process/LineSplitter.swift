/// Bytes as they come from a program, cut into lines. A carriage return ends a line, too: it is what programs use that
/// overwrite a line again and again. A line that is too long is cut.
struct LineSplitter: Sendable {
    private var line: [UInt8] = []
    private static let longest = 4096

    /// The lines that `bytes` complete, without what ended them; empty ones are left out.
    mutating func lines(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let last = rest() { lines.append(last) }
            } else if line.count < Self.longest {
                line.append(byte)
            }
        }
        return lines
    }

    /// What has no end yet, as the last line; `nil` if there is nothing.
    mutating func rest() -> String? {
        defer { line = [] }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
