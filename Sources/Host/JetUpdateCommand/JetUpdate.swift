import DocumentedEvents
import Files
import Glibc
import Handover
import Journal
import Logging
import Synchronization
import SystemUpdate
import Systemd

/// The update program's main: does the one job that its argument names, as root, started by the unit of the same name.
///
/// Exit codes: 0 the job succeeded or was called off, 1 it failed, 2 the command line is wrong, 75 another job is under way.
public enum JetUpdate {
    /// Set by the signals that ask a process to end.
    static let isInterrupted = Atomic(false)

    /// Does what the command line says, and ends the process.
    public static func main() {
        guard CommandLine.arguments.count == 2, let kind = JobKind(rawValue: CommandLine.arguments[1]) else {
            fail(
                "usage: jet-update check|install\nIt is started by jet-update-check.service and jet-update-install.service.",
                2)
        }
        _ = isInterrupted.load(ordering: .relaxed)
        for number in [SIGTERM, SIGINT, SIGHUP] {
            signal(number) { _ in JetUpdate.isInterrupted.store(true, ordering: .relaxed) }
        }
        // The journal may be restarted under an update.
        signal(SIGPIPE, SIG_IGN)
        umask(0o022)
        let machine = UpdateMachine(
            isInterrupted: { isInterrupted.load(ordering: .relaxed) }, keepUp: { inhibitShutdown() })
        do throws(SystemCallError) {
            guard var job = try UpdateJob(kind, on: machine) else { fail("another job is under way", 75) }
            tell(.began, job.record)
            let record = job.run()
            tell(outcome(of: record), record)
            exit(record.phase == .failed && record.cancelledBy == nil ? 1 : 0)
        } catch {
            fail("\(error)", 1)
        }
    }

    /// Blocks shutdowns while dpkg runs. Where there is no logind that is not to be had, and no reason not to update.
    private static func inhibitShutdown() -> ShutdownInhibitor? {
        do throws(DBusError) {
            return try ShutdownInhibitor(who: "jet-update", why: "packages are being installed")
        } catch {
            say("shutdowns are not blocked meanwhile: \(error)")
            return nil
        }
    }

    private static func outcome(of record: JobRecord) -> UpdateEvent {
        if record.cancelledBy != nil { return .calledOff }
        return switch record.phase {
        case .failed: .failed
        case .restartRequired: .restartRequired
        default: .succeeded
        }
    }

    /// Logs how a job stands.
    private static func tell(_ event: UpdateEvent, _ record: JobRecord) {
        var metadata: Logger.Metadata = [
            "job": "\(record.id)", "kind": "\(record.kind.rawValue)", "by": "\(record.by)",
        ]
        if event != .began, let message = record.message { metadata["reason"] = "\(message)" }
        logger.note(event, metadata)
    }

    private static let logger = JetLog.start("jet-update", level: LogLevel(.info)).logger

    private static func fail(_ text: String, _ status: Int32) -> Never {
        JetLog.complain("jet-update", text, UpdateEvent.failed)
        exit(status)
    }

    private static func say(_ text: String) { logger.warning("\(text)") }
}
