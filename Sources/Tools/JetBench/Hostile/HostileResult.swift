/// What the honest peers experienced beside one attack, and what became of it.
package struct HostileResult: Sendable {
    /// How long requests took, in milliseconds.
    package struct Latencies: Sendable {
        package let count: Int
        package let median: Double
        package let p99: Double
        package let max: Double

        init(_ histogram: Histogram) {
            count = histogram.count
            median = Double(histogram.percentile(0.5)) / 1e6
            p99 = Double(histogram.percentile(0.99)) / 1e6
            max = Double(histogram.longest) / 1e6
        }
    }

    /// The name of the attack; `none` for the measurement without one.
    package let attack: String
    /// How long the honest peers were measured, in seconds.
    package internal(set) var seconds: Double = 0
    /// The messages and connections of the attackers.
    package internal(set) var tally = Tally()
    /// Honest requests that were refused because of a limit, by its name: those of the publisher.
    package internal(set) var publisherRefused: [String: Int] = [:]
    /// By the name of what the honest peers do: `echo`, `set`, `connect`, `login`; and `batch`, 1,000 changes of the publisher.
    package internal(set) var latencies: [(name: String, Latencies)] = []
    /// The most resident memory of the daemon, in bytes.
    package internal(set) var peakMemory: Int?
    /// The daemon's process.
    package internal(set) var pid: Int32?
    /// What went wrong for the honest peers or the daemon, a sentence each.
    package internal(set) var problems: [String] = []
    /// Why the attack was not run.
    package internal(set) var skipped: String?

    init(attack: String) { self.attack = attack }

    /// The latencies of this name.
    package subscript(name: String) -> Latencies? { latencies.first { $0.name == name }?.1 }

    mutating func note(_ histogram: Histogram, as name: String) {
        if histogram.count > 0 { latencies.append((name, Latencies(histogram))) }
    }
}

/// Numbers in sentences.
enum BenchText {
    /// Seconds with one digit behind the point.
    static func seconds(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10) s" }
}
