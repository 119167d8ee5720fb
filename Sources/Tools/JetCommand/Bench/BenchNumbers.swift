import ArgumentParser
import JetBench

/// Checks the numbers of the options of `jet bench`.
enum BenchNumbers {
    /// Checks that a number is in a range.
    ///
    /// - Throws: `ValidationError`.
    static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>, _ what: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "--\(option) must be \(what) from \(range.lowerBound) to \(range.upperBound), not \(value).")
        }
    }

    static func check(count: Int, of things: String) throws {
        try check("count", count, 1...10_000_000, "a number of \(things)")
    }

    static func check(warmUp: Int, of things: String) throws {
        try check("warm-up", warmUp, 0...10_000_000, "a number of \(things)")
    }

    static func check(size: Int) throws {
        try check("size", size, ValueSize.smallest...ValueSize.largest, "a number of bytes")
    }

    /// Requests in flight must fit into the outbox of a peer, since the daemon conflates notifications otherwise.
    static func check(inFlight: Int, size: Int) throws {
        try check("in-flight", inFlight, 1...65_536, "a number of requests")
        guard inFlight * (size + 200) <= 4 << 20 else {
            throw ValidationError("--in-flight times --size must not exceed 4 MiB, the limit of an outbox.")
        }
    }

    static func check(states: Int) throws {
        try check("states", states, 1...ValueSize.mostStates, "a number of States")
    }

    static func check(fetchers: Int) throws {
        try check("fetchers", fetchers, 0...ValueSize.mostStates, "a number of fetchers")
    }
}
