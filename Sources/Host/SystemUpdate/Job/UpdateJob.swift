public import Files
internal import Glibc
public import Handover
internal import JSONText
internal import Moments

/// One update of the system, or one check for available updates: the runs of apt and dpkg in their order.
///
/// A job waits until other programs release the locks of apt and dpkg, repairs an interrupted installation, downloads
/// all packages, and only then changes the system. Until then it can be cancelled: by a request of the agent
/// (`UpdateFiles.cancellation`), or by a signal to the process. After that it ignores both and runs to its end: a
/// half-installed system is worse than a late answer.
public struct UpdateJob {
    private let kind: JobKind
    private let machine: UpdateMachine
    private let report: JobReport
    /// Whether apt has begun to change the system.
    private var isCommitted = false
    /// Whether an interrupted installation was found and repaired.
    private var isRepaired = false

    /// Why a job ends early.
    private enum Ending: Error {
        case failed(String)
        case cancelled(by: String)
    }

    /// Begins a job, of the name that the agent has asked for, or else of one of its own.
    ///
    /// - Returns: `nil` if another job is under way.
    /// - Throws: `SystemCallError` if that cannot be found out.
    public init?(_ kind: JobKind, on machine: UpdateMachine) throws(SystemCallError) {
        guard try RecordLock.acquire(machine.files.lock) else { return nil }
        self.kind = kind
        self.machine = machine
        let files = machine.files
        let last = JobRecord.last(files)
        let request: UpdateRequest?
        do {
            request = try UpdateRequest(file: files.request, in: files.agentDirectory)
        } catch {
            machine.log("the request is ignored: \(error)")
            request = nil
        }
        // A request is for one job: what is left of one is not what this job was started for.
        let isNew = request.map { $0.id != last?.id } ?? false
        var record = JobRecord(
            id: (isNew ? request?.id : nil) ?? RequestID.new(), kind: kind,
            by: (isNew ? request?.by : nil) ?? "the system", startedAt: Moment.now.text ?? "")
        record.upgradable = last?.upgradable ?? []
        record.checkedAt = last?.checkedAt
        record.message = "Starting."
        record.cancellable = true
        report = JobReport(record, to: machine)
    }

    /// How it stands.
    public var record: JobRecord { report.record }

    /// Does the job.
    ///
    /// - Returns: The record, as it ended.
    public mutating func run() -> JobRecord {
        do throws(Ending) {
            switch kind {
            case .check: try check()
            case .install: try install()
            }
        } catch {
            switch error {
            case .failed(let reason): report.finish(.failed, reason)
            case .cancelled(let caller):
                report.finish(.failed, "Called off by \(caller). Nothing was changed.", cancelledBy: caller)
            }
        }
        return report.record
    }

    // MARK: - The two kinds

    private mutating func check() throws(Ending) {
        let problem = try refresh()
        try list()
        if let problem { throw .failed(problem) }
        report.finish(.succeeded, Self.summary(of: report.record.upgradable))
    }

    private mutating func install() throws(Ending) {
        try repair()
        // With one source that cannot be reached, what the others have is still worth installing.
        let problem = try refresh()
        try list()
        let count = report.record.upgradable.count
        if count == 0 {
            if let problem { throw .failed(problem) }
            report.finish(restart, (isRepaired ? "An interrupted installation was completed. " : "") + Self.nothing)
            return
        }
        try download()
        try change()
        try list()
        let done = "\(Self.packages(count)) updated." + (problem.map { " Not all sources could be read: \($0)" } ?? "")
        report.finish(restart, done)
    }

    /// How a job ends that ended well.
    private var restart: JobPhase { RebootRequired(machine.files).isRequired ? .restartRequired : .succeeded }

    // MARK: - The steps

    /// Finishes what dpkg was interrupted at. Where that does not succeed, a newer version may: the job goes on.
    private mutating func repair() throws(Ending) {
        try wait(for: [machine.files.frontendLock, machine.files.dpkgLock])
        guard DpkgRepair.isNeeded(on: machine, audit: try audit()) else { return }
        enter(.checking, "Repairing an interrupted installation.", cancellable: false)
        let (ending, words) = try run(.configure, waitingFor: [machine.files.frontendLock, machine.files.dpkgLock])
        isRepaired = ending.isSuccess
        if !ending.isSuccess { machine.log("dpkg \(ending): \(words.text ?? "no reason given"); going on") }
        enter(.checking, nil, cancellable: true)
    }

    private mutating func audit() throws(Ending) -> [String] {
        var said: [String] = []
        _ = try run(.audit, waitingFor: []) { if case .output(let line) = $0 { said.append(line) } }
        return said
    }

    /// Fetches the package lists.
    ///
    /// - Returns: Why that was not done for all of them; those that could be had are new.
    private mutating func refresh() throws(Ending) -> String? {
        enter(.checking, "Looking for updates.", cancellable: true)
        let report = report
        let (ending, words) = try run(.refresh, waitingFor: [machine.files.listsLock]) {
            if case .status(let line) = $0, case .download(let percent, _)? = AptStatus(line) {
                report.advance(.refresh, to: percent)
            }
        }
        return ending.isSuccess ? nil : words.text ?? "apt-get update \(ending)."
    }

