internal import AgentCore
internal import Moments
internal import JSONText
internal import Jet
internal import Logging
internal import Synchronization
internal import Files
internal import Handover
internal import Systemd

/// What the provider and its controls know together: the job as its record tells it, and what the record cannot tell.
///
/// The root program writes the record, and nothing else says how a job goes. But there is a while after it was asked for
/// in which it has none yet; it may have died without a last word; and the machine may have been restarted since.
final class UpdateDesk: Sendable {
    private let files: UpdateFiles
    private let units: UpdateUnits
    private let faults: FaultLog

    /// A job that was asked for here and has no record yet.
    private struct Order {
        var job: JobRecord
        /// The job of which there was a record when it was asked for.
        let previous: String?
    }

    private struct State {
        var order: Order?
        /// A job that died in the middle, and why.
        var lost: (id: String, reason: String)?
    }

    private let state = Mutex(State())

    init(_ host: Host, bus: any MessageBus, logger: Logger) {
        files = UpdateFiles(root: host.root)
        units = UpdateUnits(bus)
        faults = FaultLog(logger)
    }

    /// Whether this is a system that is updated by apt.
    var isSupported: Bool { HostFile.exists(FilePath(files.apt)) }

    /// Where to look for changes.
    var directories: [String] { files.watched }

    /// Whether the machine waits for a restart.
    var rebootRequired: RebootRequired { RebootRequired(files) }

    /// The job that runs, or ran last; `nil` if there was none.
    var job: JobRecord? { state.withLock { job(&$0) } }

    private func job(_ state: inout State) -> JobRecord? {
        let record = JobRecord.last(files)
        if let order = state.order {
            if record?.id == order.previous { return order.job }
            state.order = nil
        }
        guard var record else { return nil }
        if record.phase.isRunning, let lost = state.lost, lost.id == record.id { record.fail(lost.reason) }
        return record
    }
}

// MARK: - Controls

extension UpdateDesk {
    /// Has a job done.
    ///
    /// - Returns: Its id.
    /// - Throws: `JetError` if another one is under way, or it cannot be started.
    func start(_ kind: JobKind, by caller: String) async throws(JetError) -> String {
        let request = try Self.request(RequestID.new(), caller)
        // To look, and to take the place, is one step: of two who call at once, one is refused.
        try state.withLock { state throws(JetError) in
            let current = job(&state)
            if let current, current.phase.isRunning { throw Self.busy(current) }
            var job = JobRecord(
                id: request.id, kind: kind, by: request.by, startedAt: Moment.now.text ?? "")
            job.message = "Starting."
            job.upgradable = current?.upgradable ?? []
            job.checkedAt = current?.checkedAt
            state.order = Order(job: job, previous: JobRecord.last(files)?.id)
        }
        do throws(JetError) {
            File.remove(files.cancellation)
            try leave(request, at: files.request)
            try await units.start(kind)
        } catch {
            state.withLock { if $0.order?.job.id == request.id { $0.order = nil } }
            File.remove(files.request)
            throw error
        }
        return request.id
    }

    /// Asks for the end of the job, while it can be ended. Whether that was in time, its record tells.
    ///
    /// - Parameter id: Which job; `nil` for the one that runs.
    /// - Returns: Its id.
    func cancel(_ id: String?, by caller: String) throws(JetError) -> String {
        guard let job, job.phase.isRunning else {
            throw JetError(.invalidParams, "No update is under way, so that there is nothing to call off.")
        }
        if let id, id != job.id { throw .wrong("id", "is not that of the job under way, which is '\(job.id)'") }
        guard job.cancellable else {
            throw JetError(
                .invalidParams,
                "The job cannot be called off now, since that could leave the system half installed. It ends by itself.",
                data: ["phase": .string(job.phase.rawValue)])
        }
        try leave(try Self.request(job.id, caller), at: files.cancellation)
        return job.id
    }

    private static func request(_ id: String, _ caller: String) throws(JetError) -> UpdateRequest {
        guard let request = UpdateRequest(id: id, by: caller) else {
            throw JetError(.internalError, "'\(id)' is not a valid job name.")
        }
        return request
    }

    private func leave(_ request: UpdateRequest, at path: String) throws(JetError) {
        do throws(SystemCallError) {
            try request.write(to: path)
        } catch {
            throw JetError(
                .internalError,
                "The agent cannot leave a request for the update program (\(error)). Its unit has the directory for it."
            )
        }
    }

    private static func busy(_ job: JobRecord) -> JetError {
        JetError(
            .invalidParams,
            "\(job.by) started job '\(job.id)' at \(job.startedAt), and it is still \(job.phase.rawValue).",
            data: [
                "running": [
                    "id": .string(job.id), "by": .string(job.by), "startedAt": .string(job.startedAt),
                    "phase": .string(job.phase.rawValue),
                ]
            ])
    }
}

// MARK: - Jobs that died

extension UpdateDesk {
    /// Asks the service manager whether the job that should run does, and notes if not.
    func settle() async {
        guard let job, job.phase.isRunning else { return }
        let result: String?
        do throws(DBusError) {
            result = try await units.result(of: job.kind)
            faults.worked(job.kind.unit)
        } catch {
            faults.failed(job.kind.unit, error)
            return
        }
        guard let result else { return }
        let reason = "\(job.kind.unit) has ended before the job was done (\(result)). The journal says more."
        state.withLock { state in
            // What the job wrote last, it wrote before its unit ended: if it has a last word, that is there by now.
            guard let last = self.job(&state), last.id == job.id, last.phase.isRunning else { return }
            if state.order != nil {
                state.order?.job.fail(reason)
            } else {
                state.lost = (job.id, reason)
            }
        }
    }
}
