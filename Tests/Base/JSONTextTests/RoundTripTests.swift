import JSONText
import TestSupport
import Testing

/// Any value survives writing and scanning.
@Suite("Round trip")
struct RoundTripTests {
    @Test("any value survives writing and reading", arguments: 1...8 as ClosedRange<UInt64>)
    func anyValue(_ seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<300 {
            let value = generator.value()
            let text = value.text
            #expect(Readers.scan(text) == .success(ByteRange(0, text.count)))
            let back = try Readers.parse(text).get()
            #expect(back == value)
            #expect(back.hashValue == value.hashValue)
            // Equality would let 1 and 1.0 pass: the digits and the order of members must be the same, too.
            #expect(back.text == text)
        }
    }

    @Test("any value survives being written by a stranger", arguments: 101...108 as ClosedRange<UInt64>)
    func freely(_ seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<300 {
            let value = generator.value()
            let text = generator.freely(value)
            Accepted("freely", bytes: text, value).check()
            #expect(try Readers.parse(text).get().text == value.text, "the writer's form is the same")
        }
    }

    @Test("any text with something behind it is refused there", arguments: 201...204 as ClosedRange<UInt64>)
    func somethingBehind(_ seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<100 {
            // In brackets, so that a digit behind cannot belong to a number.
            let text = JSON.array([generator.value()]).text
            for byte in Array("0\"]},:x\0".utf8) {
                let longer = text + [0x20, byte]
                #expect(Readers.scan(longer) == .failure(JSONError(.trailingBytes, at: text.count + 1)))
            }
        }
    }

    @Test("strings of all lengths and kinds come back byte for byte", arguments: 301...304 as ClosedRange<UInt64>)
    func strings(_ seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<1000 {
            let string = generator.string()
            let text = JSON.string(string).text
            let decoded = try Readers.exactly(text) { bytes -> Result<[UInt8], JSONError> in
                var scanner = JSONScanner(bytes)
                do throws(JSONError) {
                    return .success(try scanner.string().decoded(in: bytes))
                } catch {
                    return .failure(error)
                }
            }.get()
            #expect(decoded == Array(string.utf8))
        }
    }
}
