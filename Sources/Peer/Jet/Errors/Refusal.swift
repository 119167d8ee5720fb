public import JSONText
import JetProtocol

/// Why a request was refused, read from an error's `data` (jet-protocol(7) §5.2).
///
///     if case .pathNotExists(let path)? = error.refusal { print("there is no", path) }
public enum Refusal: Hashable, Sendable {
    /// There is no such element, or none that this peer may see.
    case pathNotExists(String)
    /// An element with this path is there already.
    case pathAlreadyExists(String)
    /// The element belongs to another peer.
    case foreignPath(String)
    /// The element can be fetched, not set or called.
    case fetchOnly(String)
    /// This peer is in none of the groups that may do that.
    case noAccess(String)
    /// It is a Method, which cannot be set.
    case notAState(String)
    /// It is a State, which cannot be called.
    case notAMethod(String)
    /// This member of the params is missing.
    case missingParam(String)
    /// This member of the params has the wrong type.
    case wrongType(String)
    /// There is a fetch with this id already.
    case fetchIdInUse(JSON)
    /// There is no sorted fetch with this id.
    case fetchIdUnknown(JSON)
    /// No user has this name.
    case invalidUser
    /// It is not the user's password.
    case invalidPassword
    /// The daemon lets only those do that who have logged in, with a key or a password.
    case loginRequired
    /// The connection is not encrypted and comes from another machine: a password must not be sent over it.
    case unencrypted
    /// The daemon does not know the key, or the connection has none.
    case invalidKey
    /// It is not the code of an offer to pair: `wrong`, `used` or `expired`.
    case invalidCode(String)
    /// A peer with fetches cannot change who it is.
    case alreadyFetching
    /// The rule of a fetch or get is wrong at this place.
    case badRule(at: String, reason: String)
    /// The owner's connection ended before it answered.
    case ownerGone(String)
    /// The daemon stopped before there was an answer; whether the owner has handled the request is unknown.
    case daemonStopping
    /// A quota is used up.
    case limit(String, max: Int?)

    /// Reads the `data` of an error object; `nil` if it is none of these.
    public init?(_ data: JSON) {
        guard case .object(let object) = data else { return nil }
        for member in object {
            switch (ErrorKey(rawValue: member.name), member.value) {
            case (.pathNotExists, .string(let path)): self = .pathNotExists(path)
            case (.pathAlreadyExists, .string(let path)): self = .pathAlreadyExists(path)
            case (.foreignPath, .string(let path)): self = .foreignPath(path)
            case (.fetchOnly, .string(let path)): self = .fetchOnly(path)
            case (.noAccess, .string(let path)): self = .noAccess(path)
            case (.notAState, .string(let path)): self = .notAState(path)
            case (.notAMethod, .string(let path)): self = .notAMethod(path)
            case (.missingParam, .string(let name)): self = .missingParam(name)
            case (.wrongType, .string(let name)): self = .wrongType(name)
            case (.fetchIdInUse, let id): self = .fetchIdInUse(id)
            case (.fetchIdUnknown, let id): self = .fetchIdUnknown(id)
            case (.invalidUser, _): self = .invalidUser
            case (.invalidPassword, _): self = .invalidPassword
            case (.loginRequired, _): self = .loginRequired
            case (.unencrypted, _): self = .unencrypted
            case (.invalidKey, _): self = .invalidKey
            case (.invalidCode, let reason): self = .invalidCode(reason.string ?? "wrong")
            case (.alreadyFetching, _): self = .alreadyFetching
            case (.badRule, let rule):
                self = .badRule(at: rule["at"]?.string ?? "", reason: rule["reason"]?.string ?? "")
            case (.ownerGone, .string(let path)): self = .ownerGone(path)
            case (.daemonStopping, _): self = .daemonStopping
            case (.limit, .string(let name)): self = .limit(name, max: data["max"]?.int)
            default: continue
            }
            return
        }
        return nil
    }
}

extension Refusal: CustomStringConvertible {
    /// The reason as the end of a sentence.
    public var description: String {
        switch self {
        case .pathNotExists(let path): "there is no '\(path)'"
        case .pathAlreadyExists(let path): "'\(path)' is there already"
        case .foreignPath(let path): "'\(path)' belongs to another peer"
        case .fetchOnly(let path): "'\(path)' is read-only"
        case .noAccess(let path): "no access to '\(path)'"
        case .notAState(let path): "'\(path)' is a method, not a state"
        case .notAMethod(let path): "'\(path)' is a state, not a method"
        case .missingParam(let name): "'\(name)' is missing"
        case .wrongType(let name): "'\(name)' has the wrong type"
        case .fetchIdInUse(let id): "the fetch id \(id) is in use"
        case .fetchIdUnknown(let id): "there is no sorted fetch with the id \(id)"
        case .invalidUser: "unknown user"
        case .invalidPassword: "wrong password"
        case .loginRequired: "log in first, with a key or a password"
        case .unencrypted: "passwords are not accepted over an unencrypted connection; use jets:// or wss://"
        case .invalidKey: "the daemon does not know this key; pair with it first"
        case .invalidCode("used"): "the code was used already; ask for a new one"
        case .invalidCode("expired"): "the code has expired; ask for a new one"
        case .invalidCode: "the code is wrong"
        case .alreadyFetching: "not while there are fetches"
        case .badRule(let place, let reason): "the rule is wrong at '\(place)': \(reason)"
        case .ownerGone(let path): "the owner of '\(path)' is gone"
        case .daemonStopping: "the daemon is stopping"
        case .limit(let name, let max): "the limit '\(name)' \(max.map { "of \($0) " } ?? "")is reached"
        }
    }
}

extension JetError {
    /// Why the request was refused, if `data` is one of the protocol's reasons.
    public var refusal: Refusal? { data.flatMap(Refusal.init) }
}
