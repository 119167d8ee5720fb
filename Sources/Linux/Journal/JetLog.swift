public import DocumentedEvents
internal import Glibc
public import Logging
internal import Moments
internal import Synchronization

/// The log of a program, which it sets up when it starts.
///
///     let log = JetLog.start("jetd", level: LogLevel(.info))
///     log.logger.info("listening", metadata: ["endpoint": "unix:/run/jet/jet.sock"])
///
/// If standard error is connected to the journal, entries are sent to the journal with their fields; else each is a line of
/// text on standard error. Logging never blocks (`LogSpool`); exit(3) waits up to a second for the remaining entries.
public final class JetLog: Sendable {
    /// Logs to this log.
    public let logger: Logger
    private let spool: LogSpool

    /// Sets up the log of a program.
    ///
    /// - Parameters:
    ///   - program: The name of the program in the log.
    ///   - level: The lowest level that is logged. It applies to all loggers made from `logger` that have no level of their
    ///     own, and can be changed at any time.
    public static func start(_ program: String, level: LogLevel) -> JetLog {
        let log = JetLog(program, level: level, isJournal: JournalSocket.isStream(STDERR_FILENO))
        // Kept until exit, which flushes them.
        let isFirst = started.withLock { logs in
            logs.append(log)
            return logs.count == 1
        }
        if isFirst { atexit { JetLog.flushAll() } }
        return log
    }

    private static let started = Mutex<[JetLog]>([])

    private static func flushAll() { for log in started.withLock({ $0 }) { log.flush() } }

    private init(_ program: String, level: LogLevel, isJournal: Bool) {
        let render: @Sendable (LogEntry) -> LogRecord
        let write: @Sendable (LogRecord) -> Bool
        if isJournal {
            render = { $0.journalRecord(identifier: program) }
            write = { JournalSocket.send($0) }
        } else {
            let style = Self.style(program)
            render = { $0.textRecord(style, at: .now) }
            write = { TextStream.write($0, to: STDERR_FILENO) }
        }
        let spool = LogSpool(missing: { render(.missing($0)) }, write: write)
        self.spool = spool
        let handler = SpoolLogHandler(level: level) { spool.put(render($0)) }
        logger = Logger(label: program) { _ in handler }
    }

    /// Waits until all entries are written, but not longer than a second.
    private func flush() { spool.flush(milliseconds: 1000) }

    /// Reports why a program cannot start, possibly before its log level is known: to the journal if standard error is
    /// connected to it, else as a line that begins with the name of the program, as usual for a command.
    ///
    /// - Parameters:
    ///   - program: The name of the program in the log.
    ///   - text: The reason.
    ///   - event: The event that is logged.
    public static func complain(_ program: String, _ text: String, _ event: some DocumentedEvent) {
        flushAll()
        if JournalSocket.isStream(STDERR_FILENO) {
            start(program, level: LogLevel(.trace)).logger.note(event, ["reason": "\(text)"])
            // journald looks up the unit of the process when it reads the entry. If the process has exited by then, the
            // entry lacks the unit, and `systemctl status` would not show why the unit did not start.
            flushAll()
            usleep(100_000)
        } else {
            _ = TextStream.write(LogRecord("\(program): \(text)\n"), to: STDERR_FILENO)
        }
    }

    /// Whether standard output is connected to the journal, too. What is logged need not be printed then.
    public static var hasStandardOutput: Bool { JournalSocket.isStream(STDOUT_FILENO) }

    /// The style of the lines on standard error.
    private static func style(_ program: String) -> LogEntry.Style {
        guard isatty(STDERR_FILENO) == 1 else { return .file(program: program) }
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        let isPlain = variable("NO_COLOR").map { !$0.isEmpty } ?? false
        return .terminal(isColored: !isPlain && variable("TERM").map { $0 != "dumb" } ?? false)
    }
}
