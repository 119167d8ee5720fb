import JSONText
import Testing

/// The encoding of strings: UTF-8 and nothing that only resembles it (RFC 8259 section 8.1, Unicode table 3-7).
@Suite("UTF-8")
struct UTF8Tests {
    @Test(
        "is accepted at the borders of its lengths",
        arguments: [
            0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF,
            0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF,
        ] as [UInt32])
    func borders(_ scalar: UInt32) throws {
        let character = String(try #require(Unicode.Scalar(scalar)))
        Accepted("alone", "\"\(character)\"", .string(character)).check()
        Accepted("twice", "\"\(character)\(character)\"", .string(character + character)).check()
        Accepted("between letters", "\"abcdefg\(character)hijk\"", .string("abcdefg\(character)hijk")).check()
        Accepted("in a name", "{\"\(character)\":1}", .object([character: 1])).check()
    }

    @Test("is accepted for every scalar there is")
    func everyScalar() throws {
        // A thousand scalars to a text keep the test short.
        var texts: [String.UnicodeScalarView] = [.init()]
        for scalar in (0x20...0x10FFFF as ClosedRange<UInt32>).lazy.compactMap(Unicode.Scalar.init)
        where scalar != "\"" && scalar != "\\" {
            if texts[texts.count - 1].count == 1000 { texts.append(.init()) }
            texts[texts.count - 1].append(scalar)
        }
        for text in texts {
            let content = Array(String(text).utf8)
            #expect(Readers.scan(quoted(content)) == .success(ByteRange(0, content.count + 2)))
        }
    }

    /// Sequences that are no UTF-8, by what is wrong with them.
    static let invalid: [(name: String, sequence: [UInt8])] = [
        ("a continuation alone", [0x80]),
        ("the last continuation alone", [0xBF]),
        ("two continuations", [0x80, 0x80]),
        ("a continuation too many behind two bytes", [0xC3, 0xA9, 0xA9]),
        ("a continuation too many behind three bytes", [0xE2, 0x82, 0xAC, 0x80]),
        ("a continuation too many behind four bytes", [0xF0, 0x9F, 0x98, 0x80, 0x80]),
        ("overlong NUL", [0xC0, 0x80]),
        ("overlong slash", [0xC0, 0xAF]),
        ("overlong quote", [0xC0, 0xA2]),
        ("overlong U+007F", [0xC1, 0xBF]),
        ("overlong slash in three bytes", [0xE0, 0x80, 0xAF]),
        ("overlong U+07FF in three bytes", [0xE0, 0x9F, 0xBF]),
        ("overlong slash in four bytes", [0xF0, 0x80, 0x80, 0xAF]),
        ("overlong U+FFFF in four bytes", [0xF0, 0x8F, 0xBF, 0xBF]),
        ("the first high surrogate", [0xED, 0xA0, 0x80]),
        ("the last high surrogate", [0xED, 0xAF, 0xBF]),
        ("the first low surrogate", [0xED, 0xB0, 0x80]),
        ("the last low surrogate", [0xED, 0xBF, 0xBF]),
        ("a pair of surrogates, as CESU-8 writes them", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
        ("U+110000", [0xF4, 0x90, 0x80, 0x80]),
        ("U+13FFFF", [0xF4, 0xBF, 0xBF, 0xBF]),
        ("U+140000", [0xF5, 0x80, 0x80, 0x80]),
        ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("six bytes", [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
        ("0xFE", [0xFE]),
        ("0xFF", [0xFF]),
        ("Latin-1", [0xE9]),
        ("two bytes cut short", [0xC3]),
        ("three bytes cut to one", [0xE2]),
        ("three bytes cut to two", [0xE2, 0x82]),
        ("four bytes cut to one", [0xF0]),
        ("four bytes cut to two", [0xF0, 0x9F]),
        ("four bytes cut to three", [0xF0, 0x9F, 0x98]),
        ("a lead for a continuation", [0xC3, 0xC3]),
        ("a letter for the second of three", [0xE2, 0x41, 0xAC]),
        ("a letter for the third of three", [0xE2, 0x82, 0x41]),
        ("a letter for the second of four", [0xF0, 0x41, 0x98, 0x80]),
        ("a letter for the third of four", [0xF0, 0x9F, 0x41, 0x80]),
        ("a letter for the fourth of four", [0xF0, 0x9F, 0x98, 0x41]),
        ("a continuation too low", [0xC3, 0x7F]),
        ("a continuation too high", [0xC3, 0xC0]),
    ]

    @Test("that is damaged is refused, wherever it stands", arguments: invalid.map(\.name))
    func damaged(_ name: String) throws {
        let sequence = try #require(Self.invalid.first { $0.name == name }).sequence
        let offset = Self.startOfDamage(in: sequence)
        Refused(name, bytes: quoted(sequence), .invalidUTF8, at: 1 + offset).check()
        Refused(name, bytes: quoted(joined("abc", sequence, "defghijkl")), .invalidUTF8, at: 4 + offset).check()
        Refused(name, bytes: joined("[", quoted(sequence), "]"), .invalidUTF8, at: 2 + offset).check()
        Refused(name, bytes: joined("{", quoted(sequence), ":1}"), .invalidUTF8, at: 2 + offset).check()
        Refused(name, bytes: joined("\"", sequence), .invalidUTF8, at: 1 + offset).check()
        #expect(Readers.scan(sequence) == .failure(JSONError(.unexpectedByte, at: 0)))
    }

    /// Where the first sequence starts that the standard library's decoder does not take.
    private static func startOfDamage(in sequence: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = sequence.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }

    @Test("of any two, three or four bytes is judged as the standard library judges it")
    func everyLead() {
        // All leads with all second bytes; the rest from the borders of what a continuation may be.
        let borders: [UInt8] = [0x22, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF]
        for lead in 0x80...0xFF as ClosedRange<UInt8> {
            for second in 0x00...0xFF as ClosedRange<UInt8> where second >= 0x20 && second != 0x22 && second != 0x5C {
                var sequences: [[UInt8]] = [[lead, second]]
                if lead >= 0xE0, (0x80...0xBF).contains(second) {
                    for third in borders where third != 0x22 {
                        sequences.append([lead, second, third])
                        if lead >= 0xF0 {
                            for fourth in borders where fourth != 0x22 {
                                sequences.append([lead, second, third, fourth])
                            }
                        }
                    }
                }
                for sequence in sequences {
                    let isValid = String(validating: sequence, as: UTF8.self) != nil
                    let verdict = Readers.scan(quoted(sequence))
                    #expect((try? verdict.get()) != nil ? isValid : !isValid, "\(sequence)")
                }
            }
        }
    }

    @Test("a multi-byte character cut by the end of the text is refused")
    func cutByTheEnd() {
        for character in ["é", "€", "😀"] {
            let whole = joined("\"", character)
            for length in 2..<whole.count {
                Refused("\(length)", bytes: Array(whole.prefix(length)), .invalidUTF8, at: 1).check()
            }
            Refused("whole, but no quote", bytes: whole, .unexpectedEnd, at: whole.count).check()
        }
    }
}
