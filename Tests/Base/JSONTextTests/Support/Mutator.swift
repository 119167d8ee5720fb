import TestSupport

/// Damages texts, in the ways that wires, disks and enemies do. The same seed does the same damage.
struct Mutator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Bytes that mean something to a reader of JSON.
    private static let telling: [UInt8] =
        Array("\"\\{}[]:,-+.eE0123456789utfn/ \t\n".utf8)
        + [0x00, 0x1F, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF]

    /// Pieces that mean something.
    private static let pieces: [[UInt8]] =
        [
            #"\u"#, #"\ud800"#, #"\udc00"#, #"\ud83d\ude00"#, #"\u0000"#, #"\""#, "\"\"", "[[", "]]", "{\"", "\":",
            "true", "null", "1e9", "-0", ",,", #","a":1"#, "é", "€", "😀",
        ].map { Array($0.utf8) }

    /// A text of `corpus` with one to three damages.
    mutating func damaged(_ corpus: [[UInt8]]) -> [UInt8] {
        var text = pick(corpus)
        for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&text, corpus) }
        return text
    }

    private mutating func damage(_ text: inout [UInt8], _ corpus: [[UInt8]]) {
        let at = place(in: text)
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where at < text.count: text[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where at < text.count: text[at] = .random(in: .min ... .max, using: &random)
        case 2 where at < text.count: text[at] = Self.telling.randomElement(using: &random) ?? 0
        case 3 where at < text.count: text.remove(at: at)
        case 4: text.removeSubrange(range(in: text))
        case 5: text.insert(Self.telling.randomElement(using: &random) ?? 0, at: at)
        case 6: text.insert(contentsOf: pick(Self.pieces), at: at)
        case 7: text.removeSubrange(at...)
        case 8: text.insert(contentsOf: text[range(in: text)], at: at)
        default:
            let other = pick(corpus)
            text.replaceSubrange(at..., with: other[place(in: other)...])
        }
    }

    private mutating func pick(_ texts: [[UInt8]]) -> [UInt8] { texts.randomElement(using: &random) ?? [] }

    private mutating func place(in text: [UInt8]) -> Int { Int.random(in: 0...text.count, using: &random) }

    private mutating func range(in text: [UInt8]) -> Range<Int> {
        let start = place(in: text)
        return start..<min(start + Int.random(in: 0...12, using: &random), text.count)
    }
}
