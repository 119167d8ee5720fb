import JSONText
import NIOHTTP1

/// The query of a request: `rule=...&only=value`. Unknown and repeated names are refused, so that a misspelt one is not
/// ignored.
struct APIQuery: Equatable {
    private var values: [String: String] = [:]

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - text: What follows `?`, as it was sent; `nil` for none.
    ///   - known: The names that there are.
    init(_ text: String?, known: [String]) throws(APIError) {
        for part in (text ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = sides.count > 1 ? PercentEncoding.decode(sides[1], plusIsSpace: true) : ""
            else { throw .request(.badRequest, "The query has an escape that is wrong, or is not UTF-8.") }
            guard known.contains(name) else {
                let names = known.isEmpty ? "There is no query here." : "Known are: \(known.joined(separator: ", "))."
                throw .request(.badRequest, "The query has an unknown name. \(names)")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .request(.badRequest, "The query has '\(name)' more than once.")
            }
        }
    }

    subscript(name: String) -> String? { values[name] }
}

/// JSON of a client that becomes a part of a message.
enum APIValue {
    /// Checks that a text is one JSON value, and can be inside of the params of a message.
    ///
    /// - Parameter kinds: The bytes that the value may begin with; all if empty.
    static func check(_ text: [UInt8], _ name: String, beginningWith kinds: [Character] = []) throws(APIError) {
        do throws(JSONError) {
            // The message and its params are two levels.
            var scanner = JSONScanner(text.span.bytes, depth: 2)
            let first = try scanner.peek()
            _ = try scanner.value()
            try scanner.end()
            if kinds.isEmpty || kinds.contains(Character(UnicodeScalar(first))) { return }
        } catch {
            throw .request(.badRequest, "\(name) is not JSON: \(error).")
        }
        throw .request(.badRequest, "\(name) must begin with \(kinds.map(String.init).joined(separator: " or ")).")
    }
}
