internal import DocumentedEvents
internal import Logging

/// An *entry*: what a program has to say, once, with all metadata that belongs to it.
struct LogEntry {
    let level: Logger.Level
    let message: String
    /// Names and texts, in the order of the names; what was nested has names such as `peer.name`.
    let metadata: [(key: String, text: String)]
    /// Which documented event it is about.
    let messageID: String?
    let file: String
    let function: String
    let line: UInt

    /// - Parameter event: What was logged, with the metadata of the logger.
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

    /// The message with the metadata behind it, on one line.
    var text: String {
        var line = ""
        LogText.append(message, to: &line)
        for (key, text) in metadata { LogText.append(key, LogText.cut(text, to: Self.longestMention), to: &line) }
        return line
    }

    /// How many bytes of a piece of metadata stand behind the message.
    private static let longestMention = 1024
}
