import JSONText
import JetProtocol

/// From the wire's texts to the user's types.
extension Notice {
    /// The event with a value of the wanted type.
    func event<Value: Decodable>(as type: Value.Type) -> FetchEvent<Value> {
        let (value, failure) = ValueCoding.attempt(type, from: value)
        return FetchEvent(
            kind: kind, path: path, value: value, isFetchOnly: isFetchOnly, meta: metadata, failure: failure)
    }

    /// The entry of a `get` with a value of the wanted type.
    func entry<Value: Decodable>(as type: Value.Type) -> Entry<Value> {
        let (value, failure) = ValueCoding.attempt(type, from: value)
        return Entry(path: path, value: value, isFetchOnly: isFetchOnly, meta: metadata, failure: failure)
    }

    private var metadata: Metadata? {
        meta.flatMap { try? JSON(parsing: $0) }.map { Metadata(parsing: $0) }
    }

    /// Reads the answer to a `get`: an array of entries. What is no entry is left out.
    ///
    /// - Throws: `.decoding` if it is no array.
    static func entries(_ text: [UInt8]) throws(JetError) -> [Notice] {
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        var entries: [Notice] = []
        do {
            guard try scanner.enterArray() else { return [] }
            repeat {
                if try scanner.peek() == UInt8(ascii: "{") {
                    _ = try scanner.members(into: &members)
                    if let entry = Notice(members, in: bytes, isEntry: true) { entries.append(entry) }
                } else {
                    _ = try scanner.value()
                }
            } while try scanner.nextElement()
        } catch {
            throw JetError(.decoding, "The answer to a get is no array: \(error)", underlying: error)
        }
        return entries
    }
}
