import Glibc
import JetProtocol
import Testing

@testable import JetBench

/// Each mode, small, on a daemon in this process. How fast it is, is not asked.
@Suite("A measurement")
struct ModeTests {
    /// Each mode as small as it can be and still be itself.
    static let modes: [any Mode] = [
        {
            var mode = FanOut()
            (mode.count, mode.warmUp, mode.subscribers, mode.states, mode.fetchers) = (300, 20, 3, 7, 10)
            return mode
        }(),
        {
            var mode = Route()
            (mode.count, mode.warmUp, mode.inFlight) = (200, 10, 5)
            return mode
        }(),
        {
            var mode = AddRemove()
            (mode.count, mode.warmUp, mode.fetchers, mode.predicate) = (200, 10, 20, .contains)
            return mode
        }(),
        {
            var mode = Snapshot()
            (mode.count, mode.states) = (2, 300)
            return mode
        }(),
        {
            var mode = Sorted()
            (mode.count, mode.warmUp, mode.states) = (300, 10, 30)
            return mode
        }(),
        {
            var mode = Connections()
            (mode.count, mode.changes) = (20, 3)
            return mode
        }(),
    ]

    @Test("finds its figures over every transport, and leaves nothing behind", arguments: modes.indices)
    func transports(index: Int) async throws {
        let mode = Self.modes[index]
        try await withDaemon { daemon in
            for endpoint in [daemon.unix, daemon.tcp, daemon.webSocket] {
                let benchmark = Benchmark(mode: mode, endpoints: [endpoint], patience: 30)
                let series = try await onOwnThread { try benchmark.run() }
                let figures = try #require(series.first?.medians)
                for figure in mode.figures { #expect((figures[figure] ?? 0) > 0, "\(figure) over \(endpoint)") }
                let latencies: [Figure] = [.latencyP50, .latencyP90, .latencyP99, .latencyP999, .latencyMax]
                let ascending = latencies.compactMap { figures[$0] }
                #expect(ascending.count == 5 && ascending == ascending.sorted())
                #expect(series.first?.pid == getpid(), "the daemon is in this process")
                #expect((figures[.memoryAfter] ?? 0) > 1e6)
                #expect(figures.contains { $0.key.rawValue.hasPrefix("processorPer") && $0.value > 0 })
                #expect(try await daemon.isEmpty())
            }
        }
    }

    @Test("of several transports goes round by round, and compares with the first one")
    func interleaved() async throws {
        try await withDaemon { daemon in
            let benchmark = Benchmark(
                mode: Self.modes[2], endpoints: [daemon.tcp, daemon.webSocket, daemon.unix], rounds: 2, patience: 30)
            let (series, steps) = try await onOwnThread {
                var steps: [String] = []
                let series = try benchmark.run { steps.append($0) }
                return (series, steps)
            }
            #expect(series.map(\.endpoint) == [daemon.tcp, daemon.webSocket, daemon.unix])
            #expect(series.allSatisfy { $0.rounds.count == 2 })
            #expect(steps.count == 6 && steps[1] == "add over \(daemon.webSocket), round 1 of 2")
            let ratio = series[1].ratios(to: series[0])[.addsPerSecond]
            let expected = (series[1].medians[.addsPerSecond] ?? 0) / (series[0].medians[.addsPerSecond] ?? 1)
            #expect(ratio == expected)
            #expect(series[1].ratios(to: series[0])[.memoryAfter] == nil, "memory is not a matter of the transport")
        }
    }

    @Test("says how much memory a State takes once only, since a daemon does not grow twice")
    func memory() async throws {
        try await withDaemon { daemon in
            let benchmark = Benchmark(
                mode: Self.modes[2], endpoints: [daemon.tcp, daemon.unix], rounds: 2, patience: 30)
            let series = try await onOwnThread { try benchmark.run() }
            #expect(series[0].rounds.map { $0[.bytesPerState] == nil } == [false, true])
            #expect(series[1].rounds.map { $0[.bytesPerState] == nil } == [true, true])
        }
    }

    @Test("with values of any size takes frames of any length", arguments: [26, 100, 60_000, 300_000])
    func sizes(size: Int) async throws {
        try await withDaemon { daemon in
            var mode = FanOut()
            (mode.count, mode.warmUp, mode.states, mode.subscribers) = (12, 3, 2, 2)
            (mode.size, mode.inFlight) = (size, 3)
            for endpoint in [daemon.tcp, daemon.webSocket] {
                let benchmark = Benchmark(mode: mode, endpoints: [endpoint], patience: 30)
                let series = try await onOwnThread { try benchmark.run() }
                #expect((series[0].medians[.notificationsPerSecond] ?? 0) > 0)
            }
        }
    }
}
