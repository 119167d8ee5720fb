public import JetProtocol

extension Bus {
    /// A *question*: something about a peer that the bus cannot know, since it knows neither users nor their passwords,
    /// and that takes its time to find out. The shell takes it, finds out, and answers with a verdict.
    public struct Question: Sendable {
        /// What is asked.
        public enum Kind: Hashable, Sendable {
            /// Whether the password is the user's, and what the user may do.
            case authentication
            /// That the user gets this password, at the wish of the user `by`.
            case passwordChange(by: String)
        }

        /// What is asked.
        public let kind: Kind
        /// About whom.
        public let user: String
        /// The password. One of 512 bytes may be the beginning of a longer one; crypt(3) takes neither.
        public let password: Secret
        /// Who asks. By the time of the verdict this may be another peer; `serial` tells them apart.
        public let peer: PeerID
        /// Which question it is: no other one, of whatever peer, has this number.
        public let serial: UInt64
    }

    /// What has come of a question.
    public enum Verdict: Hashable, Sendable {
        /// The password is right, and the user has these rights.
        case granted(Groups)
        /// The password is changed.
        case changed
        /// There is no such user.
        case unknownUser
        /// The password is wrong; or as a new one, not to be had.
        case wrongPassword
        /// Who asks may not do that.
        case forbidden
        /// It could not be found out, or not be done; for this reason, which the peer is told.
        case failed(String)
    }
}

/// What is being found out about a peer, and what has to wait for that.
final class Inquiry {
    /// Which question.
    let serial: UInt64
    let kind: Bus.Question.Kind
    let user: String
    /// The id to answer under; `nil` if no answer is wanted.
    let id: [UInt8]?
    /// What the peer has sent behind it, in its order.
    var postponed: [PostponedText] = []

    init(serial: UInt64, kind: Bus.Question.Kind, user: String, id: [UInt8]?) {
        self.serial = serial
        self.kind = kind
        self.user = user
        self.id = id
    }
}

/// A text of a peer that waits.
struct PostponedText {
    var text: [UInt8]
    /// In the rest of a batch, where the next message begins; `nil` for a whole text.
    var next: Int?
}
