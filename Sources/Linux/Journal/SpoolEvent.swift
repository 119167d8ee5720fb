internal import DocumentedEvents
internal import Logging

/// What can happen to a log's spool.
enum SpoolEvent: String, DocumentedEvent {
    /// Entries were dropped.
    case entriesMissing = "ab751ba2d0d84097bc7988a090c5206f"

    /// How much each matters, and what its entry says.
    var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .entriesMissing: (.warning, "entries of this log are missing, since they could not be written in time")
        }
    }
}

extension LogEntry {
    /// The entry that says that others are missing.
    static func missing(_ count: UInt64) -> LogEntry {
        let event = SpoolEvent.entriesMissing
        return LogEntry(
            Logging.LogEvent(
                level: event.entry.level, message: event.entry.message,
                metadata: [messageIDKey: .string(event.rawValue), "count": .stringConvertible(count)],
                source: nil, file: #fileID, function: #function, line: #line))
    }
}
