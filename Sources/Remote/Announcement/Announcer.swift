package import Digests
internal import DocumentedEvents
internal import Files
package import Logging
internal import Netlink
internal import Synchronization
package import Systemd

/// *Announces this device to its network* by DNS-SD, and writes its names for jet-certificate(8), until it is cancelled.
///
/// Avahi is used if it runs, else systemd-resolved if it answers multicast DNS. Neither is started. When the bus, the
/// responder, the host name or the certificate changes, the announcement follows.
package final class Announcer: Sendable {
    private let bus: any MessageBus
    private let folder: NamesFolder
    private let port: UInt16
    private let pace: Pace
    private let facts: @Sendable () throws -> HostFacts
    private let fingerprint: @Sendable () -> Fingerprint?
    private let show: @Sendable (String) -> Void
    private let beat: @Sendable () -> Void
    private let logger: Logger
    private let state: Mutex<State>
    /// Woken when the names must be written.
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// How long is waited for what.
    package struct Pace: Sendable {
        /// Changes within this time after the first are one.
        package var settle = Duration.seconds(2)
        /// How long until a responder is looked for again after it failed; twice as long after each further failure.
        package var retry = Duration.seconds(5)
        /// How often everything is compared with what is announced.
        package var check = Duration.seconds(30)
        /// The most that is waited after a failure, or until the settings of a responder are read again: it does not report
        /// all of their changes.
        package var patience = Duration.seconds(120)

        package init() {}
    }

    private struct State {
        var record: ServiceRecord
        var published = Published()
        var lastStatus = ""
        /// Announces `record`; ends when it fails.
        var attempt: Task<Void, Never>?
        /// Whether the attempt waits for a responder.
        var isWaiting = false
        /// The number of failures since the device was announced.
        var failures = 0
    }

    /// - Parameters:
    ///   - folder: Where the names are written.
    ///   - facts: The name and addresses of the machine.
    ///   - fingerprint: The fingerprint of the certificate; it is called often.
    ///   - show: Receives the status, a line for people.
    ///   - beat: Called after each check.
    package init(
        bus: any MessageBus, folder: String, port: UInt16 = ServiceRecord.port, pace: Pace = Pace(),
        facts: @escaping @Sendable () throws -> HostFacts = { try HostFacts.current() },
        fingerprint: @escaping @Sendable () -> Fingerprint?, logger: Logger,
        show: @escaping @Sendable (String) -> Void, beat: @escaping @Sendable () -> Void
    ) {
        self.bus = bus
        self.folder = NamesFolder(path: folder)
        self.port = port
        self.pace = pace
        self.facts = facts
        self.fingerprint = fingerprint
        self.logger = logger
        self.show = show
        self.beat = beat
        state = Mutex(State(record: ServiceRecord(name: "", port: port, fingerprint: nil)))
    }

    /// Runs until the task is cancelled.
    package func run() async {
        check()
        await withTaskGroup { group in
            group.addTask { await self.watchHostName() }
            group.addTask { await self.watchAddresses() }
            group.addTask { await self.writeNames() }
            group.addTask { await self.announce() }
            while (try? await Task.sleep(for: pace.check)) != nil {
                check()
                beat()
            }
            group.cancelAll()
        }
    }

    /// Compares the machine with what is announced, and has both brought together if they differ.
    package func check() {
        let label = (try? facts()).map { String($0.name.prefix { $0 != "." }) }
        let fingerprint = fingerprint()
        state.withLock { state in
            let name = label ?? state.record.name
            let record = ServiceRecord(name: name.isEmpty ? "jet" : name, port: port, fingerprint: fingerprint)
            guard record != state.record else { return }
            state.record = record
            state.failures = 0
            state.attempt?.cancel()
        }
        changes.continuation.yield()
    }
}

// MARK: - The names

extension Announcer {
    private func watchHostName() async {
        guard let watch = HostNameWatch() else { return }
        while !Task.isCancelled {
            await watch.changed()
            check()
        }
    }

    private func watchAddresses() async {
        while !Task.isCancelled {
            // Without the socket, the regular check notices changes.
            if let socket = try? NetlinkSocket(.notifications, bufferSize: 256 * 1024) {
                while !Task.isCancelled {
                    await socket.readable()
                    guard (try? socket.arrivals()) != nil else { break }
                    changes.continuation.yield()
                    // A link that is up now may be the first on which the responder answers.
                    state.withLock { if $0.isWaiting { $0.attempt?.cancel() } }
                }
            }
            try? await Task.sleep(for: pace.retry)
        }
    }

