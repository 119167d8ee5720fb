internal import DocumentedEvents
package import Logging
internal import Synchronization

/// Says once that something fails, and once that it works again: a broken sensor that is read every second must not
/// fill the journal.
package final class FaultLog: Sendable {
    private let logger: Logger
    private let verb: String
    private let failing = Mutex<Set<String>>([])

    /// A log in which nothing has failed yet.
    ///
    /// - Parameters:
    ///   - logger: Where it is said.
    ///   - verb: What fails, as the end of "cannot be ...".
    package init(_ logger: Logger, verb: String = "read") {
        self.logger = logger
        self.verb = verb
    }

    /// Whether it is the daemon's word that something fails by, and not the machine's.
    private var isAboutBus: Bool { verb == "published" }

    /// `subject` cannot be had, for this reason.
    package func failed(_ subject: String, _ reason: any Error) { failed(subject, "\(reason)") }

    /// `subject` cannot be had, for this reason.
    package func failed(_ subject: String, _ reason: String) {
        guard failing.withLock({ $0.insert(subject).inserted }) else { return }
        logger.note(
            isAboutBus ? AgentEvent.notPublished : .thingLost, saying: "cannot be \(verb)",
            ["subject": "\(subject)", "reason": "\(reason)"])
    }

    /// `subject` is there.
    package func worked(_ subject: String) {
        guard failing.withLock({ $0.remove(subject) != nil }) else { return }
        logger.note(
            isAboutBus ? AgentEvent.publishedAgain : .thingBack, saying: "can be \(verb) again",
            ["subject": "\(subject)"])
    }

    /// Forgets what failed and is not among `subjects`: it is gone, and if it comes back, it is new.
    package func keep(_ subjects: [String]) { failing.withLock { $0.formIntersection(subjects) } }

    /// Gives the result of `read`, or `nil` if it throws; either is noted.
    package func noting<Value>(_ subject: String, _ read: () throws(HostFileError) -> Value) -> Value? {
        do {
            let value = try read()
            worked(subject)
            return value
        } catch {
            failed(subject, error)
            return nil
        }
    }
}
