/// What is wrong with a configuration file, and where.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was named.
    public let file: String
    /// The line, from 1; `nil` if it is about the whole file.
    public let line: Int?
    /// What is wrong, in a sentence.
    public let reason: String

    /// All of it: `/etc/jet/agent.toml:12: 'sensors.intervall' is not known; is 'interval' meant?`
    public var description: String { file + ":" + (line.map { "\($0):" } ?? "") + " " + reason }

    /// An error of these parts.
    public init(file: String, line: Int? = nil, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }
}
