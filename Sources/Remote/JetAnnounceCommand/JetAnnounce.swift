import Announcement
import CLinux
import DocumentedEvents
import Glibc
import Journal
import Logging
import Signals
import Systemd

/// The program `jet-announce`, see jet-announce(8): announces the device to its network, and writes its names for
/// jet-certificate(8). It runs as a user of its own without any privilege.
public enum JetAnnounce {
    /// Where the names are written: the runtime directory of the unit, systemd.exec(5).
    private static let folder = getenv("RUNTIME_DIRECTORY").map { String(cString: $0) } ?? "/run/jet-announce"

    /// Runs until a signal ends it.
    public static func main() async {
        // One heap is enough for a program that mostly waits.
        mallopt(M_ARENA_MAX, 1)
        StandardStreams.fill()
        guard let port = port(CommandLine.arguments.dropFirst()) else {
            JetLog.complain(
                "jet-announce", "takes no arguments but --port NUMBER; it is started by its unit. See jet-announce(8).",
                AnnouncementEvent.failed)
            exit(2)
        }
        let logger = JetLog.start("jet-announce", level: LogLevel(.info)).logger
        let endSignals = ProcessSignals(SIGTERM, SIGINT)
        let manager = ServiceNotifier(status: "looking for a responder") { error in
            logger.debug("cannot notify systemd", metadata: ["reason": "\(error)"])
        }
        let certificate = PresentedFingerprint()
        var pace = Announcer.Pace()
        if let interval = manager.pingInterval { pace.check = min(pace.check, interval) }
        let announcer = Announcer(
            bus: SystemBus(), folder: folder, port: port, pace: pace, fingerprint: { certificate.current() },
            logger: logger, show: { manager.show($0) }, beat: { manager.alive() })
        let service = Task { await announcer.run() }
        let rest = Task {
            // Half of the memory is code that only the start needs.
            guard (try? await Task.sleep(for: .seconds(10))) != nil else { return }
            linux_release_program()
        }
        manager.ready()
        for await _ in endSignals { break }
        manager.stopping()
        rest.cancel()
        service.cancel()
        await service.value
    }

    /// The port that is announced; `nil` if the arguments make no sense.
    private static func port(_ arguments: ArraySlice<String>) -> UInt16? {
        if arguments.isEmpty { return ServiceRecord.port }
        guard arguments.count == 2, arguments.first == "--port", let port = arguments.last.flatMap({ UInt16($0) }),
            port > 0
        else { return nil }
        return port
    }
}
