/// The name of a method of the daemon, or of any other (jet-protocol(7) §2).
package struct MethodName: RawRepresentable, ExpressibleByStringLiteral, Hashable, Sendable {
    /// The name on the wire.
    package let rawValue: String

    /// The method of this name.
    package init(rawValue: String) { self.rawValue = rawValue }

    package init(stringLiteral name: String) { rawValue = name }

    package static let add: MethodName = "add"
    package static let change: MethodName = "change"
    package static let remove: MethodName = "remove"
    package static let fetch: MethodName = "fetch"
    package static let unfetch: MethodName = "unfetch"
    package static let moveWindow: MethodName = "moveWindow"
    package static let get: MethodName = "get"
    package static let branches: MethodName = "branches"
    package static let set: MethodName = "set"
    package static let call: MethodName = "call"
    package static let info: MethodName = "info"
    package static let config: MethodName = "config"
    package static let authenticate: MethodName = "authenticate"
    package static let passwd: MethodName = "passwd"
    package static let echo: MethodName = "echo"
    package static let peers: MethodName = "peers"
    package static let offerPairing: MethodName = "offerPairing"
    package static let pair: MethodName = "pair"
    package static let keys: MethodName = "keys"
    package static let removeKey: MethodName = "removeKey"

    /// The methods of the daemon, in the order of jet-protocol(7).
    package static let daemon: [MethodName] = [
        add, change, remove, fetch, unfetch, moveWindow, get, branches, set, call, info, config, authenticate, passwd,
        echo,
        peers,
        offerPairing, pair, keys, removeKey,
    ]

    /// Whether an owner answers it, and not the daemon (jet-protocol(7) §3).
    package var isRouted: Bool { self == .set || self == .call }
}

/// The names of members of messages and of their params (jet-protocol(7) §2 and §4).
package enum MemberName {
    // Of elements (§2.5)
    @inlinable package static var path: StaticString { "path" }
    @inlinable package static var value: StaticString { "value" }
    @inlinable package static var fetchOnly: StaticString { "fetchOnly" }
    @inlinable package static var timeout: StaticString { "timeout" }
    @inlinable package static var access: StaticString { "access" }
    @inlinable package static var meta: StaticString { "meta" }
    @inlinable package static var caller: StaticString { "caller" }

    // Of requests (§2.6 to §2.8)
    @inlinable package static var id: StaticString { "id" }
    @inlinable package static var from: StaticString { "from" }
    @inlinable package static var to: StaticString { "to" }
    @inlinable package static var prefix: StaticString { "prefix" }
    @inlinable package static var separator: StaticString { "separator" }
    @inlinable package static var args: StaticString { "args" }
    @inlinable package static var valueAsResult: StaticString { "valueAsResult" }
    @inlinable package static var name: StaticString { "name" }
    @inlinable package static var debug: StaticString { "debug" }
    @inlinable package static var encoding: StaticString { "encoding" }
    @inlinable package static var user: StaticString { "user" }
    @inlinable package static var password: StaticString { "password" }
    @inlinable package static var key: StaticString { "key" }

    // Of pairing (§8.4, §8.6)
    @inlinable package static var groups: StaticString { "groups" }
    @inlinable package static var seconds: StaticString { "seconds" }
    @inlinable package static var code: StaticString { "code" }
    @inlinable package static var title: StaticString { "title" }
    @inlinable package static var fingerprint: StaticString { "fingerprint" }

    // Of notifications (§4.6, §4.7)
    @inlinable package static var event: StaticString { "event" }
    @inlinable package static var count: StaticString { "n" }
    @inlinable package static var changes: StaticString { "changes" }
    @inlinable package static var index: StaticString { "index" }
    @inlinable package static var total: StaticString { "total" }
}

/// The keys by which the `data` of an error says what is wrong (jet-protocol(7) §5).
package enum ErrorKey: String, Hashable, Sendable, CaseIterable {
    // Of Invalid params (§5.2)
    case pathNotExists, pathAlreadyExists, foreignPath, fetchOnly, noAccess, notAState, notAMethod, missingParam
    case wrongType, unknownParam, fetchIdInUse, fetchIdUnknown, badRule, invalidUser, invalidPassword, alreadyFetching
    case loginRequired, unencrypted, invalidKey, invalidCode
    // Of Connection closed (§5.1)
    case ownerGone, daemonStopping
    // Of Limit exceeded (§5.3)
    case limit
}

/// Why the code of a pairing is refused (jet-protocol(7) §8.4).
public enum PairingRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// There is no offer with this code.
    case wrong
    /// The code was used.
    case used
    /// The offer is over, was replaced by another one, or was withdrawn because of wrong codes.
    case expired
}

/// The limits that `-32010 Limit exceeded` names (jet-protocol(7) §5.3).
package enum LimitName: String, Hashable, Sendable, CaseIterable {
    case messageSize, outbox, pendingRequests, pendingBytes, authentications, walk
    case outboxOfOwner = "outbox of the owner"
    // Of accounts: what all peers of a user have together
    case elements, bytes, fetches, ruleBytes, connections, unreadBytes, work
    /// Of the daemon as a whole.
    case pairingOffers
    /// Of the library `Jet`, for an element whose handler is too slow.
    case waitingRequests
}
