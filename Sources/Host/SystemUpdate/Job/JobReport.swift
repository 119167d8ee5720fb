internal import Files
internal import Handover
internal import JSONText
internal import Moments

/// Keeps a job's record up to date in its files: in `/run` at each change, on disk when the phase changes.
final class JobReport {
    private(set) var record: JobRecord
    private let files: UpdateFiles
    private let log: (String) -> Void
    private var progress: JobProgress
    private var logged: Set<String> = []

    /// The report of a job that begins.
    init(_ record: JobRecord, to machine: UpdateMachine) {
        self.record = record
        files = machine.files
        log = machine.log
        progress = JobProgress(of: record.kind)
        write(durable: true)
    }

    /// Changes the record, and writes it if that made a difference.
    func update(_ change: (inout JobRecord) -> Void) {
        let before = record
        change(&record)
        guard record != before else { return }
        write(durable: record.phase != before.phase)
    }

    /// So much of a stage is done.
    func advance(_ stage: JobProgress.Stage, to done: Double, _ change: (inout JobRecord) -> Void = { _ in }) {
        progress.advance(stage, to: done)
        update {
            $0.percent = progress.percent
            change(&$0)
        }
    }

    /// The job has ended.
    func finish(_ phase: JobPhase, _ message: String, cancelledBy: String? = nil) {
        if phase != .failed { progress.finish() }
        log("\(phase.rawValue): \(message)")
        update {
            $0.phase = phase
            $0.percent = progress.percent
            $0.message = message
            $0.cancellable = false
            $0.cancelledBy = cancelledBy
            $0.package = nil
            $0.finishedAt = Moment.now.text ?? ""
        }
    }

    /// Logs what is found out again and again, once.
    func logOnce(_ text: String) { if logged.insert(text).inserted { log(text) } }

    /// A record that cannot be written does not hold up the job: that the packages get right is what counts.
    private func write(durable: Bool) {
        let text = record.json.text + [UInt8(ascii: "\n")]
        do throws(SystemCallError) {
            try File.replace(files.record, with: text, mode: 0o644)
            if durable { try File.replace(files.lastRecord, with: text, mode: 0o644, isDurable: true) }
        } catch {
            log("the job's record cannot be written: \(error)")
        }
    }
}
