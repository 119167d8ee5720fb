public import DocumentedEvents
internal import Glibc
public import Logging
internal import Moments
internal import Synchronization

/// A program's *log*: set up once, when it starts, and used by all that it does.
///
///     let log = JetLog.start("jetd", level: LogLevel(.info))
///     log.logger.info("listening", metadata: ["endpoint": "unix:/run/jet/jet.sock"])
///
/// If standard error is the journal's, entries go there with their fields; else standard error gets a line of text for
/// each. Neither is waited for (`LogSpool`); when the program ends by exit(3), what is left is given a second.
public final class JetLog: Sendable {
    /// Logs to this log.
    public let logger: Logger
    private let spool: LogSpool

    /// Sets the log of a program up.
    ///
    /// - Parameters:
    ///   - program: What it is called in the log.
    ///   - level: From this level on there are entries. It counts for all loggers that are made of `logger` and given no
    ///     level of their own, and can be changed at any time.
    public static func start(_ program: String, level: LogLevel) -> JetLog {
        let log = JetLog(program, level: level, isJournal: JournalSocket.isStream(STDERR_FILENO))
        // They are flushed in the end, so they are kept until then.
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

    /// Waits until what was logged is written, but no longer than a second.
    private func flush() { spool.flush(milliseconds: 1000) }

    /// Says why a program ends before it has begun, perhaps before it knows how much to log: to the journal if standard
    /// error is that; else as a line that begins with the program's name, as users expect of a command.
    ///
    /// - Parameters:
    ///   - program: What it is called in the log.
    ///   - text: The reason.
    ///   - event: What that is.
    public static func complain(_ program: String, _ text: String, _ event: some DocumentedEvent) {
        flushAll()
        if JournalSocket.isStream(STDERR_FILENO) {
            start(program, level: LogLevel(.trace)).logger.note(event, ["reason": "\(text)"])
            // The journal asks the kernel whose entry this is when it reads it: of a process that is gone by then it
            // does not know the unit, and `systemctl status` would not show why that did not start.
            flushAll()
            usleep(100_000)
        } else {
            _ = TextStream.write(LogRecord("\(program): \(text)\n"), to: STDERR_FILENO)
        }
    }

    /// Whether standard output goes to the journal, too: who logs what it says there need not say it twice.
    public static var hasStandardOutput: Bool { JournalSocket.isStream(STDOUT_FILENO) }

    /// How lines are to look on standard error as it is.
    private static func style(_ program: String) -> LogEntry.Style {
        guard isatty(STDERR_FILENO) == 1 else { return .file(program: program) }
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        let isPlain = variable("NO_COLOR").map { !$0.isEmpty } ?? false
        return .terminal(isColored: !isPlain && variable("TERM").map { $0 != "dumb" } ?? false)
    }
}
