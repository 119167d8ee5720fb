internal import DocumentedEvents
internal import Logging

/// The events of the log itself.
enum SpoolEvent: String, DocumentedEvent {
    /// Entries were dropped.
    case entriesMissing = "ab751ba2d0d84097bc7988a090c5206f"

    /// The level and the message of each.
    var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .entriesMissing: (.warning, "log entries were lost, because they could not be written in time")
        }
    }
}

extension LogEntry {
    /// The entry that reports how many were lost.
    static func missing(_ count: UInt64) -> LogEntry {
        let event = SpoolEvent.entriesMissing
        return LogEntry(
            Logging.LogEvent(
                level: event.entry.level, message: event.entry.message,
                metadata: [messageIDKey: .string(event.rawValue), "count": .stringConvertible(count)],
                source: nil, file: #fileID, function: #function, line: #line))
    }
}
