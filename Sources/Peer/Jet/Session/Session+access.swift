import JetProtocol

/// Authenticating again on a new connection.
extension Session {
    /// Says who this is, before anything that needs rights. The daemon handles what comes behind it after it.
    mutating func authenticateAgain(now: Duration) {
        guard let credentials else { return }
        send(
            newID(), .authenticate, params: credentials.params,
            Pending(purpose: .authentication, deadline: now + settings.requestTimeout))
    }

    /// The daemon's answer to that. If it has too much to do, the connection is given up for one that is made later;
    /// otherwise would what is fetched again be less than before, for no reason that lasts.
    func settleAuthentication(_ outcome: Result<[UInt8], ErrorObject>) -> Action? {
        guard case .failure(let error) = outcome else { return nil }
        if error.code == .limitExceeded { return .hangUp }
        return .note(.authenticationRefused(error))
    }
}
