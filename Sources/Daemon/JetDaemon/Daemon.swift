internal import DocumentedEvents
import Glibc
public import JetBus
public import JetProtocol
public import Logging
import NIOCore
import NIOPosix
internal import Netlink
import Synchronization

/// The daemon: a bus and the sockets that peers connect to, on one event loop.
///
///     let daemon = Daemon(configuration: configuration, logger: logger)
///     let endpoints = try await daemon.start()
///     // ... it serves ...
///     await daemon.stop()
///
/// It starts once, and must be stopped, since it owns a thread from its initialisation on.
public final class Daemon: Sendable {
    /// The lifecycle of a daemon, in order.
    private enum Lifecycle {
        /// Not started yet.
        case new
        /// It listens, or is about to.
        case serving
        /// `stop` was called; the task ends when it is done. No more work may be submitted to the event loop.
        case stopping(Task<Void, Never>)
    }

    /// The configuration it was started with.
    let configuration: DaemonConfiguration
    /// The configuration of the last reload.
    private let current: Mutex<DaemonConfiguration>
    let logger: Logger
    let group: MultiThreadedEventLoopGroup
    let eventLoop: any EventLoop
    let hub: NIOLoopBoundBox<Hub?>
    private let authenticator: Authenticator
    private let lifecycle = Mutex(Lifecycle.new)

    /// A daemon that does not listen yet.
    public init(configuration: DaemonConfiguration, logger: Logger) {
        var configuration = configuration
        configuration.bus.hasUsers = configuration.users != nil
        self.configuration = configuration
        current = Mutex(configuration)
        self.logger = logger
        authenticator = Authenticator(logger: logger)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        eventLoop = group.next()
        hub = .makeEmptyBox(eventLoop: eventLoop)
    }

    /// How many connections a daemon can have at most with this limit of descriptors, of which it needs some itself.
    public static func connections(ofDescriptors limit: Int) -> Int { Admission.connections(ofDescriptors: limit) }

    // MARK: Lifecycle

    /// Starts listening.
    ///
    /// - Returns: The endpoints, with the ports that were chosen.
    /// - Throws: `DaemonError` if it cannot listen on one of them, or the users file or a grant is wrong. Then it listens
    ///   on none, and has stopped.
    public func start() async throws -> [Endpoint] {
        let isFirst = lifecycle.withLock { lifecycle in
            guard case .new = lifecycle else { return false }
            lifecycle = .serving
            return true
        }
        guard isFirst else { throw DaemonError("a daemon starts only once") }
        let (hub, configuration, authenticator, logger, eventLoop) = (
            hub, configuration, authenticator, logger, eventLoop
        )
        do {
            let access = try await authenticator.start(configuration)
            let files = webFiles(configuration)
            let socketOwners = SocketOwners(for: configuration, logger: logger)
            try await unlessStopping {
                eventLoop.submit {
                    hub.value = Hub(
                        configuration: configuration, authenticator: authenticator, access: access,
                        socketOwners: socketOwners, logger: logger, eventLoop: eventLoop)
                    hub.value?.http.files = files
                }
            }
            var endpoints: [Endpoint] = []
            for listener in configuration.listeners {
                let endpoint = try await listen(at: listener)
                logger.debug("listening", metadata: ["endpoint": "\(endpoint)"])
                endpoints.append(endpoint)
            }
            for socket in configuration.sockets {
                try await serve(socket)
                endpoints.append(socket.endpoint)
            }
            warnOfRefusals(configuration)
            logger.note(DaemonEvent.serving, ["endpoints": "\(endpoints.map(\.description).joined(separator: " "))"])
            return endpoints
        } catch {
            await stop()
            throw error
        }
    }

    /// Stops listening, waits until pending requests are answered, but not longer than
    /// `DaemonConfiguration.drainTimeout`, writes the remaining output and closes all connections. A peer that does not
    /// read its output, or does not close its side, gets one second.
    ///
    /// Can be called several times; each call returns when the daemon has stopped.
    public func stop() async {
        let task = lifecycle.withLock { lifecycle in
            if case .stopping(let task) = lifecycle { return task }
            let task = Task { await end() }
            lifecycle = .stopping(task)
            return task
        }
        await task.value
    }

