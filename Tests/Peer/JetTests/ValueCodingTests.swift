import JSONText
import Moments
import TestSupport
import Testing

@testable import Jet

@Suite("Values as text")
struct ValueCodingTests {
    private func text<Value: Encodable>(_ value: Value) throws -> String {
        String(decoding: try ValueCoding.encode(value), as: UTF8.self)
    }

    private func value<Value: Decodable>(_ text: String, as type: Value.Type) throws(JetError) -> Value {
        try ValueCoding.decode(type, from: Array(text.utf8))
    }

    @Test("what is written short is written as people would")
    func short() throws {
        #expect(try text(1) == "1")
        #expect(try text(1.0) == "1")
        #expect(try text(0.1) == "0.1")
        #expect(try text(true) == "true")
        #expect(try text("a/b\n") == #""a/b\n""#)
        #expect(try text(["b": 1, "a": 2]) == #"{"a":2,"b":1}"#, "in the order of the names, always")
        #expect(try text(["a/b"]) == #"["a/b"]"#)
        #expect(try text(Int?.none) == "null")
        #expect(try text(Int?.some(1)) == "1")
        #expect(try text(JSON(parsing: "1.50")) == "1.50")
        #expect(try text(UInt64.max) == "18446744073709551615")
    }

    @Test("a whole number is an Int, however it is written; others are none")
    func whole() throws {
        for text in ["100", "1e2", "100.0", "1.0E+2"] { #expect(try value(text, as: Int.self) == 100) }
        for text in ["1.5", "1e300", "9223372036854775808", "true", "\"1\"", "null", "[]"] {
            #expect(throws: JetError.self) { try value(text, as: Int.self) }
        }
    }

    @Test("what does not fit is an error of decoding with the value in it")
    func mismatch() {
        func check<Value: Decodable>(_ type: Value.Type, _ text: String) {
            let error = #expect(throws: JetError.self) { _ = try value(text, as: type) }
            #expect(error?.code == .decoding)
            #expect(error?.data?.description == text)
        }
        check(Bool.self, "1")
        check(String.self, "1")
        check(Double.self, "\"1\"")
        check([Int].self, "[1,\"2\"]")
        check([String: Int].self, "[]")
    }

    @Test("infinities and NaN cannot be written, wherever they are")
    func notJSON() {
        for error in [
            #expect(throws: JetError.self, performing: { _ = try text(Double.infinity) }),
            #expect(throws: JetError.self, performing: { _ = try text(Double.nan) }),
            #expect(throws: JetError.self, performing: { _ = try text([1, -Double.infinity]) }),
            #expect(throws: JetError.self, performing: { _ = try text(Float.nan) }),
        ] { #expect(error?.code == .encoding) }
    }

    @Test("what is nested more deeply than a message may be cannot be sent, instead of not being answered")
    func depth() throws {
        func nested(_ depth: Int) -> JSON { (0..<depth).reduce(1) { value, _ in [value] } }
        indirect enum Chain: Encodable {
            case end
            case link(Chain)
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                if case .link(let next) = self { try container.encode(next) }
            }
        }
        #expect(try text(nested(124)).count == 249)
        #expect(#expect(throws: JetError.self) { try text(nested(125)) }?.code == .encoding)
        let chain = (0..<124).reduce(Chain.end) { chain, _ in .link(chain) }
        #expect(#expect(throws: JetError.self) { try text(chain) }?.code == .encoding)
    }

    @Test("numbers survive: 10,000 of each kind")
    func numbers() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<10_000 {
            let whole = Int.random(in: .min ... .max, using: &generator)
            #expect(try value(text(whole), as: Int.self) == whole)
            let bits = Double(bitPattern: generator.next())
            if bits.isFinite { #expect(try value(text(bits), as: Double.self) == bits) }
        }
    }

    @Test("a time to wait is bounded, so that sums of it stay in range")
    func durations() {
        #expect(Duration.seconds(-5).bounded == .zero)
        #expect(Duration.seconds(Int64.max).bounded + .seconds(5) > .seconds(5))
        #expect(Duration.milliseconds(1500).seconds == 1.5)
    }
}
