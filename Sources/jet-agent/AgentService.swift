import CLinux
import HostAgent
import Jet
import JetProtocol
import Logging
import ServiceLifecycle
import Systemd

/// The agent's life: waits for the daemon, shows the host, takes its leave.
struct AgentService: Service {
    let providers: [any Provider]
    /// Where the daemon is; `nil` for that of this machine.
    let endpoint: Endpoint?
    /// What the admin has set.
    let settings: AgentConfiguration
    let logger: Logger

    /// Runs until a graceful shutdown begins.
    func run() async throws {
        // What is ordered after the agent need not wait for the daemon: without it, this is a working agent too.
        tell { () throws(SystemdError) in try Notify.ready(status: "waiting for the daemon") }
        defer { tell { () throws(SystemdError) in try Notify.stopping() } }
        do {
            try await cancelWhenGracefulShutdown { try await serve() }
        } catch is CancellationError {
            logger.info("stopped")
        }
    }

    /// A daemon that is slow, or was stopped for a while, is waited for: what it was asked for it has read, or will, and
    /// to ask again would only find the path taken. If it is gone, the connection is too.
    private static let patience = Duration.seconds(3600)

    private func serve() async throws {
        var configuration = Peer.Configuration(name: "jet-agent", reconnect: .always(), logger: logger)
        configuration.requestTimeout = Self.patience
        let peer = try await Peer.waiting(for: endpoint, configuration: configuration, logger: logger)
        let publisher = PeerPublisher(peer, logger: logger)
        let agent = Agent(
            providers, publisher: publisher, interval: settings.interval, group: settings.group, logger: logger)
        await withTaskGroup { group in
            group.addTask { await follow(peer) }
            group.addTask { await rest() }
            await agent.run()
            group.cancelAll()
        }
        // With the connection go the states.
        await peer.close()
        try Task.checkCancellation()
    }

    /// Gives back what only the start took, when that is over: half of the agent's memory is code that it runs once.
    private func rest() async {
        guard (try? await Task.sleep(for: .seconds(10))) != nil else { return }
        let released = linux_release_program()
        logger.debug("gave back the memory of the start", metadata: ["bytes": "\(released)"])
    }

    /// Keeps the service manager, and the log, told about the connection.
    private func follow(_ peer: Peer) async {
        let events = peer.connectionEvents
        isConnected(to: peer)
        for await event in events {
            switch event {
            case .connected: isConnected(to: peer)
            // The peer has logged it.
            case .disconnected(let error): tell { () throws(SystemdError) in try Notify.status("\(error.message)") }
            }
        }
    }

    private func isConnected(to peer: Peer) {
        logger.info("connected", metadata: ["endpoint": "\(peer.endpoint)"])
        tell { () throws(SystemdError) in try Notify.status("connected to \(peer.endpoint)") }
    }

    private func tell(_ notify: () throws(SystemdError) -> Bool) {
        do throws(SystemdError) {
            _ = try notify()
        } catch {
            logger.debug("the service manager could not be told", metadata: ["reason": "\(error)"])
        }
    }
}
