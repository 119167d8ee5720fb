/// How many columns of a terminal a text takes, and texts cut to fit.
///
/// A character is one column wide; East Asian wide ones and emoji are two (Unicode Standard Annex 11), a combining mark
/// on its own is none. The text must have been escaped.
enum DisplayWidth {
    /// The columns of `text`.
    static func of(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + of($1) } }

    /// The columns of one character.
    static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        var width = 0
        for scalar in character.unicodeScalars {
            if isWide(scalar) { return 2 }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: continue
            default: width = 1
            }
        }
        return width
    }

    /// `text`, or as much of its beginning as fits into `width` columns with a `…` after it.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        return prefix(of: text, width - 1) + "…"
    }

    /// `text`, or its beginning and end with a `…` between them: for paths, which tell most at their ends.
    static func cutInside(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        let tail = (width - 1) / 2
        let end = String(prefix(of: String(text.reversed()), tail).reversed())
        return prefix(of: text, width - 1 - of(end)) + "…" + end
    }

    /// `text` with blanks after it up to `width` columns.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    private static func prefix(of text: String, _ width: Int) -> String {
        var used = 0
        return String(
            text.prefix { character in
                used += of(character)
                return used <= width
            })
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD, 0xFE0F:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
