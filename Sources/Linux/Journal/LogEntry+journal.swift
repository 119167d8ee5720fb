internal import Logging

/// An entry as fields of the journal, `NAME=value` (systemd.journal-fields(7)). A value can be anything; but journald silently
/// drops fields with invalid names, so names are converted.
extension LogEntry {
    /// The fields.
    ///
    /// - Parameter identifier: The name of the program.
    func journalRecord(identifier: String) -> LogRecord {
        var record = LogRecord()
        record.append("MESSAGE=" + LogText.cut(text, to: Self.longestValue))
        record.append("PRIORITY=\(level.priority)")
        record.append("SYSLOG_IDENTIFIER=" + identifier)
        record.append("CODE_FILE=" + file)
        record.append("CODE_LINE=\(line)")
        record.append("CODE_FUNC=" + function)
        if let messageID, Self.isMessageID(messageID) { record.append("MESSAGE_ID=" + messageID) }
        var room = Self.largestEntry
        for (key, text) in metadata.prefix(Self.mostFields) where room > 0 {
            let value = LogText.cut(text, to: min(Self.longestValue, room))
            record.append(Self.fieldName(key) + "=" + value)
            room -= value.utf8.count
        }
        return record
    }

    /// `JET_` and the key in upper case, with `_` for other characters, and at most 64 characters long. (`jet.path`, the key of
    /// the library Jet, becomes `JET_PATH` as well.)
    static func fieldName(_ key: String) -> String {
        var name = "JET_"
        let key = key.hasPrefix("jet.") ? key.dropFirst(4) : key[...]
        for character in key.prefix(60) {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            name += isPlain ? character.uppercased() : "_"
        }
        return name
    }

    /// A 128-bit id as sd-id128(3) prints it.
    private static func isMessageID(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }
    }

    /// journalctl does not show longer values, and journald does not store them unchanged.
    private static let longestValue = 48 << 10
    /// The limit for all metadata values of an entry, in bytes.
    private static let largestEntry = 256 << 10
    private static let mostFields = 64
}

extension Logger.Level {
    /// The priority of syslog(3).
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
