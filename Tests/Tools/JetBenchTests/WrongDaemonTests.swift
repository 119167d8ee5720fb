import JetProtocol
import Synchronization
import Testing

@testable import JetBench

/// Figures of a daemon that does not do its work are none.
@Suite("A daemon that is wrong")
struct WrongDaemonTests {
    private static var fanOut: FanOut {
        var mode = FanOut()
        (mode.count, mode.warmUp, mode.subscribers, mode.states, mode.inFlight) = (40, 5, 2, 4, 8)
        return mode
    }

    /// What becomes of a measurement when the daemon's words are changed on their way.
    private func failure(of mode: any Mode, patience: Double = 30, _ change: @escaping Meddler.Change) async throws
        -> BenchError?
    {
        try await withDaemon { daemon in
            let meddler = try Meddler(before: daemon.unix, change)
            let benchmark = Benchmark(mode: mode, endpoints: [meddler.endpoint], patience: patience)
            do {
                _ = try await onOwnThread { try benchmark.run() }
                return nil
            } catch {
                return error as? BenchError
            }
        }
    }

    /// Does something to the first message that has `text` in it.
    private func once(_ text: String, _ change: @escaping @Sendable (String) -> [String]) -> Meddler.Change {
        let isDone = Atomic(false)
        let box = Box(isDone)
        return { message in
            guard message.contains(text), !box.value.exchange(true, ordering: .relaxed) else { return [message] }
            return change(message)
        }
    }

    private final class Box: Sendable {
        let value: Atomic<Bool>
        init(_ value: consuming Atomic<Bool>) { self.value = value }
    }

    @Test("in nothing is measured through the one who could change it")
    func nothing() async throws {
        #expect(try await failure(of: Self.fanOut) { [$0] } == nil)
    }

    @Test("because it loses a notification is found out")
    func lost() async throws {
        let error = try await failure(of: Self.fanOut, patience: 1, once(#""n":1000000030"#) { _ in [] })
        // The next change of this State comes all the same, so that only the count tells.
        #expect(error == .overdue("1 notifications of changes", seconds: 1))
        #expect(error?.description == "Nothing was received for 1.0 s. Missing: 1 notifications of changes.")
    }

    @Test("because it says something twice is found out")
    func twice() async throws {
        let error = try await failure(of: Self.fanOut, once(#""n":1000000030"#) { [$0, $0] })
        guard case .wrong(let sentence) = error else { throw error ?? BenchError.wrong("nothing was found") }
        #expect(sentence.contains("State 2 changed from 1000000030 to 1000000030"))
    }

    @Test("because it changes a value is found out")
    func changed() async throws {
        let error = try await failure(
            of: Self.fanOut, once(#""n":1000000030"#) { [$0.replacing("1000000030", with: "1000000033")] })
        guard case .wrong = error else { throw error ?? BenchError.wrong("nothing was found") }
    }

    @Test("because it refuses a request is told in its own words")
    func refused() async throws {
        let error = try await failure(
            of: Self.fanOut, once(#""id":1000000030"#) { _ in [#"{"id":1000000030,"error":{"code":-32602}}"#] })
        #expect(error == .refused(#"{"code":-32602}"#))
    }

    @Test("because its sorted window is not that of all States is found out")
    func window() async throws {
        var mode = Sorted()
        (mode.count, mode.warmUp, mode.states) = (50, 5, 20)
        let error = try await failure(
            of: mode
        ) { [$0.replacing(#""index":3"#, with: #""index":4"#)] }
        guard case .wrong(let sentence) = error else { throw error ?? BenchError.wrong("nothing was found") }
        #expect(sentence.contains("sorted window"))
    }

    @Test("because it leaves States behind is waited for in vain")
    func leftBehind() async throws {
        let error = try await failure(of: Self.fanOut, patience: 0.5) { message in
            message == #"{"id":1,"result":[]}"# ? [#"{"id":1,"result":[{"path":"x"}]}"#] : [message]
        }
        #expect(error == .overdue("the removal of what was added", seconds: 0.5))
    }

    @Test("because it is not there, is said so")
    func absent() throws {
        let endpoint = Endpoint.unix(path: socketPath())
        let error = #expect(throws: BenchError.self) {
            try Benchmark(mode: Self.fanOut, endpoints: [endpoint], patience: 5).run()
        }
        #expect(error == .cannotConnect(endpoint, reason: "No such file or directory"))
    }

    @Test("for WebSockets because it speaks something else is said so")
    func noWebSocket() async throws {
        try await withDaemon { daemon in
            guard case .tcp(let host, let port) = daemon.tcp else { throw BenchError.wrong("no port") }
            let endpoint = Endpoint.webSocket(host: host, port: port)
            let error = await #expect(throws: BenchError.self) {
                try await onOwnThread {
                    try Benchmark(mode: Self.fanOut, endpoints: [endpoint], patience: 5).run()
                }
            }
            guard case .cannotConnect(endpoint, _) = error else { throw error ?? BenchError.wrong("it worked") }
        }
    }
}
