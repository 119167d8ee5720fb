internal import Logging

/// A log handler that passes entries to a closure.
struct SpoolLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?
    private let commonLevel: LogLevel
    private let take: @Sendable (LogEntry) -> Void

    /// - Parameters:
    ///   - level: The level of this logger, and of loggers made from it, unless they set their own.
    ///   - take: Receives each entry, on the thread that logs it.
    init(level: LogLevel, provider: Logger.MetadataProvider? = nil, take: @escaping @Sendable (LogEntry) -> Void) {
        commonLevel = level
        metadataProvider = provider
        self.take = take
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? commonLevel.value }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: Logging.LogEvent) {
        var event = event
        var all = metadata
        // Metadata of the event overrides that of the provider, which overrides that of the logger.
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        event.metadata = all
        take(LogEntry(event))
    }
}
