import Glibc
import Jet
import JetDaemon
import JetProtocol
import Logging

/// A daemon on a unix socket of its own, which can be stopped and started again.
final class TestBus {
    let endpoint: Endpoint
    private let grants: [Grant]
    private var daemon: Daemon?
    private let log = MemoryLog()

    static let configuration = Peer.Configuration(name: "agent", reconnect: .always())

    /// A daemon that grants those who run this process these groups.
    init(granting groups: Set<String> = []) async throws {
        grants = groups.isEmpty ? [] : [Grant(to: .user("\(getuid())"), groups)]
        endpoint = .unix(path: "/tmp/jet-agent-test-\(String(UInt64.random(in: 0 ... .max), radix: 36)).sock")
        try await start()
    }

    func start() async throws {
        var configuration = DaemonConfiguration(listeners: [.init(endpoint)])
        configuration.grants = grants
        let daemon = Daemon(configuration: configuration, logger: log.logger)
        _ = try await daemon.start()
        self.daemon = daemon
    }

    func stop() async {
        await daemon?.stop()
        daemon = nil
    }

    func peer() async throws -> Peer { try await Peer.connect(to: endpoint, configuration: Self.configuration) }
}
