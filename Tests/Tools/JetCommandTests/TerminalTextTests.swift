import JSONText
import Testing

@testable import JetCommand

@Suite("What reaches the terminal")
struct TerminalTextTests {
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
