import CLinux
import DocumentedEvents
import AgentCore
import Jet
import JetProtocol
import Logging
import Systemd

/// Runs the agent: waits for the daemon, shows the host on the bus, and disconnects when it is stopped.
struct AgentService: Sendable {
    let providers: [any Provider]
    /// Where the daemon is; `nil` for that of this machine.
    let endpoint: Endpoint?
    /// How the agent connects to it.
    let configuration: Peer.Configuration
    /// What the admin has set.
    let settings: AgentConfiguration
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async throws {
        let logger = logger
        // The agent is ready without the daemon, and without the first states: it shows the machine as soon as there is a
        // daemon, and a program that needs a state fetches it.
        let manager = ServiceNotifier(status: "waiting for the daemon") { error in
            logger.debug("cannot notify systemd", metadata: ["reason": "\(error)"])
        }
        manager.ready()
        defer { manager.stopping() }
        do {
            try await serve(manager)
        } catch is CancellationError {
            logger.note(AgentEvent.stopped)
        }
    }

    /// A daemon that is slow, or was stopped for a while, is waited for: what it was asked for it has read, or will, and
    /// to ask again would only find the path taken. If it is gone, the connection is too.
    private static let patience = Duration.seconds(3600)

    private func serve(_ manager: ServiceNotifier) async throws {
        var configuration = configuration
        configuration.requestTimeout = Self.patience
        // As long as there is no daemon, to look for it is all the work there is.
        let peer = try await Peer.waiting(for: endpoint, configuration: configuration, logger: logger) {
            manager.alive()
        }
        let publisher = PeerPublisher(peer, logger: logger)
        let agent = Agent(
            providers, publisher: publisher, interval: settings.interval, group: settings.group, logger: logger)
        await withTaskGroup { group in
            group.addTask { await follow(peer, manager) }
            group.addTask { await watch(agent, peer, publisher, manager) }
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
        logger.debug("released memory that only the start needed", metadata: ["bytes": "\(released)"])
    }

    /// Keeps the service manager, and the log, told about the connection.
    private func follow(_ peer: Peer, _ manager: ServiceNotifier) async {
        let events = peer.connectionEvents
        isConnected(to: peer, manager)
        for await event in events {
            switch event {
            case .connected: isConnected(to: peer, manager)
            case .disconnected(let error):
                logger.note(
                    AgentEvent.daemonLost, ["endpoint": "\(peer.endpoint)", "reason": "\(error.message)"])
                manager.show(error.message)
            }
        }
    }

    private func isConnected(to peer: Peer, _ manager: ServiceNotifier) {
        logger.note(AgentEvent.connected, ["endpoint": "\(peer.endpoint)"])
        manager.show("connected to \(peer.endpoint)")
    }

    /// The interval of the checks if the service manager does not expect watchdog pings: they only update the status.
    private static let beat = Duration.seconds(10)

    /// Sends watchdog pings and the agent's status to the service manager.
    private func watch(_ agent: Agent, _ peer: Peer, _ publisher: PeerPublisher, _ manager: ServiceNotifier) async {
        await AgentWatch(agent, peer).run(every: manager.pingInterval ?? Self.beat) { finding in
            if finding.isAlive {
                manager.alive()
            } else {
                logger.error("the agent does not publish; no watchdog ping is sent")
            }
            guard peer.isConnected else { return }
            let count = await publisher.count
            let answer = finding.daemonAnswers ? "" : ", which does not answer"
            let overdue = agent.overdueProviders
            manager.show(
                "connected to \(peer.endpoint)\(answer); \(count) element\(count == 1 ? "" : "s") shown"
                    + (overdue.isEmpty ? "" : "; \(overdue.joined(separator: ", ")) overdue"))
        }
    }
}
