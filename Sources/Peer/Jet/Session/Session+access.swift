import JSONText
import JetProtocol

/// How a peer logs in.
enum Login: Sendable, Equatable {
    /// As a user with a password.
    case password(Peer.Credentials)
    /// As the user whose key the connection has.
    case key

    /// The params of `authenticate`.
    var params: [UInt8] {
        switch self {
        case .password(let credentials): credentials.params
        case .key: JSON.object(["key": true]).text
        }
    }
}

/// Logging in again on a new connection.
extension Session {
    /// Says who this is, before anything that needs rights. The daemon handles what comes behind it after it.
    mutating func logInAgain(now: Duration) {
        guard let login else { return }
        send(
            newID(), .authenticate, params: login.params,
            Pending(purpose: .authentication, deadline: now + settings.requestTimeout))
    }

    /// The daemon's answer to that. If it has too much to do, or gives no rights to those who are not logged in, the
    /// connection is given up for one that is made later: what is sent behind it would be refused, or be less than
    /// before, for no reason that lasts.
    mutating func settleAuthentication(_ outcome: Result<[UInt8], ErrorObject>) -> Action? {
        guard case .failure(let error) = outcome else { return nil }
        guard error.code == .limitExceeded || settings.demandsLogin else { return .note(.authenticationRefused(error)) }
        isGivenUp = true
        return .hangUp(JetError(error))
    }
}
