import JSONText
import JetProtocol

/// Deadlines.
extension Session {
    /// Handles all deadlines that have passed, and sets `nextDeadline` to the next one.
    ///
    /// All waiting requests are looked at, but not more than every 10 ms: that is cheaper than an ordered list, since
    /// nearly every request is answered long before its time.
    mutating func expire(now: Duration) -> [Action] {
        var actions: [Action] = []
        for (id, entry) in pending where entry.deadline.map({ $0 <= now }) ?? false {
            if entry.isOpenEnded, entry.probedAt.map({ lastHeard > $0 }) ?? true {
                probe(id, now: now)
            } else {
                pending[id] = nil
                if let action = abandon(entry, as: id, .unanswered) { actions.append(action) }
            }
        }
        for (key, due) in retries where due <= now { addAgain(key) }
        let earliest = [pending.values.lazy.compactMap(\.deadline).min(), retries.values.min()]
        nextDeadline = earliest.compactMap(\.self).min().map { max($0, now + .milliseconds(10)) }
        return actions
    }

    /// Asks the daemon for a sign of life, and gives the request `id` as much time again as that may take.
    private mutating func probe(_ id: Int, now: Duration) {
        pending[id]?.probedAt = now
        pending[id]?.deadline = now + settings.requestTimeout
        send(newID(), .echo, params: nil, Pending(purpose: .none))
    }
}

extension JetError {
    static var unanswered: JetError { JetError(.timeout, "The daemon did not answer in time") }
}
