import JSONText

/// The values of `jet set` and `jet call` on the command line: JSON, one value per argument.
enum JSONArgument {
    /// Parses one value.
    ///
    /// - Parameters:
    ///   - text: The argument.
    ///   - asString: Whether the argument is a string, not JSON.
    /// - Returns: The value.
    /// - Throws: `JSONArgumentError`, which shows how to quote a string.
    static func value(_ text: String, asString: Bool) throws(JSONArgumentError) -> JSON {
        let text = unmarked(text)
        if asString { return .string(text) }
        do {
            return try JSON(parsing: text)
        } catch {
            throw JSONArgumentError(text: text, reason: error)
        }
    }

    /// Parses the arguments of a call: none, or a single array or object that is passed unchanged, or other values, which
    /// are put into an array.
    ///
    /// - Throws: `JSONArgumentError` for the first argument that is not JSON.
    static func callArguments(_ texts: [String], asStrings: Bool) throws(JSONArgumentError) -> JSON? {
        guard !texts.isEmpty else { return nil }
        var values: [JSON] = []
        for text in texts { values.append(try value(text, asString: asStrings)) }
        if values.count == 1, let only = values.first, only.array != nil || only.object != nil { return only }
        return .array(values)
    }

    /// Marks negative numbers with a NUL, so that the argument parser does not treat `-5` as an option. A command line cannot
    /// contain NUL; `unmarked(_:)` removes it. After `--` all arguments are values anyway.
    static func markingNegativeNumbers(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map(marked) + arguments[end...]
    }

    private static func marked(_ argument: String) -> String {
        let bytes = argument.utf8.prefix(2)
        guard bytes.first == UInt8(ascii: "-"), let digit = bytes.last, UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit
        else { return argument }
        return "\0" + argument
    }

    /// The argument without the mark.
    static func unmarked(_ text: String) -> String { String(text.filter { $0 != "\0" }) }
}

/// An argument that is not JSON.
struct JSONArgumentError: Error, Hashable, CustomStringConvertible {
    /// The argument.
    let text: String
    /// The error of the JSON parser.
    let reason: JSONError

    var description: String {
        // Quoted for a shell: in single quotes, with each single quote inside escaped outside of them.
        let json = JSON.string(text).description
        let quoted = json.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
        return """
            '\(text)' is not JSON: \(reason).
            For a string, write '\(quoted)' or use --string. Examples of other values: 21.5, true, null, '[1,2]', '{"a":1}'.
            """
    }
}
