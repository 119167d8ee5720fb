/// A *record*: an entry as it is to be written, in one or more fields.
struct LogRecord: Sendable, Hashable {
    /// All fields, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where in `bytes` each field ends.
    private(set) var ends: [Int] = []

    /// A record without fields.
    init() {}

    /// A record of one field.
    init(_ text: String) { append(text) }

    /// Appends a field.
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }
}
