internal import DocumentedEvents
internal import Logging

/// A log entry with all its metadata.
struct LogEntry {
    let level: Logger.Level
    let message: String
    /// Keys and texts, sorted by key; nested metadata has keys such as `peer.name`.
    let metadata: [(key: String, text: String)]
    /// The id of the documented event.
    let messageID: String?
    let file: String
    let function: String
    let line: UInt

    /// - Parameter event: The event of swift-log, with the metadata of the logger.
    init(_ event: Logging.LogEvent) {
        level = event.level
        message = event.message.description
        (file, function, line) = (event.file, event.function, event.line)
        var metadata = event.metadata ?? [:]
        messageID = metadata.removeValue(forKey: messageIDKey)?.description
        if let error = event.error, metadata["error"] == nil { metadata["error"] = "\(error)" }
        var pairs: [(key: String, text: String)] = []
        Self.flatten(metadata, below: "", into: &pairs)
        self.metadata = pairs
    }

    private static func flatten(
        _ metadata: Logger.Metadata, below name: String, into pairs: inout [(key: String, text: String)]
    ) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if case .dictionary(let inner) = value {
                flatten(inner, below: name + key + ".", into: &pairs)
            } else {
                pairs.append((name + key, value.description))
            }
        }
    }

    /// The message followed by the metadata, on one line.
    var text: String {
        var line = ""
        LogText.append(message, to: &line)
        for (key, text) in metadata { LogText.append(key, LogText.cut(text, to: Self.longestMention), to: &line) }
        return line
    }

    /// The limit for a metadata value on that line, in bytes.
    private static let longestMention = 1024
}
