import Testing
import Text

@Suite("Printable text")
struct PrintableTextTests {
    /// Texts with a character that is not printable, and how they are escaped.
    static let unprintable = [
        ("\u{1B}[31mred", #"\u001b[31mred"#), ("a\nb\tc\r", #"a\nb\tc\r"#), ("bell\u{07}", #"bell\u0007"#),
        ("del\u{7F}", #"del\u007f"#), ("csi\u{9B}2J", #"csi\u009b2J"#), ("next\u{85}line", #"next\u0085line"#),
        ("rtl\u{202E}x", #"rtl\u202ex"#), ("isolate\u{2066}x", #"isolate\u2066x"#), ("mark\u{61C}", #"mark\u061c"#),
        ("zero\u{200B}width", #"zero\u200bwidth"#), ("bom\u{FEFF}", #"bom\ufeff"#), ("soft\u{AD}", #"soft\u00ad"#),
        ("line\u{2028}", #"line\u2028"#), ("paragraph\u{2029}", #"paragraph\u2029"#), ("\0", #"\u0000"#),
        ("tag\u{E0041}", #"tag\udb40\udc41"#), ("none\u{FFFF}", #"none\uffff"#), ("\r\n", #"\r\n"#),
    ]

    @Test("escapes what is not printable as JSON does", arguments: unprintable)
    func escaped(text: String, safe: String) {
        #expect(!text.isPrintable)
        #expect(text.escaped == safe)
        #expect(safe.isPrintable)
    }

    @Test(
        "is not changed",
        arguments: ["cpu/temperature", "21.5 °C", "温度", "🌡", "🌡\u{FE0F}", "é", "e\u{301}", #"a\b"#, ""])
    func visible(text: String) {
        #expect(text.isPrintable)
        #expect(text.escaped == text)
        #expect(text.printable(atMost: 100) == text)
    }

    @Test("without what is not printable is as long as it may be, in scalars", arguments: unprintable)
    func without(text: String, _: String) {
        #expect(text.printable(atMost: 100).isPrintable)
        #expect(text.printable(atMost: 3).unicodeScalars.count <= 3)
    }

    @Test("has an escape, not a space, for bytes that are not UTF-8: they are replaced before")
    func invalid() {
        // Lone surrogates, and bytes that are not UTF-8, cannot be in a String.
        #expect(String(decoding: [0x61, 0xED, 0xA0, 0x80, 0xFF], as: UTF8.self).isPrintable)
    }
}
