import DocumentedEvents
import Glibc
import Logging
import Synchronization
import Testing

@testable import Journal

@Suite("The log handler")
struct SpoolLogHandlerTests {
    private final class Taken: Sendable {
        let entries = Mutex<[LogEntry]>([])
        var last: LogEntry? { entries.withLock { $0.last } }
    }

    private enum Event: String, DocumentedEvent {
        case bell = "0123456789abcdef0123456789abcdef"
        var entry: (level: Logger.Level, message: Logger.Message) { (.notice, "the bell rang") }
    }

    private let taken = Taken()
    private let level = LogLevel(.info)

    private func logger(provider: Logger.MetadataProvider? = nil) -> Logger {
        let handler = SpoolLogHandler(level: level, provider: provider) { [taken] entry in
            taken.entries.withLock { $0.append(entry) }
        }
        return Logger(label: "jetd") { _ in handler }
    }

    @Test func `What is said nearer to the event is meant`() {
        var logger = logger(provider: .init { ["b": "provider", "c": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["c": "call"])
        #expect(taken.last?.text == "m a=logger b=provider c=call")
    }

    @Test func `A level that is set while the program runs counts for all that have none of their own`() {
        let logger = logger()
        var own = logger
        own.logLevel = .error
        level.value = .debug
        #expect(logger.logLevel == .debug)
        #expect(own.logLevel == .error)
        logger.debug("seen")
        own.info("not seen")
        #expect(taken.last?.message == "seen")
    }

    @Test func `An event brings its id, its level and its words`() {
        logger().note(Event.bell, ["door": "2"])
        #expect(taken.last?.messageID == Event.bell.rawValue)
        #expect(taken.last?.level == .notice)
        #expect(taken.last?.text == "the bell rang door=2")
        #expect(taken.last?.file == "JournalTests/SpoolLogHandlerTests.swift")
    }

    @Test func `The journal's stream is known by its device and inode`() throws {
        var status = stat()
        #expect(fstat(0, &status) == 0)
        #expect(JournalSocket.names(0, "\(status.st_dev):\(status.st_ino)"))
        #expect(!JournalSocket.names(0, "\(status.st_dev):\(status.st_ino + 1)"))
        #expect(!JournalSocket.names(0, "nonsense"))
        #expect(!JournalSocket.names(0, ""))
    }
}

extension SpoolLogHandlerTests {
    @Test func `The log entries of one source are limited, and do not hide those of others`() {
        let clock = Mutex(Duration.zero)
        let log = EventLog(logger(), bounds: .init()) { clock.withLock { $0 } }
        for _ in 0..<1000 { log.note(Event.bell, by: "uid 1000", ["uid": "1000"]) }
        log.note(Event.bell, by: "uid 1001", ["uid": "1001"])
        #expect(
            taken.entries.withLock { $0.map(\.text) } == Array(repeating: "the bell rang uid=1000", count: 8) + [
                "the bell rang uid=1001"
            ])
        clock.withLock { $0 = .seconds(60) }
        for _ in 0..<10 { log.note(Event.bell, by: "uid 1000", ["uid": "1000"]) }
        #expect(taken.entries.withLock { $0.count } == 10)
        #expect(taken.last?.text == "the bell rang uid=1000 withheld=992")
    }

    @Test func `The log entries of very many sources together are limited`() {
        let log = EventLog(logger(), bounds: .init()) { .zero }
        for number in 0..<100_000 { log.note(Event.bell, by: "\(number)") }
        #expect(taken.entries.withLock { $0.count } == 64)
    }
}
