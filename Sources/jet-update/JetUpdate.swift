import Glibc
import Synchronization
import SystemUpdate

/// The update program's main: does the one job that its argument names, as root, started by the unit of the same name.
///
/// Exit codes: 0 the job succeeded or was called off, 1 it failed, 2 the command line is wrong, 75 another job is under way.
@main
enum JetUpdate {
    /// Set by the signals that ask a process to end.
    static let isInterrupted = Atomic(false)

    static func main() {
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
        let machine = UpdateMachine { isInterrupted.load(ordering: .relaxed) }
        do throws(SystemCallError) {
            guard var job = try UpdateJob(kind, on: machine) else { fail("another job is under way", 75) }
            let record = job.run()
            exit(record.phase == .failed && record.cancelledBy == nil ? 1 : 0)
        } catch {
            fail("\(error)", 1)
        }
    }

    private static func fail(_ text: String, _ status: Int32) -> Never {
        let line = Array("jet-update: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(status)
    }
}
