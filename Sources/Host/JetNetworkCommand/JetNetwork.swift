import DocumentedEvents
import Glibc
import JSONText
import Journal
import Logging
import NetworkApply
import Handover
import Systemd

/// The root program's main: selects the service by the command line, and sets the exit code.
///
/// It takes one word, which its units pass to it; everything else is read from files and validated before it is used.
/// A refused request is not a failure of the program: the answer contains the reason.
public enum JetNetwork {
    /// Does what the command line says; ends the process with another status than 0 where it could not.
    public static func main() async {
        guard CommandLine.arguments.count == 2, let verb = NetworkVerb(rawValue: CommandLine.arguments[1]) else {
            say("takes one word: apply, confirm, rollback or show. It is started by its services, not by hand.")
            exit(2)
        }
        umask(0o027)
        let disk = Disk()
        let changer = NetworkChanger(disk: disk, kernel: KernelLink(disk), services: SystemServices(SystemBus()))
        do {
            // Looking is for any time.
            let lock = verb == .show ? nil : try RunLock(disk)
            defer { lock?.release() }
            try await run(verb, changer, Spool(disk))
        } catch {
            logger.note(NetworkEvent.failed, ["verb": "\(verb.rawValue)", "reason": "\(error)"])
            exit(1)
        }
    }

    private static func run(_ verb: NetworkVerb, _ changer: NetworkChanger, _ spool: Spool) async throws {
        switch verb {
        case .apply:
            guard let request = request(.apply, spool) else { return }
            let answer = await changer.apply(request)
            tell(answer, .applied, request)
            // If its author cannot be told, the change must not stay: failing here starts the rollback.
            try spool.answer(.apply, answer)
            if changer.needsRollback(after: answer) { throw DiskError("the rollback has to go on") }
        case .confirm:
            guard let request = request(.confirm, spool) else { return }
            let answer = await changer.confirm(request)
            tell(answer, .confirmed, request)
            try spool.answer(.confirm, answer)
        case .rollback:
            // The timer and the machine's start ask for nothing.
            let request = try? spool.request(.rollback)
            let outcome = try await changer.rollback(request)
            guard let outcome else {
                if let request {
                    try spool.answer(
                        .rollback,
                        ChangeAnswer(id: request.id, .refused(field: "", reason: "No change is pending.")))
                }
                return
            }
            tell(outcome)
            if let request { try spool.answer(.rollback, ChangeAnswer(id: request.id, .done(outcome.shown))) }
        case .show:
            try await changer.show()
        }
    }

    /// The request; `nil` if there is none that can be believed, which must not disturb a change that is pending.
    private static func request(_ verb: NetworkVerb, _ spool: Spool) -> ChangeRequest? {
        do {
            return try spool.request(verb)
        } catch {
            logger.note(NetworkEvent.refused, ["verb": "\(verb.rawValue)", "reason": "\(error)"])
            return nil
        }
    }

    /// Logs the result of a request. The token is not logged, because it is a secret of the author.
    private static func tell(_ answer: ChangeAnswer, _ success: NetworkEvent, _ request: ChangeRequest) {
        let event: NetworkEvent =
            switch answer.result {
            case .done: success
            case .refused: .refused
            case .failed: .failed
            }
        note(event, NetworkEvent.fields(of: answer, to: request))
    }

    /// Logs what came of a rollback.
    private static func tell(_ outcome: ChangeOutcome) {
        note(outcome.restored == false ? .notRestored : .rolledBack, NetworkEvent.fields(of: outcome))
    }

    private static func note(_ event: NetworkEvent, _ fields: [String: String]) {
        logger.note(event, fields.mapValues { "\($0)" })
    }

    private static let logger = JetLog.start("jet-network", level: LogLevel(.info)).logger

    /// Says what is wrong with the command line.
    private static func say(_ text: String) { JetLog.complain("jet-network", text, NetworkEvent.failed) }
}
