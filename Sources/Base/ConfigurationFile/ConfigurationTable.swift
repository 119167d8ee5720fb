public import JSONText

/// A table of a configuration file, in TOML (toml.io), from which values are *taken* one by one. A key that is left at
/// the end is unknown, and an error: a misspelt key must not be ignored silently.
///
///     var table = try ConfigurationTable(parsing: text, file: "/etc/jet/agent.toml")
///     interval = try table.take("interval", default: 1.0, in: 0.1...86400)
///     sensors = try table.section("sensors", default: SensorConfiguration())
///     try table.finish()
public struct ConfigurationTable: Sendable {
    private let file: String
    private let name: String
    private let lines: [String: Int]
    private var members: JSON.Object
    private var known: [String] = []

    /// The table of a whole document.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - file: The name of the document in errors.
    public init(parsing text: String, file: String) throws(ConfigurationError) {
        let document = try TOMLDocument(text, file: file)
        members = document.root
        lines = document.lines
        self.file = file
        name = ""
    }

    private init(_ members: JSON.Object, of parent: ConfigurationTable, named key: String) {
        file = parent.file
        lines = parent.lines
        name = parent.qualified(key)
        self.members = members
    }

    /// A key with the tables that it is in.
    private func qualified(_ key: String) -> String { name.isEmpty ? key : name + "." + key }

    /// The keys that have not been taken, for tables whose keys are names.
    public var keys: [String] { members.map(\.name) }

    /// An error about one of the table's keys.
    public func error(_ key: String, _ reason: String) -> ConfigurationError {
        let key = qualified(key)
        return ConfigurationError(file: file, line: lines[key] ?? lines[name], "'\(key)' \(reason)")
    }

    /// Takes the value of a key, of any type; `nil` if the key does not exist.
    public mutating func take(_ key: String) -> JSON? {
        known.append(key)
        defer { members[key] = nil }
        return members[key]
    }

    /// Takes `true` or `false`.
    public mutating func take(_ key: String, default value: Bool) throws(ConfigurationError) -> Bool {
        guard let found = take(key) else { return value }
        guard let bool = found.bool else { throw error(key, "must be true or false, not \(found).") }
        return bool
    }

    /// Takes a whole number.
    public mutating func take(
        _ key: String, default value: Int, in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int {
        guard let found = take(key) else { return value }
        guard let number = found.int, range.contains(number) else {
            throw error(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(found).")
        }
        return number
    }

    /// Takes a number.
    public mutating func take(
        _ key: String, default value: Double, in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Double {
        guard let found = take(key) else { return value }
        guard let number = found.double, range.contains(number) else {
            throw error(
                key,
                "must be a number from \(JSON.number(range.lowerBound)) to \(JSON.number(range.upperBound)), not \(found)."
            )
        }
        return number
    }

    /// Takes a span of time, written as a number of seconds.
    public mutating func take(
        _ key: String, default value: Duration, in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Duration {
        members[key] == nil ? value : .seconds(try take(key, default: 0.0, in: range))
    }

    /// Takes a text.
    public mutating func take(_ key: String, default value: String) throws(ConfigurationError) -> String {
        guard let found = take(key) else { return value }
        guard let text = found.string else { throw error(key, "must be a text in quotes, not \(found).") }
        return text
    }

    /// Takes a list of texts.
    public mutating func take(_ key: String, default value: [String]) throws(ConfigurationError) -> [String] {
        guard let found = take(key) else { return value }
        let texts = found.array?.compactMap(\.string)
        guard let texts, texts.count == found.array?.count else {
            throw error(key, "must be a list of texts, such as [\"a\", \"b\"], not \(found).")
        }
        return texts
    }

    /// Takes a table; an absent one is empty.
    public mutating func table(_ key: String) throws(ConfigurationError) -> ConfigurationTable {
        guard let found = take(key) else { return ConfigurationTable(JSON.Object(), of: self, named: key) }
        guard let object = found.object else { throw error(key, "must be a table, not \(found).") }
        return ConfigurationTable(object, of: self, named: key)
    }

    /// Takes an array of tables; an absent one is empty. They are called `key[0]`, `key[1]` and so on in errors.
    public mutating func tables(_ key: String) throws(ConfigurationError) -> [ConfigurationTable] {
        guard let found = take(key) else { return [] }
        let objects = found.array?.compactMap(\.object)
        guard let objects, objects.count == found.array?.count else {
            throw error(key, "must be an array of tables, each beginning with [[\(qualified(key))]], not \(found).")
        }
        return objects.enumerated().map { ConfigurationTable($1, of: self, named: "\(key)[\($0)]") }
    }

    /// Takes a table as the settings of a section, and makes sure that all its keys are taken.
    public mutating func section<Section: ConfigurationSection>(
        _ key: String, default section: Section
    ) throws(ConfigurationError) -> Section {
        var table = try table(key)
        var section = section
        try section.take(from: &table)
        try table.finish()
        return section
    }

    /// Makes sure that all keys have been taken.
    ///
    /// - Throws: An error about the first unknown key, with the known key that is most similar.
    public func finish() throws(ConfigurationError) {
        guard let unknown = members.first?.name else { return }
        let near = known.map { (key: $0, distance: Self.distance($0, unknown)) }.min { $0.distance < $1.distance }
        if let near, near.distance <= 2 {
            throw error(unknown, "is not a known key; did you mean '\(near.key)'?")
        }
        throw error(unknown, "is not a known key. Known keys: \(known.sorted().joined(separator: ", ")).")
    }

    /// How many letters must be added, left out or replaced to make one word of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (index, letter) in left.utf8.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = previous + (right[column] == letter ? 0 : 1)
                previous = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, previous + 1)
            }
        }
        return row[right.count]
    }
}

/// Settings that have a table of their own.
public protocol ConfigurationSection: Sendable {
    /// Takes the values in `table`; settings without a value keep their default.
    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError)
}
