import Glibc
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
            let record = job.run()
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

    private static func fail(_ text: String, _ status: Int32) -> Never {
        say(text)
        exit(status)
    }

    private static func say(_ text: String) {
        let line = Array("jet-update: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
