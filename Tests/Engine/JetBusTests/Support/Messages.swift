import JSONText

/// The messages of the protocol, as tests expect them.
extension JSON {
    /// The answer to a request that succeeded and has nothing more to say.
    static var done: JSON { ["result": true] }

    /// The answer to a request that went well.
    static func result(_ value: JSON) -> JSON { ["result": value] }

    /// The answer to a request that went wrong.
    static func error(_ code: Int, _ message: String, _ data: JSON) -> JSON {
        ["error": ["code": .number(code), "message": .string(message), "data": data]]
    }

    /// The answer to a request whose params do not fit.
    static func refused(_ data: JSON) -> JSON { .error(-32602, "Invalid params", data) }

    /// A plain notification of a fetch.
    static func event(
        _ fetch: JSON, _ event: String, _ path: String, _ value: JSON? = nil, _ more: JSON.Object = [:]
    ) -> JSON {
        ["method": fetch, "params": .entry(event, path, value, more)]
    }

    /// What a plain notification says, and what a `get` answers for each element.
    static func entry(
        _ event: String, _ path: String, _ value: JSON? = nil, _ more: JSON.Object = [:]
    ) -> JSON {
        var entry: JSON.Object = ["path": .string(path), "event": .string(event)]
        entry["value"] = value
        for member in more { entry[member.name] = member.value }
        return .object(entry)
    }

    /// The same object without the member called `name`.
    func without(_ name: String) -> JSON {
        guard var object else { return self }
        object[name] = nil
        return .object(object)
    }
}
