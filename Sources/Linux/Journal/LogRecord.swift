/// A log entry in the form in which it is written: one or more fields.
struct LogRecord: Sendable, Hashable {
    /// All fields, concatenated.
    private(set) var bytes: [UInt8] = []
    /// The end of each field in `bytes`.
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
