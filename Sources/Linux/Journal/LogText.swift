internal import Text

/// *Text for a line of a log*: what comes from outside (names of peers, paths, reasons) cannot end the line, begin one
/// that somebody else seems to have written, or tell a terminal something.
enum LogText {
    /// Appends a text as it is, but for characters that are not to be seen, which are escaped.
    static func append(_ text: String, to line: inout String) {
        guard !text.isPrintable else { return line.append(text) }
        for scalar in text.unicodeScalars { append(scalar, to: &line) }
    }

    /// Appends ` key=value`. The value stands in quotes if its end would not be clear without.
    static func append(_ key: String, _ value: String, to line: inout String) {
        line.append(" ")
        append(key, to: &line)
        line.append("=")
        let isWord =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { $0.isPrintable && !" \"=\\".unicodeScalars.contains($0) }
        if isWord { return line.append(value) }
        line.append("\"")
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { line.append("\\") }
            append(scalar, to: &line)
        }
        line.append("\"")
    }

    private static func append(_ scalar: Unicode.Scalar, to line: inout String) {
        if scalar.isPrintable { return line.unicodeScalars.append(scalar) }
        switch scalar {
        case "\n": line.append("\\n")
        case "\r": line.append("\\r")
        case "\t": line.append("\\t")
        default: line.append("\\u{\(String(scalar.value, radix: 16))}")
        }
    }

    /// The text, if it has no more than `limit` bytes; else its beginning, and how much is missing.
    static func cut(_ text: String, to limit: Int) -> String {
        let bytes = text.utf8
        guard bytes.count > limit else { return text }
        var end = bytes.index(bytes.startIndex, offsetBy: max(limit, 0))
        while end > bytes.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = bytes.index(before: end)
        }
        let rest = bytes.distance(from: end, to: bytes.endIndex)
        return "\(text[..<end])... (\(rest) bytes more)"
    }
}
