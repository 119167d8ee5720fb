import Dispatch
import Synchronization
import Testing

@testable import Journal

@Suite("The spool of a log")
struct LogSpoolTests {
    /// The other end of a spool: it takes nothing until it is opened.
    private final class Sink: Sendable {
        struct State {
            var texts: [String] = []
            var refusals = 0
        }

        let state = Mutex(State())
        private let gate = DispatchSemaphore(value: 0)

        func write(_ record: LogRecord) -> Bool {
            gate.wait()
            gate.signal()
            return state.withLock { state in
                guard state.refusals == 0 else {
                    state.refusals -= 1
                    return false
                }
                state.texts += record.texts
                return true
            }
        }

        func open() { gate.signal() }

        var texts: [String] { state.withLock { $0.texts } }
    }

    private let sink = Sink()

    private func spool(_ bounds: LogSpool.Bounds = .init()) -> LogSpool {
        LogSpool(bounds: bounds, missing: { LogRecord("missing: \($0)") }) { [sink] in sink.write($0) }
    }

    @Test func `All that is put in comes out, in its order`() {
        let spool = spool()
        sink.open()
        for number in 0..<100 { spool.put(LogRecord("\(number)")) }
        #expect(spool.flush(milliseconds: 20_000))
        #expect(sink.texts == (0..<100).map { "\($0)" })
    }

    @Test func `Nobody waits for one that takes nothing: what finds no room is dropped, and counted`() {
        let spool = spool(.init(count: 10))
        for number in 0..<50 { spool.put(LogRecord("\(number)")) }
        #expect(!spool.flush(milliseconds: 10), "nothing can be written yet")
        sink.open()
        #expect(spool.flush(milliseconds: 20_000))
        #expect(Array(sink.texts.prefix(10)) == (0..<10).map { "\($0)" })
        // It may have begun to write when some were missing already, and says so of the others afterwards.
        let missing = sink.texts.dropFirst(10).map { Int($0.split(separator: " ").last ?? "") ?? 0 }
        #expect(missing.reduce(0, +) == 40, "\(sink.texts)")
        spool.put(LogRecord("next"))
        #expect(spool.flush(milliseconds: 20_000))
        #expect(sink.texts.last == "next", "it is said once")
    }

    @Test func `It holds so many bytes`() {
        let spool = spool(.init(bytes: 100))
        for _ in 0..<3 { spool.put(LogRecord(String(repeating: "x", count: 40))) }
        sink.open()
        #expect(spool.flush(milliseconds: 20_000))
        #expect(sink.texts.count == 3)
        #expect(sink.texts.last == "missing: 1")
    }

    @Test func `What could not be written is counted, and told when writing works again`() {
        let spool = spool()
        sink.state.withLock { $0.refusals = 4 }
        sink.open()
        for number in 0..<3 {
            spool.put(LogRecord("\(number)"))
            #expect(spool.flush(milliseconds: 20_000))
        }
        #expect(sink.texts == ["missing: 2", "2"])
    }
}
