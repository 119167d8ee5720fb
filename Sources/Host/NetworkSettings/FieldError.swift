/// Why a change of a link's settings is refused: the field that is wrong, and what is wrong with it.
///
///     FieldError("addresses[1]", "is the network's own address; a host in it is meant")
public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The member, with the index in a list: `gateway`, `dns[0]`.
    public let field: String
    /// What is wrong, as the end of a sentence that begins with the field.
    public let reason: String

    /// An error of these parts.
    public init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    /// Both in one sentence.
    public var description: String { "\(field) \(reason)" }
}
