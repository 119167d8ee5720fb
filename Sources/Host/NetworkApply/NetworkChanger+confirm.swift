internal import JSONText
public import Handover
internal import NetworkSettings

extension NetworkChanger {
    /// Makes the pending change permanent, if its author asks for it.
    ///
    /// The author shows the token. If the author had logged in, a request by the same user that names the change is
    /// enough: the browser that comes back over the new address has no token, but its user logs in again.
    public func confirm(_ request: ChangeRequest) async -> ChangeAnswer {
        do {
            guard let change = try records.pending() else {
                throw FieldError("token", "matches no pending change: none is pending.")
            }
            if let id = request.set["pending"]?.string, request.token == nil {
                guard id == change.id else {
                    throw FieldError("id", "is not that of the pending change.")
                }
                guard change.by.user != nil else {
                    throw FieldError("token", "is needed, because the author of the change had not logged in.")
                }
            } else {
                guard let token = request.token, Self.isEqual(token, change.token) else {
                    throw FieldError("token", "is not the one that the change was answered with.")
                }
            }
            guard request.by.isSame(as: change.by) else {
                throw FieldError("", "The change is \(change.by)'s; no other user can confirm it.")
            }
            guard change.bootID == bootID, surroundings.sinceBoot() < change.deadlineSinceBoot else {
                throw FieldError("", "The deadline has passed; the change is being rolled back.")
            }
            let outcome = ChangeOutcome(
                id: change.id, link: change.link, by: change.by, result: .confirmed, at: surroundings.now())
            // The order matters: the change is permanent when its record is removed.
            try records.put(outcome)
            try records.removePending()
            // The timer finds nothing to undo.
            try? await services.disarmRollback()
            return ChangeAnswer(id: request.id, .done(outcome.shown))
        } catch let error as FieldError {
            return ChangeAnswer(id: request.id, .refused(field: error.field, reason: error.reason))
        } catch {
            return ChangeAnswer(id: request.id, .failed(reason: "\(error)"))
        }
    }

    /// Compares in a time that does not tell how much of the token was right.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
