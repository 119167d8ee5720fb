public import Logging

/// An event of a program that an administrator may want to find, count or have explained.
///
///     logger.note(DaemonEvent.wrongPassword, ["peer": "3", "user": "ann"])
///
/// Each event has an id that never changes, even if its message does. The journal stores it as `MESSAGE_ID`
/// (systemd.journal-fields(7)), and `journalctl -x` shows the explanation for it from packaging/catalog/jet.catalog. Each
/// program, or library, has one enumeration of its events; the raw values are the ids, 32 hexadecimal digits in lower case.
public protocol DocumentedEvent: CaseIterable, RawRepresentable<String>, Hashable, Sendable {
    /// The level and the message of its log entries. What varies is in the metadata.
    var entry: (level: Logger.Level, message: Logger.Message) { get }
}

/// The metadata key of the id of an event, which is also the name of its field in the journal.
public let messageIDKey = "MESSAGE_ID"

extension Logger {
    /// Logs that `event` has happened.
    ///
    /// - Parameters:
    ///   - message: A more exact message than the one of the event.
    ///   - metadata: Additional metadata. Not computed if the entry is not logged.
    public func note(
        _ event: some DocumentedEvent, saying message: Logger.Message? = nil,
        _ metadata: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        let (level, standard) = event.entry
        log(
            level: level, message ?? standard,
            metadata: metadata().merging([messageIDKey: .string(event.rawValue)]) { $1 },
            file: file, function: function, line: line)
    }
}
