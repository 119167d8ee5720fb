import JSONText

/// Text that is safe to print: paths, values and messages come from other programs, and what reaches a terminal raw
/// can move its cursor, change its title or turn the reading order around.
///
/// Everything that is no visible character is written as JSON escapes it: `\n`, `\u001b`. Inside the text of a JSON
/// value that is the same value again, so printed JSON stays JSON.
enum TerminalText {
    /// `text` with everything invisible escaped.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) {
                append(scalar, to: &output)
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// `text` of several lines, each of them escaped.
    static func escapedLines(_ text: String) -> String {
        // By scalars: as a character, "\r\n" is one.
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { escaped(String($0)) }.joined(separator: "\n")
    }

    /// The JSON text of `value`, on one line.
    static func json(_ value: JSON) -> String { escaped(value.description) }

    /// Whether a scalar does something else than being seen: controls (C0, DEL, C1), format characters (the ones that
    /// turn the reading order, zero-width ones, tags), line and paragraph separators, noncharacters.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        case .unassigned: scalar.properties.isNoncharacterCodePoint
        default: false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout String) {
        switch scalar {
        case "\n": output += #"\n"#
        case "\r": output += #"\r"#
        case "\t": output += #"\t"#
        default:
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                output += #"\u"# + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
    }
}
