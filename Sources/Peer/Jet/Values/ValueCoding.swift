import JSONText

/// *Values as text*: how what a program holds becomes the JSON of the wire and back. What nearly all values are
/// (numbers, truth values, strings) takes the short way; `JSON` keeps the digits of its numbers; everything else goes
/// through the coders of `FoundationCoding`.
enum ValueCoding {
    /// The text of `value`.
    ///
    /// - Throws: `.encoding` if it cannot be written as JSON, as infinity cannot.
    static func encode<Value: Encodable>(_ value: Value) throws(JetError) -> [UInt8] {
        // Types are compared before the cast, which takes far longer when it fails.
        let type = Value.self
        if type == JSON.self, let value = value as? JSON {
            let text = value.text
            if value.array != nil || value.object != nil { try demandShallow(text) }
            return text
        }
        if type == Int.self, let value = value as? Int { return Array(String(value).utf8) }
        if type == Bool.self, let value = value as? Bool { return value ? Text.true : Text.false }
        if type == Double.self, let value = value as? Double {
            guard let number = JSON.Number(value) else { throw JetError(.encoding, "JSON has no number \(value)") }
            return Array(number.text.utf8)
        }
        if type == String.self, let value = value as? String {
            var text: [UInt8] = []
            text.reserveCapacity(value.utf8.count + 2)
            JSONWriter.append(string: value, to: &text)
            return text
        }
        let text = try FoundationCoding.encode(value)
        try demandShallow(text)
        return text
    }

    /// Refuses what could not be read everywhere: a message may have 128 arrays and objects inside each other, and the
    /// most that come around a value are four, in a refusal that quotes the params.
    private static func demandShallow(_ text: [UInt8]) throws(JetError) {
        var scanner = JSONScanner(text.span.bytes, depth: 4)
        do {
            _ = try scanner.value()
        } catch {
            throw JetError(.encoding, "The value cannot be sent: \(error)", underlying: error)
        }
    }

    /// The value of `text`, which may come from anywhere.
    ///
    /// - Throws: `.decoding` if it is no JSON, or not the text of a `Value`. A number that is whole is an `Int`,
    ///   however it is written (`1.0`, `1e2`).
    static func decode<Value: Decodable>(_ type: Value.Type, from text: [UInt8]) throws(JetError) -> Value {
        if type == JSON.self || type == Int.self || type == Double.self || type == Bool.self || type == String.self {
            let tree: JSON
            do {
                tree = try JSON(parsing: text)
            } catch {
                throw JetError(.decoding, "The value is no JSON: \(error)", underlying: error)
            }
            guard let value = short(type, tree) else {
                throw JetError(.decoding, "The value is no \(type)", data: tree)
            }
            return value
        }
        return try FoundationCoding.decode(type, from: text)
    }

    /// The value of a text, or why there is none; neither if there is no text, as for a Method.
    static func attempt<Value: Decodable>(_ type: Value.Type, from text: [UInt8]?) -> (Value?, JetError?) {
        guard let text else { return (nil, nil) }
        do throws(JetError) {
            return (try decode(type, from: text), nil)
        } catch {
            return (nil, error)
        }
    }

    private static func short<Value>(_ type: Value.Type, _ tree: JSON) -> Value? {
        if type == JSON.self { return tree as? Value }
        if type == Int.self { return tree.int as? Value }
        if type == Double.self { return tree.double as? Value }
        if type == Bool.self { return tree.bool as? Value }
        return tree.string as? Value
    }
}

/// Texts that are written again and again.
enum Text {
    static let `true` = Array("true".utf8)
    static let `false` = Array("false".utf8)
    static let null = Array("null".utf8)
    static let emptyObject = Array("{}".utf8)
}
