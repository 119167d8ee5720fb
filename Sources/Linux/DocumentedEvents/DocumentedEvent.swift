public import Logging

/// A *documented event*: something that happens to a program and that its admin may want to find, count or be explained.
///
///     logger.note(DaemonEvent.wrongPassword, ["peer": "3", "user": "ann"])
///
/// It is known by an id that never changes, whatever becomes of its words: the journal keeps that as `MESSAGE_ID`
/// (systemd.journal-fields(7)), and `journalctl -x` finds an explanation by it in packaging/catalog/jet.catalog. Each
/// program, or library, has one enumeration of them; its raw values are the ids, 32 hexadecimal digits in lower case.
public protocol DocumentedEvent: CaseIterable, RawRepresentable<String>, Hashable, Sendable {
    /// How much it matters, and what an entry about it says. What differs from time to time stands in the metadata.
    var entry: (level: Logger.Level, message: Logger.Message) { get }
}

/// The key of the metadata under which an event's id stands: the name of the field that it becomes in the journal.
public let messageIDKey = "MESSAGE_ID"

extension Logger {
    /// Logs that `event` has happened.
    ///
    /// - Parameters:
    ///   - message: What the entry says, if that is more exact than what it says of all such events.
    ///   - metadata: What is to be known about it besides. Not computed if nobody wants to know.
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
