import JSONText

extension JSON {
    /// The optional member called `name`; `nil` when it is absent or `null`, which are the same (jet-protocol(7) §2.2).
    func optional(_ name: String) -> JSON? {
        guard let value = self[name], value != .null else { return nil }
        return value
    }
}
