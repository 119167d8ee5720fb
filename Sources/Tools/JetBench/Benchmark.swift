package import Jet
package import JetProtocol

/// A run of `jet bench`: one mode over one or more transports, some rounds each, *interleaved*: what else happens on the
/// machine meanwhile happens to all of them.
package struct Benchmark: Sendable {
    /// What is measured.
    package var mode: any Mode
    /// Where the daemon is reached; the first is what the others are compared with.
    package var endpoints: [Endpoint]
    /// How many rounds there are.
    package var rounds: Int
    /// The daemon's process, if it is known; else it is looked for.
    package var pid: Int32?
    /// The timeout for expected messages, in seconds.
    package var patience: Double
    /// Which daemons are trusted, and the key that is shown to them.
    package var security = Peer.Security()

    /// A run of these parts.
    package init(mode: any Mode, endpoints: [Endpoint], rounds: Int = 1, pid: Int32? = nil, patience: Double = 5) {
        self.mode = mode
        self.endpoints = endpoints
        self.rounds = rounds
        self.pid = pid
        self.patience = patience
    }

    /// Measures. Blocks its thread meanwhile.
    ///
    /// - Parameter progress: Called with a line on what is done next.
    /// - Returns: What was found, for each endpoint.
    /// - Throws: `BenchError` when something went wrong, be it that one notification was missing: such figures are none.
    package func run(progress: (String) -> Void = { _ in }) throws(BenchError) -> [Series] {
        var all = endpoints.map(Series.init(endpoint:))
        // Memory that a daemon has had before is used again, so that only the first time shows how much it takes.
        var known: Set<Int32> = []
        for round in 1...max(1, rounds) {
            for index in all.indices {
                let endpoint = endpoints[index]
                progress("\(type(of: mode).name) over \(endpoint), round \(round) of \(rounds)")
                let site = try Site(
                    endpoint: endpoint, size: mode.size, connections: mode.connections, pid: pid, patience: patience,
                    security: security)
                var figures = try mode.measure(at: site)
                try site.clear()
                if let pid = site.daemon?.pid, !known.insert(pid).inserted {
                    figures[.bytesPerState] = nil
                    figures[.bytesPerConnection] = nil
                }
                all[index].append(figures, pid: site.daemon?.pid)
            }
        }
        return all
    }
}

extension Benchmark {
    /// The first of some endpoints to which one can connect; `nil` of none.
    ///
    /// - Throws: `BenchError.cannotConnect` if there is one, but none answers.
    package static func firstReachable(
        of candidates: [Endpoint], patience: Double, security: Peer.Security = Peer.Security()
    ) throws(BenchError) -> Endpoint? {
        var failure: BenchError?
        for candidate in candidates {
            do throws(BenchError) {
                _ = try LoadLoop(patience: patience, security: security).connect(to: candidate, listener: Listener())
                return candidate
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return nil
    }
}