    private func writeNames() async {
        var lastFailure = ""
        for await _ in changes.stream {
            do {
                try folder.write(try facts(), published: state.withLock(\.published.host))
                lastFailure = ""
            } catch {
                if "\(error)" != lastFailure {
                    logger.error("cannot write the names", metadata: ["reason": "\(error)"])
                }
                lastFailure = "\(error)"
            }
            // What changes meanwhile is written at once afterwards.
            guard (try? await Task.sleep(for: pace.settle)) != nil else { return }
        }
    }
}

// MARK: - The announcement

extension Announcer {
    private func announce() async {
        while !Task.isCancelled {
            // A change of the record cancels the attempt, from its first moment on.
            let attempt = state.withLock { state in
                let record = state.record
                let attempt = Task { await self.attempt(record) }
                state.attempt = attempt
                return attempt
            }
            await withTaskCancellationHandler {
                await attempt.value
            } onCancel: {
                attempt.cancel()
            }
        }
    }

    /// Announces the record by the first responder that can, until it fails; then waits.
    private func attempt(_ record: ServiceRecord) async {
        do throws(DBusError) {
            let avahi = Avahi(bus: bus)
            let resolved = Resolved(bus: bus)
            if try await bus.isRunning(avahi.busName) {
                try await avahi.announce(record) { self.report($0, of: record, by: avahi.title) }
            } else if try await !bus.isRunning(resolved.busName) {
                withdraw(because: "neither Avahi nor systemd-resolved runs")
                return await waitForResponder([avahi.busName, resolved.busName])
            } else if let obstacle = try await resolved.obstacle() {
                withdraw(because: obstacle)
                return await waitForResponder([avahi.busName, resolved.busName])
            } else {
                try await resolved.announce(record) { self.report($0, of: record, by: resolved.title) }
            }
        } catch {
            if Task.isCancelled { return }
            withdraw(because: error.message)
        }
        let failures = state.withLock { state in
            state.failures += 1
            return state.failures
        }
        try? await Task.sleep(for: min(pace.retry * (1 << min(failures - 1, 10)), pace.patience))
    }

    /// Waits until one of the names has another owner, the bus ends, or the patience does.
    private func waitForResponder(_ names: [String]) async {
        var sequences: [SignalSequence] = []
        for name in names {
            if let sequence = try? await bus.signals(.nameOwnerChanged(name)) { sequences.append(sequence) }
        }
        let signals = MergedSignals(sequences)
        state.withLock { $0.isWaiting = true }
        defer {
            state.withLock { $0.isWaiting = false }
            signals.cancel()
        }
        await withTaskGroup { group in
            group.addTask { for await _ in signals.stream { return } }
            group.addTask { try? await Task.sleep(for: self.pace.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func report(_ published: Published, of record: ServiceRecord, by responder: String) {
        let former = state.withLock { state in
            defer { state.published = published }
            if published.service != nil { state.failures = 0 }
            return state.published
        }
        guard published != former else { return }
        changes.continuation.yield()
        guard let service = published.service else {
            status("waiting for \(responder) to find a free name")
            return
        }
        let host = published.host ?? "this host"
        let fields: Logger.Metadata = ["service": "\(service)", "host": "\(host)", "responder": "\(responder)"]
        if status("announced as \(service) on \(host) by \(responder)") {
            logger.note(service == record.name ? AnnouncementEvent.announced : .renamed, fields)
        }
    }

    private func withdraw(because reason: String) {
        let hadHost = state.withLock { state in
            defer { state.published = Published() }
            return state.published.host != nil
        }
        if hadHost { changes.continuation.yield() }
        if status("not announced: \(reason)") { logger.note(AnnouncementEvent.notAnnounced, ["reason": "\(reason)"]) }
    }

    /// Shows the status.
    ///
    /// - Returns: Whether it is another one than before.
    @discardableResult
    private func status(_ text: String) -> Bool {
        let isNew = state.withLock { state in
            defer { state.lastStatus = text }
            return state.lastStatus != text
        }
        if isNew { show(text) }
        return isNew
    }
}
