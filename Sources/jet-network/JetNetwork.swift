import Glibc
import NetworkApply
import NetworkSettings
import Systemd

/// The root program's main: which of its services it is, and exit codes.
///
/// It takes one word, which stands in its units; everything else comes from files, and is looked at before it is
/// believed. A request that is refused is an orderly end: the answer says why.
public enum JetNetwork {
    /// Does what the command line says; ends the process with another status than 0 where it could not.
    public static func main() async {
        guard CommandLine.arguments.count == 2, let verb = Verb(rawValue: CommandLine.arguments[1]) else {
            say("takes one word: apply, confirm, rollback or show. Its services start it; nobody else needs to.")
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
            say("\(verb.rawValue): \(error)")
            exit(1)
        }
    }

    private static func run(_ verb: Verb, _ changer: NetworkChanger, _ spool: Spool) async throws {
        switch verb {
        case .apply:
            guard let request = request(.apply, spool) else { return }
            let answer = await changer.apply(request)
            tell(answer)
            // If its author cannot be told, the change must not stay: failing here starts the rollback.
            try spool.answer(.apply, answer)
            if changer.needsRollback(after: answer) { throw DiskError("the rollback has to go on") }
        case .confirm:
            guard let request = request(.confirm, spool) else { return }
            let answer = await changer.confirm(request)
            tell(answer)
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
            say("rolled back the change of \(outcome.link): \(outcome.shown)")
            if let request { try spool.answer(.rollback, ChangeAnswer(id: request.id, .done(outcome.shown))) }
        case .show:
            try await changer.show()
        }
    }

    /// The request; `nil` if there is none that can be believed, which must not disturb a change that is pending.
    private static func request(_ verb: Verb, _ spool: Spool) -> ChangeRequest? {
        do {
            return try spool.request(verb)
        } catch {
            say("\(verb.rawValue): refused: \(error)")
            return nil
        }
    }

    private static func tell(_ answer: ChangeAnswer) {
        switch answer.result {
        // The token is nobody else's business.
        case .done: say("\(answer.id): done")
        case .refused(let field, let reason): say("\(answer.id): refused: \(field) \(reason)")
        case .failed(let reason): say("\(answer.id): failed: \(reason)")
        }
    }

    /// Says it to the journal.
    private static func say(_ text: String) {
        let line = Array("jet-network: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
