import JSONText
import Testing

/// The ways to read a text, each returning what it found or why it refused, so that they can be compared.
///
/// Every text is read from a block of memory of exactly its size: a sanitizer or valgrind then sees any byte that is
/// touched outside of it.
enum Readers {
    /// What `JSONScanner.value()` and `end()` say: where the value lies.
    static func scan(_ text: [UInt8]) -> Result<ByteRange, JSONError> {
        exactly(text) { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                let range = try scanner.value()
                try scanner.end()
                return .success(range)
            } catch {
                return .failure(error)
            }
        }
    }

    /// What `JSON(parsing:)` says: the tree.
    static func parse(_ text: [UInt8]) -> Result<JSON, JSONError> {
        exactly(text) { bytes in
            do throws(JSONError) {
                return .success(try JSON(parsing: bytes))
            } catch {
                return .failure(error)
            }
        }
    }

    /// What a walk says that steps into every array and object and decodes every string: the tree, built by the means
    /// that users of the scanner have.
    static func walk(_ text: [UInt8]) -> Result<JSON, JSONError> {
        exactly(text) { bytes in
            do throws(JSONError) {
                var scanner = JSONScanner(bytes)
                let value = try walk(&scanner, in: bytes)
                try scanner.end()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
    }

    private static func walk(_ scanner: inout JSONScanner, in bytes: RawSpan) throws(JSONError) -> JSON {
        switch try scanner.peek() {
        case UInt8(ascii: "{"):
            var object = JSON.Object()
            if try scanner.enterObject() {
                repeat {
                    let name = decoded(try scanner.memberName(), in: bytes)
                    object[name] = try walk(&scanner, in: bytes)
                } while try scanner.nextMember()
            }
            return .object(object)
        case UInt8(ascii: "["):
            var elements: [JSON] = []
            if try scanner.enterArray() {
                repeat { elements.append(try walk(&scanner, in: bytes)) } while try scanner.nextElement()
            }
            return .array(elements)
        case UInt8(ascii: "\""):
            return .string(decoded(try scanner.string(), in: bytes))
        default:
            return try JSON(parsing: try scanner.value().of(bytes))
        }
    }

    /// The value of a string, which must be UTF-8 after its escapes are resolved as it was before.
    private static func decoded(_ string: JSONStringRange, in bytes: RawSpan) -> String {
        let decoded = string.decoded(in: bytes)
        guard let value = String(validating: decoded, as: UTF8.self) else {
            Issue.record("decoded to \(decoded), which is no UTF-8")
            return ""
        }
        #expect(value.utf8.elementsEqual(string.string(in: bytes).utf8))
        return value
    }

    /// Gives `body` a copy of `text` in a block of memory that ends where the text ends.
    static func exactly<Result>(_ text: [UInt8], _ body: (RawSpan) -> Result) -> Result {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        defer { block.deallocate() }
        block.copyBytes(from: text)
        return body(UnsafeRawBufferPointer(block).bytes)
    }
}
