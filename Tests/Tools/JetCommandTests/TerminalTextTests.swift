import JSONText
import Testing

@testable import JetCommand

@Suite("What reaches the terminal")
struct TerminalTextTests {
    @Test(
        "has nothing in it that acts",
        arguments: [
            ("\u{1B}[31mred", #"\u001b[31mred"#), ("a\nb\tc\r", #"a\nb\tc\r"#), ("bell\u{07}", #"bell\u0007"#),
            ("del\u{7F}", #"del\u007f"#), ("csi\u{9B}2J", #"csi\u009b2J"#), ("rtl\u{202E}x", #"rtl\u202ex"#),
            ("zero\u{200B}width", #"zero\u200bwidth"#), ("line\u{2028}", #"line\u2028"#), ("\0", #"\u0000"#),
            ("tag\u{E0041}", #"tag\udb40\udc41"#), ("\r\n", #"\r\n"#),
        ])
    func escaped(text: String, safe: String) {
        #expect(TerminalText.escaped(text) == safe)
    }

    @Test(
        "is left alone where it is only to be seen",
        arguments: ["cpu/temperature", "21.5 °C", "温度", "🌡", "é", #"a\b"#, ""])
    func visible(text: String) {
        #expect(TerminalText.escaped(text) == text)
    }

    @Test("is the same JSON value, when it is JSON")
    func json() throws {
        let value: JSON = ["p\u{9B}": "\u{1B}]0;title\u{07}\u{202E}\u{E0041}\n\"\\", "n": [1.50, nil]]
        let text = TerminalText.json(value)
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
        #expect(try JSON(parsing: text) == value)
    }

    @Test("of several lines keeps its ends of line alone")
    func lines() {
        #expect(TerminalText.escapedLines("a\u{1B}\nb\r\n") == "a\\u001b\nb\\r\n")
    }
}

@Suite("Columns of a text")
struct DisplayWidthTests {
    @Test(
        "are counted as a terminal shows it",
        arguments: [("", 0), ("abc", 3), ("°C", 2), ("温度", 4), ("e\u{301}", 1), ("🌡\u{FE0F}", 2), ("🚀", 2), ("ｆ", 2)])
    func width(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test(
        "are no more than those it is cut to",
        arguments: [("abcdef", 4, "abc…"), ("abc", 3, "abc"), ("温度計", 4, "温…"), ("abc", 1, "…"), ("abc", 0, "")])
    func cut(text: String, width: Int, result: String) {
        #expect(DisplayWidth.cut(text, to: width) == result)
    }

    @Test(
        "cut inside, leave both ends",
        arguments: [("net/eth0/rx_bytes", 9, "net/…ytes"), ("abc", 3, "abc"), ("abcd", 2, "a…"), ("abcd", 0, "")])
    func cutInside(text: String, width: Int, result: String) {
        #expect(DisplayWidth.cutInside(text, to: width) == result)
    }
}
