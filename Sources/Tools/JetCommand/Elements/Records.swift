import JSONText
import JetProtocol

/// The output of `--json`: one object per line. Scripts depend on their form, which is documented in the help of each command
/// and in jet(1); members may be added.
enum Record {
    /// An element, by `jet ls` and `jet get`: `{"path", "kind", "value"?, "fetchOnly"?, "meta"?}`.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - value: The value; `nil` for a Method, whose `kind` is `"method"` instead of `"state"`.
    ///   - isFetchOnly: Whether it is read-only.
    ///   - meta: The metadata from its owner.
    /// - Returns: The record.
    static func element(path: String, value: JSON?, isFetchOnly: Bool, meta: Metadata?) -> JSON {
        .object(members(path: path, value: value, isFetchOnly: isFetchOnly, meta: meta))
    }

    /// An event, by `jet watch`: `{"time", "event", "path", "kind", "value"?, "fetchOnly"?, "meta"?}`.
    ///
    /// - Parameters:
    ///   - event: `add`, `change` or `remove`.
    ///   - time: The time it was received.
    ///   - element: The members of the element.
    /// - Returns: The record.
    static func event(_ event: String, at time: Timestamp, element: JSON) -> JSON {
        var object: JSON.Object = ["time": .string(time.utc), "event": .string(event)]
        for member in element.object ?? [:] { object[member.name] = member.value }
        return .object(object)
    }

    /// An answer, by `jet set` and `jet call`: `{"path", "result"}`.
    static func answer(path: String, result: JSON) -> JSON { ["path": .string(path), "result": result] }

    private static func members(path: String, value: JSON?, isFetchOnly: Bool, meta: Metadata?) -> JSON.Object {
        var object: JSON.Object = ["path": .string(path), "kind": value == nil ? "method" : "state"]
        object["value"] = value
        if isFetchOnly { object["fetchOnly"] = true }
        object["meta"] = meta?.json
        return object
    }
}
