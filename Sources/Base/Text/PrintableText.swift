extension Unicode.Scalar {
    /// Whether the character can be shown in a log, on a terminal or in an error without side effects.
    ///
    /// Not printable are control characters (C0, DEL, and C1, which terminals obey too), line and paragraph separators,
    /// format characters (zero-width ones, tags, and those that change the reading order), and noncharacters.
    package var isPrintable: Bool {
        if value < 0x7F { return value >= 0x20 }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        case .unassigned: !properties.isNoncharacterCodePoint
        default: true
        }
    }
}

extension StringProtocol {
    /// Whether all characters are printable: the text is one line.
    package var isPrintable: Bool { unicodeScalars.allSatisfy(\.isPrintable) }

    /// The text without what is not printable, cut off after `length` scalars.
    package func printable(atMost length: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.lazy.filter(\.isPrintable).prefix(length)))
    }

    /// The text with each character that is not printable escaped as in JSON: `\n`, `\u001b`.
    ///
    /// Within a JSON text that does not change its meaning.
    package var escaped: String {
        if isPrintable { return String(self) }
        var output = ""
        for scalar in unicodeScalars {
            if scalar.isPrintable { output.unicodeScalars.append(scalar) } else { output += scalar.escape }
        }
        return output
    }
}

extension Unicode.Scalar {
    fileprivate var escape: String {
        switch self {
        case "\n": #"\n"#
        case "\r": #"\r"#
        case "\t": #"\t"#
        default:
            String(self).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
    }
}
