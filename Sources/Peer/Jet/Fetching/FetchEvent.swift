public import JetProtocol

/// What happened to an element that a fetch is about.
///
///     known[event.path] = event.kind == .remove ? nil : event.value
public enum FetchEventKind: String, Hashable, Sendable {
    /// It is there: it was when the fetch began, or has come, or has begun to match.
    case add
    /// Its value was changed, perhaps to the same one.
    case change
    /// It is gone, or has ceased to match.
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
    /// Whether this peer cannot set (call) it. Only told with `.add`.
    public let isFetchOnly: Bool
    /// What the owner says about it. Only told with `.add`.
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
    /// What the owner says about it.
    public let meta: Metadata?
    /// Why there is no `value` although the element has one: it is not of the type that was asked for.
    public let failure: JetError?
}
