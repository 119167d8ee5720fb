/// Any JSON value, as a tree: for code that looks inside a value or builds one. Code that only passes values on keeps
/// their text and uses `JSONScanner`.
///
///     let value: JSON = ["temperature": 21.5, "unit": "°C"]
///     value["temperature"]?.double        // 21.5
///     value.description                   // {"temperature":21.5,"unit":"°C"}
public enum JSON: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case boolean(Bool)
    /// A number with its digits as they were written.
    case number(Number)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object(Object)

    /// Whether both are the same value. Numbers are compared as numbers, strings by their code points (not by canonical
    /// equivalence, as `String` compares), objects without regard to the order of their members.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.isSpelt(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null:
            hasher.combine(0)
        case .boolean(let flag):
            hasher.combine(1)
            hasher.combine(flag)
        case .number(let number):
            hasher.combine(2)
            hasher.combine(number)
        case .string(let string):
            hasher.combine(3)
            hasher.combine(Object.Name(string))
        case .array(let elements):
            hasher.combine(4)
            hasher.combine(elements)
        case .object(let object):
            hasher.combine(5)
            hasher.combine(object)
        }
    }
}

extension String {
    /// Whether both have the same code points: `==` would take canonical equivalents for the same.
    func isSpelt(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

extension JSON {
    /// Reads a text that is one JSON value.
    ///
    /// - Throws: `JSONError` if the text is not JSON.
    public init(parsing bytes: RawSpan) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        self = try scanner.tree()
        try scanner.end()
    }

    /// Reads a text that is one JSON value.
    ///
    /// - Throws: `JSONError` if the text is not JSON.
    public init(parsing bytes: [UInt8]) throws(JSONError) { try self.init(parsing: bytes.span.bytes) }

    /// Reads a text that is one JSON value.
    ///
    /// - Throws: `JSONError` if the text is not JSON.
    public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }

    /// The value's text, without white space.
    public var text: [UInt8] {
        var output: [UInt8] = []
        JSONWriter.append(self, to: &output)
        return output
    }
}

extension JSON: CustomStringConvertible {
    /// The value's text, without white space.
    public var description: String { String(decoding: text, as: UTF8.self) }
}

extension JSONScanner {
    /// Reads one value as a tree.
    mutating func tree() throws(JSONError) -> JSON {
        switch try peek() {
        case UInt8(ascii: "\""):
            return .string(try string().string(in: bytes))
        case UInt8(ascii: "["):
            var elements: [JSON] = []
            if try enterArray() {
                repeat { elements.append(try tree()) } while try nextElement()
            }
            return .array(elements)
        case UInt8(ascii: "{"):
            var object = JSON.Object.Builder()
            if try enterObject() {
                repeat {
                    let name = try memberName().string(in: bytes)
                    object.append(name, try tree())
                } while try nextMember()
            }
            return .object(object.finish())
        case UInt8(ascii: "t"):
            _ = try value()
            return .boolean(true)
        case UInt8(ascii: "f"):
            _ = try value()
            return .boolean(false)
        case UInt8(ascii: "n"):
            _ = try value()
            return .null
        default:
            let range = try value()
            return .number(JSON.Number(scanned: range.of(bytes).string))
        }
    }
}
