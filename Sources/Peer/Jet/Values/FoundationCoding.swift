internal import FoundationEssentials
import JSONText

/// The one place that touches Foundation: its JSON coders, for `Codable` types of the user's own.
enum FoundationCoding {
    /// The text of `value`. Members stand in the order of their names, so that equal values have equal texts.
    static func encode<Value: Encodable>(_ value: Value) throws(JetError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(value))
        } catch {
            throw JetError(.encoding, "The \(Value.self) cannot be written as JSON", underlying: error)
        }
    }

    /// The value of `text`, a JSON text that was scanned before: that bounds how deep it can be.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: [UInt8]) throws(JetError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text))
        } catch {
            throw JetError(
                .decoding, "The value is no \(type)", data: try? JSONText.JSON(parsing: text), underlying: error)
        }
    }
}
