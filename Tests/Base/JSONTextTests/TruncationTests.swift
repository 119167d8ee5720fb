import JSONText
import Testing

/// A text that was cut is refused: what arrives in pieces can never be taken for something shorter.
@Suite("Truncation")
struct TruncationTests {
    /// A text with every kind of token, and no part in front that is a value itself.
    static let rich = """
        { "path" : "a\\"b\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é€😀" , "\\u0041" : [ 0 , -0.5e+10 , 1E-7 ,
        true , false , null , [ ] , { } , [ { "deep" : [ "a long enough string to fill some words" ] } ] ] , "" : -12 }
        """

    @Test("every part in front of a text is refused")
    func everyPrefix() {
        let text = Array(Self.rich.utf8)
        #expect(throws: Never.self) { try JSON(parsing: text) }
        for length in text.indices {
            let prefix = Array(text.prefix(length))
            let verdict = Readers.scan(prefix)
            #expect(Readers.parse(prefix).map { _ in ByteRange(0, 0) } == verdict)
            guard case .failure(let error) = verdict else {
                Issue.record("\(length) bytes were accepted")
                continue
            }
            // Only inside a character or behind half a pair is there more to say than that the text ended.
            let says: [JSONError.Reason] = [.unexpectedEnd, .invalidUTF8, .loneSurrogate]
            #expect(says.contains(error.reason), "\(length): \(error)")
            if error.reason == .unexpectedEnd { #expect(error.offset == length) }
        }
    }

    @Test("every part behind is refused, but for the white space before")
    func everySuffix() {
        let text = Array((" " + Self.rich).utf8)
        for start in text.indices.dropFirst(2) {
            let suffix = Array(text.suffix(from: start))
            #expect(throws: JSONError.self, "from \(start)") { try Readers.scan(suffix).get() }
            #expect(throws: JSONError.self, "from \(start)") { try Readers.parse(suffix).get() }
        }
    }

    @Test(
        "a part in front that is a value itself is accepted",
        arguments: [
            ("-12.5e+30", [2, 3, 5, 8, 9]), ("0.25", [1, 3, 4]), ("12 ", [1, 2, 3]), (#""a" "#, [3, 4]), ("true", [4]),
        ])
    func values(_ text: String, _ accepted: [Int]) {
        for length in 0...text.utf8.count {
            let verdict = Readers.scan(Array(text.utf8.prefix(length)))
            #expect(((try? verdict.get()) != nil) == accepted.contains(length), "\(length)")
        }
    }
}
