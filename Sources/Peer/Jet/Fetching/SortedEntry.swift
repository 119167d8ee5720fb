/// One place of a sorted fetch's window: what stands there.
///
///     for entry in changes.entries { print("\(entry.index).", entry.path, entry.value ?? 0) }
public struct SortedEntry<Value: Sendable>: Sendable {
    /// The place in the whole sorted list, from 1: the window begins at the rule's `sort.from`.
    public let index: Int
    /// Which element stands there.
    public let path: String
    /// The State's value. `nil` for a Method, and if `failure` says why.
    public let value: Value?
    /// Whether this peer cannot set (call) it.
    public let isFetchOnly: Bool
    /// Why there is no `value` although the element has one: it is not of the type that was asked for.
    public let failure: JetError?
}

/// One event of a sorted fetch: which places of the window have new contents, and how far it is filled.
///
/// Dropping what lies beyond the first `count` places of the window and putting each of `entries` in its place gives
/// exactly the window. `Peer.window` does that for you.
///
///     for try await changes in try await peer.fetchSorted(rule, as: Int.self) {
///         for entry in changes.entries { rows[entry.index] = (entry.path, entry.value) }
///         rows = rows.filter { $0.key <= changes.count }      // with a window that begins at place 1
///     }
public struct SortedChanges<Value: Sendable>: Sendable {
    /// The places with new contents, in order. It is empty if the window has only shrunk.
    public let entries: [SortedEntry<Value>]
    /// How many places of the window are filled: `n` of the protocol.
    public let count: Int
    /// How many elements satisfy the rule, if its `sort` says `includesTotal`.
    public let total: Int?
}

/// From the wire's texts to the user's types.
extension SortedNotice.Change {
    /// The entry with a value of the wanted type.
    func entry<Value: Decodable>(as type: Value.Type) -> SortedEntry<Value> {
        let (value, failure) = ValueCoding.attempt(type, from: value)
        return SortedEntry(index: index, path: path, value: value, isFetchOnly: isFetchOnly, failure: failure)
    }
}
