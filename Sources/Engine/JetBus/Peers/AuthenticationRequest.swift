public import JetProtocol

extension Bus {
    /// A request to authenticate a peer or to change a password. The bus knows neither users nor passwords, and to check
    /// one takes long: so the shell takes the request, checks it, and answers with a result.
    public struct AuthenticationRequest: Sendable {
        /// What is requested.
        public enum Kind: Hashable, Sendable {
            /// To check whether the password is the user's, and to look up the user's groups.
            case authentication
            /// To set the password of the user; the user `by` requests it.
            case passwordChange(by: String)
        }

        /// What is requested.
        public let kind: Kind
        /// The user's name.
        public let user: String
        /// The password. One of 512 bytes may be the beginning of a longer one; crypt(3) accepts neither.
        public let password: Secret
        /// The peer that sent the request. At the time of the result this may be another peer; `serial` tells them apart.
        public let peer: PeerID
        /// The number of the request: no other one of this bus has it.
        public let serial: UInt64
    }

    /// The result of an authentication request.
    public enum AuthenticationResult: Hashable, Sendable {
        /// The password is right, and the user has these groups.
        case granted(Groups)
        /// The password is changed.
        case changed
        /// There is no such user.
        case unknownUser
        /// The password is wrong, or not accepted as a new one.
        case wrongPassword
        /// The peer's user may not do that.
        case forbidden
        /// Too many requests for the user wait, from the same account; this many may.
        case limitExceeded(max: Int)
        /// The check or the change failed, for this reason. The peer receives it.
        case failed(String)
    }
}

/// A peer's authentication request that has no result yet.
final class PendingAuthentication {
    /// The number of the request.
    let serial: UInt64
    let kind: Bus.AuthenticationRequest.Kind
    let user: String
    /// The id to answer under; `nil` for a notification.
    let id: [UInt8]?

    init(serial: UInt64, kind: Bus.AuthenticationRequest.Kind, user: String, id: [UInt8]?) {
        self.serial = serial
        self.kind = kind
        self.user = user
        self.id = id
    }
}
