import Logging
import Synchronization

/// Keeps what was logged, so that tests can say how often something is said.
final class MemoryLog: Sendable {
    private let lines = Mutex<[String]>([])
    private let details = Mutex<[[String: String]]>([])

    /// What was said so far: level, message, subject.
    var said: [String] { lines.withLock { $0 } }

    /// What stood beside each of them, by its name.
    var metadata: [[String: String]] { details.withLock { $0 } }

    /// A logger that writes here.
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: MemoryLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let subject = event.metadata?["subject"].map { " \($0)" } ?? ""
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            log.details.withLock { $0.append(all.mapValues(\.description)) }
            log.lines.withLock { $0.append("\(event.level) \(event.message)\(subject)") }
        }
    }
}
