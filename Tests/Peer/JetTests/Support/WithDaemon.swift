import Jet
import JetBus
import JetDaemon
import Logging
import TestSupport

/// A folder in /tmp for sockets: their paths must be short.
func socketPath() -> String {
    var generator = SystemRandomNumberGenerator()
    return "/tmp/jet-test-\(String(generator.next() as UInt64, radix: 36)).sock"
}

/// Starts a daemon, by default on a unix socket of its own, for as long as `body` runs.
func withDaemon<Result>(
    at endpoint: Endpoint = .unix(path: socketPath()), _ body: (Endpoint) async throws -> Result
) async throws -> Result {
    try await withDaemonStatistics(at: endpoint) { endpoint, _ in try await body(endpoint) }
}

extension Peer.Configuration {
    /// For a machine that may have much else to do: no test asks how long an answer takes.
    static var patient: Self {
        var configuration = Peer.Configuration()
        configuration.requestTimeout = .seconds(45)
        return configuration
    }
}

/// How much of what a daemon holds.
struct Count {
    let peers: Int, elements: Int, fetchers: Int
}

/// Starts a daemon that can be asked what it has and does, for as long as `body` runs.
func withDaemonStatistics<Result>(
    at endpoint: Endpoint = .unix(path: socketPath()),
    _ body: (Endpoint, _ statistics: () async throws -> Count) async throws -> Result
) async throws -> Result {
    let daemon = Daemon(
        configuration: DaemonConfiguration(listeners: [.init(endpoint)]),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let endpoints = try await daemon.start()
    do {
        let result = try await body(endpoints.first ?? endpoint) {
            let statistics = try await daemon.statistics()
            return Count(
                peers: statistics.peers, elements: statistics.elements, fetchers: statistics.fetchers)
        }
        await daemon.stop()
        return result
    } catch {
        await daemon.stop()
        throw error
    }
}

/// A daemon with two peers: one that provides, one that uses.
func withPeers(
    _ body: (_ provider: Peer, _ user: Peer) async throws -> Void
) async throws {
    try await withDaemon { endpoint in
        let provider = try await Peer.connect(to: endpoint, configuration: .patient)
        let user = try await Peer.connect(to: endpoint, configuration: .patient)
        do {
            try await body(provider, user)
        } catch {
            await provider.close()
            await user.close()
            throw error
        }
        await provider.close()
        await user.close()
    }
}