    /// Finds out what can be updated.
    private mutating func list() throws(Ending) {
        var upgradable: [Upgradable] = []
        let (ending, words) = try run(.simulate, waitingFor: []) {
            if case .output(let line) = $0, let package = Upgradable(simulated: line) { upgradable.append(package) }
        }
        guard ending.isSuccess else { throw .failed(words.text ?? "apt-get \(ending).") }
        report.update {
            $0.upgradable = upgradable
            $0.checkedAt = Moment.now.text ?? ""
        }
    }

    private mutating func download() throws(Ending) {
        enter(.downloading, "Fetching \(Self.packages(report.record.upgradable.count)).", cancellable: true)
        let report = report
        let files = machine.files
        let locks = [files.frontendLock, files.dpkgLock, files.archivesLock]
        let (ending, words) = try run(.download, waitingFor: locks) {
            if case .status(let line) = $0, case .download(let percent, _)? = AptStatus(line) {
                report.advance(.download, to: percent)
            }
        }
        guard ending.isSuccess else { throw .failed(words.text ?? "apt-get \(ending).") }
    }

    /// Lets dpkg change the system.
    private mutating func change() throws(Ending) {
        let files = machine.files
        let locks = [files.frontendLock, files.dpkgLock, files.archivesLock]
        try wait(for: locks)
        if let caller = caller() { throw .cancelled(by: caller) }
        // A machine that is shut down half-way may not start again.
        let keeper = machine.keepUp()
        defer { withExtendedLifetime(keeper) {} }
        isCommitted = true
        enter(.installing, "Installing \(Self.packages(report.record.upgradable.count)).", cancellable: false)
        let report = report
        let (ending, words) = try run(.install, waitingFor: locks) {
            guard case .status(let line) = $0, case .install(let package, let percent, let text)? = AptStatus(line)
            else { return }
            report.advance(.install, to: percent) {
                if let package { $0.package = package }
                $0.message = text
            }
        }
        guard ending.isSuccess else { throw .failed(words.text ?? "apt-get \(ending).") }
    }

    private func enter(_ phase: JobPhase, _ message: String?, cancellable: Bool) {
        report.update {
            $0.phase = phase
            if let message { $0.message = message }
            $0.cancellable = cancellable
        }
    }

    // MARK: - Programs, locks, and calling off

    /// Runs a program, again whenever another one took a lock that it needs in the moment before.
    private mutating func run(
        _ command: AptCommand, waitingFor locks: [String], _ note: (ChildProgram.Line) -> Void = { _ in }
    ) throws(Ending) -> (ChildProgram.Ending, FailureWords) {
        while true {
            try wait(for: locks)
            var words = FailureWords()
            let isCancellable = report.record.cancellable
            var endedBy: String?
            let ending: ChildProgram.Ending
            do throws(SystemCallError) {
                ending = try machine.run(command) { line in
                    switch line {
                    case .output(let text):
                        if command != .simulate { machine.log(text) }
                        words.note(text)
                    case .status(let text):
                        if case .failure(let package, let reason)? = AptStatus(text) {
                            words.note(failureOf: package, reason)
                        }
                    }
                    note(line)
                } shouldEnd: {
                    if isCancellable { endedBy = endedBy ?? caller() }
                    return endedBy != nil
                }
            } catch {
                throw .failed("\(error)")
            }
            if let endedBy { throw .cancelled(by: endedBy) }
            if ending.isSuccess || locks.isEmpty || !words.isLock { return (ending, words) }
            sleep(1)
        }
    }

    /// Waits without a time limit until no other process holds any of the locks, and reports which one it waits for.
    private func wait(for locks: [String]) throws(Ending) {
        let message = report.record.message
        var isWaiting = false
        while let holder = locks.lazy.compactMap(RecordLock.holder(of:)).first {
            if !isCommitted, let caller = caller() { throw .cancelled(by: caller) }
            if !isWaiting { machine.log("waiting for \(holder) to release the lock of dpkg or apt") }
            isWaiting = true
            report.update { $0.message = "Waiting for another program that installs or removes packages (\(holder))." }
            usleep(Self.lockPoll)
        }
        if isWaiting { report.update { $0.message = message } }
    }

    /// The interval at which the locks are checked, in microseconds.
    private static let lockPoll: UInt32 = 250_000

    /// Who has cancelled the job; `nil` if it has not been cancelled.
    private func caller() -> String? {
        if machine.isInterrupted() { return "the system" }
        do {
            let files = machine.files
            let request = try UpdateRequest(file: files.cancellation, in: files.agentDirectory)
            return request?.id == report.record.id ? request?.by : nil
        } catch {
            report.logOnce("the request to cancel is ignored: \(error)")
            return nil
        }
    }

    // MARK: - Words

    private static func packages(_ count: Int) -> String { count == 1 ? "1 package" : "\(count) packages" }

    private static let nothing = "There is nothing to update."

    private static func summary(of upgradable: [Upgradable]) -> String {
        if upgradable.isEmpty { return nothing }
        let security = upgradable.count(where: \.security)
        let urgent = security == 0 ? "" : ", \(security) of them for security"
        return "\(packages(upgradable.count)) can be updated\(urgent)."
    }
}
