import Jet
import JetProtocol

/// Why there are no accounts and peers to show.
enum UsageAbsence: Error, Hashable, Sendable {
    /// The peer is not in the group `operator`.
    case noAccess
    /// The daemon has no method `peers`.
    case unknown

    /// The reason in this error; `nil` if it is another one.
    init?(_ error: JetError) {
        if case .noAccess = error.refusal {
            self = .noAccess
        } else if error.code == .methodNotFound {
            self = .unknown
        } else {
            return nil
        }
    }

    /// A line for people.
    var sentence: String {
        switch self {
        case .noAccess:
            "Accounts and peers need the group operator: --user NAME, or group jet-operator."
        case .unknown: "This daemon does not report accounts and peers: it is older than this jet."
        }
    }
}
