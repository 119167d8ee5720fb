/// On which line each key of a TOML document is: the parser tells that only of mistakes of its own.
///
/// It reads what configuration files are made of: headers in brackets, and keys before an equals sign. A key that it does
/// not find has no line, which costs a message its line and nothing else.
struct KeyLines: Sendable {
    private var lines: [String: Int] = [:]

    /// The keys of `text`.
    init(_ text: String) {
        var section = ""
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.first == "[" {
                section = Self.key(line.drop { $0 == "[" }.prefix { $0 != "]" })
                note(section, number)
            } else if line.first != "#", let equals = line.firstIndex(of: "=") {
                note(Self.joined(section, Self.key(line[..<equals])), number)
            }
        }
    }

    /// The line of a key, written with the tables it is in: `sensors.interval`.
    subscript(key: String) -> Int? { lines[key] }

    private mutating func note(_ key: String, _ number: Int) {
        if lines[key] == nil { lines[key] = number }
    }

    /// A key's name within its table.
    static func joined(_ table: String, _ key: String) -> String { table.isEmpty ? key : table + "." + key }

    /// A key as the document means it: without quotes and the white space around it.
    private static func key(_ text: Substring) -> String {
        String(text.filter { $0 != "\"" && $0 != "'" && $0 != " " && $0 != "\t" })
    }
}
