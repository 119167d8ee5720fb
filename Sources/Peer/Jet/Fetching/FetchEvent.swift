public import JetProtocol

/// What happened to an element that matches a fetch.
///
///     known[event.path] = event.kind == .remove ? nil : event.value
public enum FetchEventKind: String, Hashable, Sendable {
    /// It exists: it did when the fetch began, was added, or begins to match.
    case add
    /// Its value was changed, possibly to the same value.
    case change
    /// It was removed, or no longer matches.
    case remove
}

/// One event of a fetch.
///
///     for try await event in try await peer.fetch(.path(startsWith: "cpu/"), as: Double.self) {
///         switch event.kind {
///         case .add, .change: show(event.path, event.value)
///         case .remove: hide(event.path)
///         }
///     }
public struct FetchEvent<Value: Sendable>: Sendable {
    /// What happened.
    public let kind: FetchEventKind
    /// To which element.
    public let path: String
    /// The State's value; with `.remove` the last one. `nil` for a Method, and if `failure` says why.
    public let value: Value?
    /// Whether this peer cannot set (call) it. Only sent with `.add`.
    public let isFetchOnly: Bool
    /// The owner's metadata. Only sent with `.add`.
    public let meta: Metadata?
    /// Why there is no `value` although the element has one: it is not of the type that was asked for. One such element
    /// does not end a fetch of many.
    public let failure: JetError?
}

/// One element of a `get`.
///
///     for entry in try await peer.get(.path(startsWith: "os/")) {
///         print(entry.path, entry.value ?? "(a method)", entry.meta?.unit ?? "")
///     }
public struct Entry<Value: Sendable>: Sendable {
    /// Its path.
    public let path: String
    /// The State's value. `nil` for a Method, and if `failure` says why.
    public let value: Value?
    /// Whether this peer cannot set (call) it.
    public let isFetchOnly: Bool
    /// The owner's metadata.
    public let meta: Metadata?
    /// Why there is no `value` although the element has one: it is not of the type that was asked for.
    public let failure: JetError?
}
