public import Digests
public import JSONText
public import JetProtocol

extension Bus {
    /// A request about users, passwords or keys. The bus knows none of them, and to check a password takes long: so the
    /// shell takes the request, decides, and answers with a result.
    public struct AuthenticationRequest: Sendable {
        /// What is requested.
        public enum Kind: Hashable, Sendable {
            /// `authenticate` with a password: to check whether it is the user's, and to look up the user's groups.
            case authentication
            /// `passwd`: to set the password of the user; the user `by` requests it.
            case passwordChange(by: String)
            /// `authenticate` with the key of the connection: to look up whose it is.
            case keyAuthentication(Fingerprint)
            /// `offerPairing`: to make an offer, if the asker may.
            case pairingOffer(PairingTerms)
            /// `pair`: to add the key of the connection to the user of the offer that has this code.
            case pairing(PairingCode, title: String, key: Fingerprint)
            /// `keys`: to list the keys of users, as far as the asker may see them.
            case keyList
            /// `removeKey`: to remove a key, if the asker may.
            case keyRemoval(Fingerprint)
        }

        /// What is requested.
        public let kind: Kind
        /// The name of the user whose password is meant; empty if it is not about a password.
        public let user: String
        /// The password. One of 512 bytes may be the beginning of a longer one; crypt(3) accepts neither. It is empty if the
        /// request is not about a password.
        public let password: Secret
        /// Who asks, when it was asked.
        public let asker: Asker
        /// The peer that sent the request. At the time of the result this may be another peer; `serial` tells them apart.
        public let peer: PeerID
        /// The number of the request: no other one of this bus has it.
        public let serial: UInt64
    }

    /// What a peer offers to the one that pairs.
    public struct PairingTerms: Hashable, Sendable {
        /// The user that gets the key; `nil` for a new one.
        public var user: String?
        /// The groups of a new user, for fetching, setting and calling.
        public var groups: Set<String>
        /// How long the offer lasts.
        public var seconds: Int

        /// The terms of an offer.
        public init(user: String?, groups: Set<String>, seconds: Int) {
            self.user = user
            self.groups = groups
            self.seconds = seconds
        }
    }

    /// The peer that sends an authentication request, as it was then.
    public struct Asker: Hashable, Sendable {
        /// Who is charged for it.
        public let account: AccountName
        /// What the system knows of it.
        public let credentials: Credentials
        /// The user as which it has logged in; `nil` if it has not.
        public let user: String?
        /// Its groups.
        public let groups: Groups
        /// Whether the system's user 0 runs it, or the one that runs the daemon.
        public let isAdministrator: Bool

        /// Whether it is an operator: it is in the group `operator` for calling.
        public var isOperator: Bool { groups.call.contains(ProtocolLimits.operatorGroup) }
    }

    /// The result of an authentication request.
    public enum AuthenticationResult: Hashable, Sendable {
        /// The password is right, and the user has these groups.
        case granted(Groups)
        /// The password is changed.
        case changed
        /// The key is that of a user with these groups.
        case recognized(user: String, groups: Groups)
        /// The key is now that of a user with these groups.
        case paired(user: String, groups: Groups)
        /// The result of `offerPairing`, `keys` or `removeKey`.
        case answered(JSON)
        /// There is no such user.
        case unknownUser
        /// The password is wrong, or not accepted as a new one.
        case wrongPassword
        /// The peer may not do that.
        case forbidden
        /// Too many requests for the user wait, from the same account; this many may.
        case limitExceeded(max: Int)
        /// The request fails with this error, such as `invalidKey` or `invalidCode`.
        case refused(ErrorObject)
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
