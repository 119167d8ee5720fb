import Jet

/// An element as an answer to `get` shows it.
struct FoundElement: Hashable, Sendable {
    /// Where it is.
    var path: String
    /// Its value; `nil` for a Method.
    var value: JSON?
    /// Whether we may not set (call) it.
    var isFetchOnly: Bool
    /// What its owner says about it.
    var meta: Metadata?

    /// Reads an entry, plain or sorted; `nil` if it is none.
    init?(_ entry: JSON) {
        guard let path = entry["path"]?.string else { return nil }
        self.path = path
        value = entry["value"]
        isFetchOnly = entry["fetchOnly"]?.bool ?? false
        meta = entry["meta"].map(Metadata.init(parsing:))
    }

    /// For programs.
    var record: JSON { Record.element(path: path, value: value, isFetchOnly: isFetchOnly, meta: meta) }
    /// For people.
    var row: Listing.Row { Listing.Row(path: path, value: value, unit: meta?.unit) }
}
