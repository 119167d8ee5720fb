import JSONText
import Testing

/// The string loop looks at eight bytes at a time. These tests put every kind of byte that matters at every place of
/// strings around that length, so that nothing depends on where it lies: not in the string, not in the text, and not
/// before the end of memory.
@Suite("Position in a string")
struct AlignmentTests {
    /// Behind the string: nothing, so that its last word is cut by the end of memory; or much.
    static let behind = ["", " ", "      ", "                    "]

    private func everyPlace(_ check: (_ before: [UInt8], _ after: [UInt8], _ white: [UInt8], _ lead: Int) -> Void) {
        for length in 0...40 {
            for place in 0...length {
                for (shift, white) in Self.behind.enumerated() {
                    // White space in front moves the string over all alignments, too.
                    let lead = (length + shift) % 8
                    let before = joined(String(repeating: " ", count: lead), "\"", Self.filler(place))
                    check(before, Self.filler(length - place), Array(white.utf8), lead)
                }
            }
        }
    }

    /// Bytes next to those that end the loop, since these are the ones it could take for them.
    private static func filler(_ count: Int) -> [UInt8] { Array("! #[]^ ~\u{7F}".utf8.cycled(to: count)) }

    @Test(
        "a control character is found anywhere",
        arguments: [0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F] as [UInt8])
    func controlCharacter(_ byte: UInt8) {
        everyPlace { before, after, white, _ in
            let text = joined(before, [byte], after, "\"", white)
            #expect(Readers.scan(text) == .failure(JSONError(.controlCharacter, at: before.count)))
        }
    }

    @Test("the closing quote is found anywhere")
    func quote() {
        everyPlace { before, after, white, lead in
            // What follows the quote is no white space unless nothing does.
            let expected: Result<ByteRange, JSONError> =
                after.isEmpty
                ? .success(ByteRange(lead, before.count + 1))
                : .failure(JSONError(.trailingBytes, at: before.count + 1 + (after.first == 0x20 ? 1 : 0)))
            #expect(Readers.scan(joined(before, "\"", after.isEmpty ? white : after)) == expected)
        }
    }

    @Test("a backslash is found anywhere", arguments: [(#"\""#, "\""), (#"\\"#, "\\"), (#"\u00e9"#, "é")])
    func escape(_ escape: String, _ value: String) {
        everyPlace { before, after, white, lead in
            let text = joined(before, escape, after, "\"", white)
            #expect(Readers.scan(text) == .success(ByteRange(lead, text.count - white.count)))
            let string = String(decoding: joined(Array(before.dropFirst(lead + 1)), value, after), as: UTF8.self)
            #expect(Readers.parse(text) == .success(.string(string)))
        }
    }

    @Test("an escape that is none is found anywhere")
    func badEscape() {
        everyPlace { before, after, white, _ in
            let text = joined(before, "\\x", after, "\"", white)
            #expect(Readers.scan(text) == .failure(JSONError(.invalidEscape, at: before.count)))
        }
    }

    @Test("a character of several bytes is accepted anywhere", arguments: ["é", "€", "😀"])
    func multibyte(_ character: String) {
        everyPlace { before, after, white, lead in
            let text = joined(before, character, after, "\"", white)
            #expect(Readers.scan(text) == .success(ByteRange(lead, text.count - white.count)))
        }
    }

    @Test(
        "a byte that is no UTF-8 is found anywhere",
        arguments: [[0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]])
    func noUTF8(_ sequence: [UInt8]) {
        everyPlace { before, after, white, _ in
            let text = joined(before, sequence, after, "\"", white)
            #expect(Readers.scan(text) == .failure(JSONError(.invalidUTF8, at: before.count)))
        }
    }

    @Test("the missing end is found at every length")
    func noEnd() {
        everyPlace { before, after, _, _ in
            let text = joined(before, after)
            #expect(Readers.scan(text) == .failure(JSONError(.unexpectedEnd, at: text.count)))
        }
    }

    @Test("every byte is seen for what it is, beside every other")
    func neighbours() {
        // All pairs of bytes, in a word that is plain but for them.
        for first in 0x00...0xFF as ClosedRange<UInt8> {
            for second in 0x00...0xFF as ClosedRange<UInt8> {
                let content = joined("abc", [first, second], "defg")
                // The naive reader knows no characters of two bytes, and no escapes by number.
                if (0xC2...0xDF).contains(first), (0x80...0xBF).contains(second) { continue }
                if first == UInt8(ascii: "\\"), second == UInt8(ascii: "u") { continue }
                if Readers.scan(quoted(content)) != Self.naively(content) { Issue.record("\(first) and \(second)") }
            }
        }
    }

    @Test("of two bytes that matter, the first is found, whatever lies between")
    func two() {
        // Every pair in every two places of one word and the byte behind: no byte may disturb how its neighbour is seen.
        let special: [UInt8] = [0x00, 0x01, 0x1F, 0x22, 0x5C, 0x80, 0xFF]
        for first in 0..<8 {
            for second in first + 1..<9 {
                for one in special {
                    for other in special + [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] {
                        var content = Array(repeating: UInt8(ascii: " "), count: 9)
                        (content[first], content[second]) = (one, other)
                        #expect(Readers.scan(quoted(content)) == Self.naively(content), "\(content)")
                    }
                }
            }
        }
    }

    /// What is to be said of a string of such bytes, read one byte after the other.
    private static func naively(_ content: [UInt8]) -> Result<ByteRange, JSONError> {
        var at = 0
        while at < content.count {
            switch content[at] {
            case 0x00...0x1F: return .failure(JSONError(.controlCharacter, at: at + 1))
            case 0x80...0xFF: return .failure(JSONError(.invalidUTF8, at: at + 1))
            case UInt8(ascii: "\""):
                let rest = content.dropFirst(at + 1) + [UInt8(ascii: "\"")]
                let next = rest.firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? rest.endIndex
                return .failure(JSONError(.trailingBytes, at: next + 1))
            case UInt8(ascii: "\\"):
                let escaped = at + 1 < content.count ? content[at + 1] : UInt8(ascii: "\"")
                guard "\"\\/bfnrt".utf8.contains(escaped) else {
                    return .failure(JSONError(.invalidEscape, at: at + 1))
                }
                at += 2
            default: at += 1
            }
        }
        // A backslash at the end takes the quote with it.
        return at == content.count
            ? .success(ByteRange(0, content.count + 2)) : .failure(JSONError(.unexpectedEnd, at: content.count + 2))
    }
}

extension Collection {
    /// The elements over and over, until there are `count`.
    fileprivate func cycled(to count: Int) -> [Element] {
        var result: [Element] = []
        while result.count < count { result += prefix(count - result.count) }
        return result
    }
}
