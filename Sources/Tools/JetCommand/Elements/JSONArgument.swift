import JSONText

/// The values of `jet set` and `jet call`, as they come from the command line: JSON, one value an argument.
enum JSONArgument {
    /// Reads one value.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - asString: Whether it is to be taken as a string as it stands.
    /// - Returns: The value.
    /// - Throws: `JSONArgumentError` with a hint how to quote what is no JSON.
    static func value(_ text: String, asString: Bool) throws(JSONArgumentError) -> JSON {
        let text = unmarked(text)
        if asString { return .string(text) }
        do {
            return try JSON(parsing: text)
        } catch {
            throw JSONArgumentError(text: text, reason: error)
        }
    }

    /// Reads the arguments of a call: nothing, or one array or object that *is* the arguments, or any other values,
    /// which become an array.
    ///
    /// - Throws: `JSONArgumentError` for the first that is no JSON.
    static func callArguments(_ texts: [String], asStrings: Bool) throws(JSONArgumentError) -> JSON? {
        guard !texts.isEmpty else { return nil }
        var values: [JSON] = []
        for text in texts { values.append(try value(text, asString: asStrings)) }
        if values.count == 1, let only = values.first, only.array != nil || only.object != nil { return only }
        return .array(values)
    }

    /// Makes negative numbers pass for values where an argument parser would take `-5` for an option: marks them with a
    /// NUL, which no command line can hold, to be taken off again by `unmarked(_:)`. What follows `--` is a value anyway.
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

    /// The text as it was typed.
    static func unmarked(_ text: String) -> String { String(text.filter { $0 != "\0" }) }
}

/// A command line argument that should be JSON and is not.
struct JSONArgumentError: Error, Hashable, CustomStringConvertible {
    /// What was typed.
    let text: String
    /// Why it is no JSON.
    let reason: JSONError

    var description: String {
        // Quoted for a shell: the JSON string inside single quotes, which a single quote inside must leave for a moment.
        let json = JSON.string(text).description
        let quoted = json.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
        return """
            '\(text)' is no JSON: \(reason).
            A string needs quotes of its own: '\(quoted)' (or say --string). Other values: 21.5, true, null, '[1,2]', \
            '{"a":1}'.
            """
    }
}
