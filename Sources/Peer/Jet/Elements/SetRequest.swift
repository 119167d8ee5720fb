public import JSONText

/// A request of another peer that a State take a value.
///
///     let volume = try await peer.addState("audio/volume", 50) { request in
///         guard request.value != request.current else { return .acceptSilently }
///         try await mixer.set(request.value)
///         return .accept
///     }
public struct SetRequest<Value: Sendable>: Sendable {
    /// The requested value.
    public let value: Value
    /// The State's current value.
    public let current: Value
    /// The caller; `nil` unless the State was added with `ElementOptions.caller`.
    public let caller: Caller?

    /// A request, as in tests of a handler.
    public init(value: Value, current: Value, caller: Caller? = nil) {
        self.value = value
        self.current = current
        self.caller = caller
    }
}

/// What a State's set handler decides. To refuse, it throws: a `JetError` reaches the caller as it is, any other error
/// as an internal error with its description.
///
///     { request in
///         switch request.value {
///         case ..<0: throw JetError(.invalidParams, "below zero", data: ["min": 0])
///         case 0...100: .accept
///         default: .adjust(100)
///         }
///     }
public enum SetDecision<Value: Sendable>: Sendable {
    /// The State takes the value. The caller gets a success, then all fetchers are notified of the change.
    case accept
    /// The State takes this value instead. The caller gets a success, then all fetchers are notified of the change.
    case adjust(Value)
    /// The caller gets a success, but the value does not change now and no fetcher is notified: because it has the
    /// value already, or because `State.change` will report what really happens.
    case acceptSilently
    /// As `acceptSilently`, but the caller gets this instead of `true` or the State's value: what it needs to go on
    /// with, such as the id of a job that has begun.
    case answer(JSON)
}

extension SetDecision: Equatable where Value: Equatable {}