    private func end() async {
        let hub = hub
        let drainTimeout = TimeAmount.milliseconds(Int64(configuration.drainTimeout))
        try? await eventLoop.flatSubmit {
            hub.value?.stop(drainTimeout: drainTimeout, closeTimeout: .seconds(1))
                ?? hub.eventLoop.makeSucceededVoidFuture()
        }.get()
        // It may still call back into the event loop.
        await authenticator.stop()
        try? await group.shutdownGracefully()
        logger.note(DaemonEvent.stopped)
    }

    /// Reads the users file and the files of the page again, and looks up the users and groups of the grants again. A connected peer keeps its
    /// rights until it authenticates again or reconnects; one that has logged in with a key, or a certificate, that is no
    /// longer that user's is closed.
    ///
    /// - Parameter changed: A configuration whose users, grants, accounts, paths, origins, folders of files, API, metrics,
    ///   and settings for other machines (`allowsPlaintext`, `gateways`, `anonymous`, `subjects`) apply from now on; the rest of it
    ///   cannot change while the daemon runs, nor can whether there is a users file. `nil` is the current one.
    /// - Throws: `DaemonError` if something in them is wrong, in which case nothing changes, or if the daemon has stopped.
    public func reload(_ changed: DaemonConfiguration? = nil) async throws {
        let configuration = changed ?? current.withLock { $0 }
        guard (configuration.users != nil) == self.configuration.bus.hasUsers else {
            throw DaemonError("a users file can be configured or removed only by a restart")
        }
        let access = try await authenticator.load(configuration)
        let (hub, eventLoop) = (hub, eventLoop)
        let files = webFiles(configuration)
        try await unlessStopping { eventLoop.submit { hub.value?.adopt(configuration, access, files) } }
        current.withLock { $0 = configuration }
        warnOfRefusals(configuration)
    }

    /// Reads the files of the page.
    private func webFiles(_ configuration: DaemonConfiguration) -> WebFiles {
        WebFiles(configuration.webFolders) { logger.note(DaemonEvent.pageNotRead, ["reason": "\($0)"]) }
    }

    /// The statistics of the bus.
    ///
    /// - Throws: `DaemonError` if the daemon has stopped.
    public func statistics() async throws -> Bus.Statistics {
        let (hub, eventLoop) = (hub, eventLoop)
        return try await unlessStopping { eventLoop.submit { hub.value?.bus.statistics ?? Bus.Statistics() } }
    }

    /// Checks periodically that the bus answers requests.
    ///
    /// - Parameters:
    ///   - interval: The time between two checks.
    ///   - alive: Called on the event loop after each check that succeeded.
    /// - Throws: `DaemonError` if the daemon has stopped.
    public func watch(every interval: Duration, _ alive: @escaping @Sendable () -> Void) async throws {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessStopping { eventLoop.submit { hub.value?.startWatchdog(every: TimeAmount(interval), alive) } }
    }

    /// Reports the numbers of peers, States and Methods now and after each change. No timer runs while nothing changes.
    ///
    /// - Parameters:
    ///   - interval: The least time between two reports.
    ///   - report: Called on the event loop.
    /// - Throws: `DaemonError` if the daemon has stopped.
    public func reportCensus(atMostEvery interval: Duration, _ report: @escaping @Sendable (Bus.Counts) -> Void)
        async throws
    {
        let (hub, eventLoop) = (hub, eventLoop)
        try await unlessStopping {
            eventLoop.submit { hub.value?.startReportingCensus(atMostEvery: TimeAmount(interval), report) }
        }
    }

    /// Submits work to the event loop and waits for its result. An event loop that has shut down would never complete it.
    func unlessStopping<Success: Sendable>(_ submit: () -> EventLoopFuture<Success>) async throws -> Success {
        let future = lifecycle.withLock { lifecycle in
            if case .stopping = lifecycle { nil as EventLoopFuture<Success>? } else { submit() }
        }
        guard let future else { throw DaemonError("the daemon has stopped") }
        return try await future.get()
    }
}
