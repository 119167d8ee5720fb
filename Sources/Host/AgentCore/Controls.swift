public import JSONText
public import Jet

/// The part of a provider that serves sets and calls.
///
/// It runs on the lane of the provider. Both share an object that protects its state with a lock.
public protocol Controls: Sendable {
    /// A peer sets the State at `path`.
    ///
    /// - Returns: `.adjust` with what is so afterwards by the kernel's (or another authority's) word, which need not be
    ///   what was asked for. The provider's next report tells it to all others. `.acceptSilently` and `.answer` if that
    ///   is not known yet.
    /// - Throws: `JetError` with a sentence that says what to do about it, to refuse.
    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON>

    /// A peer calls the Method at `path`.
    ///
    /// - Returns: The result.
    /// - Throws: `JetError` with a sentence that says what to do about it, to refuse.
    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON

    /// What of an argument may stand in the log, which more people read than may set and call.
    func loggable(_ argument: JSON, at path: String) -> JSON
}

extension Controls {
    /// Refuses: nothing can be set here.
    public func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        throw JetError(.invalidParams, "'\(path)' cannot be set.", data: ["fetchOnly": .string(path)])
    }

    /// Refuses: there is nothing to call here.
    public func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        throw JetError(.invalidParams, "'\(path)' is no Method.", data: ["notAMethod": .string(path)])
    }

    /// All of it: most arguments are no secrets.
    public func loggable(_ argument: JSON, at path: String) -> JSON { argument }
}

/// A provider of things that can be set or called: those of its readings that are `settable` or a `method`.
public protocol ControllingProvider: Provider {
    /// Serves the sets and calls, for as long as the provider runs.
    var controls: any Controls { get }
}

extension JetError {
    /// A refusal because one member of what was asked for is wrong: `data` is `{"field", "reason"}`.
    ///
    ///     throw JetError.wrong("brightness", "must be from 0 to 255")
    public static func wrong(_ field: String, _ reason: String) -> JetError {
        JetError(.invalidParams, "'\(field)' \(reason).", data: ["field": .string(field), "reason": .string(reason)])
    }
}
