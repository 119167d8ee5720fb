internal import Logging

/// Says once that something fails, and once that it works again: a broken sensor that is read every second must not
/// fill the journal.
struct FaultLog: Sendable {
    private let logger: Logger
    private var failing: Set<String> = []

    /// A log in which nothing has failed yet.
    init(_ logger: Logger) { self.logger = logger }

    /// `subject` cannot be read.
    mutating func failed(_ subject: String, _ reason: any Error) {
        guard failing.insert(subject).inserted else { return }
        logger.warning("cannot be read", metadata: ["subject": "\(subject)", "reason": "\(reason)"])
    }

    /// `subject` was read.
    mutating func worked(_ subject: String) {
        guard !failing.isEmpty, failing.remove(subject) != nil else { return }
        logger.notice("can be read again", metadata: ["subject": "\(subject)"])
    }

    /// Forgets what failed and is not among `subjects`: it is gone, and if it comes back, it is new.
    mutating func keep(_ subjects: some Sequence<String>) {
        guard !failing.isEmpty else { return }
        failing.formIntersection(subjects)
    }

    /// Gives the result of `read`, or `nil` if it throws; either is noted.
    mutating func noting<Value>(
        _ subject: String, _ read: () throws(HostFileError) -> Value
    ) -> Value? {
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
