import JSONText

/// The limits of the protocol, and the defaults of those that a daemon's configuration can change: one place for what
/// jet-protocol(7) §1, §4, §5.3 and §7 say in numbers.
package enum ProtocolLimits {
    // MARK: Transport (§1)

    /// The TCP port.
    package static let tcpPort = 11122
    /// The WebSocket port.
    package static let webSocketPort = 11123
    /// The port of connections with TLS: WebSocket, HTTP, and length-prefixed messages.
    package static let remotePort = 11124
    /// The longest message, in bytes.
    package static let messageSize = 16 << 20
    /// How deep arrays and objects may be nested.
    package static let depth = JSONScanner.maximumDepth
    /// After how many messages in a row that cannot be parsed a peer is closed.
    package static let parseErrors = 16
    /// The time between two pings of a WebSocket.
    package static let pingInterval = Duration.seconds(5)

    /// The longest name of a peer, in bytes (§2.8).
    package static let nameLength = 256

    // MARK: Routing (§3.3)

    /// How long an owner has to answer.
    package static let timeout = Duration.seconds(5)
    /// The longest timeout, in seconds: a year.
    package static let longestTimeout = 31_536_000

    // MARK: Rules (§4)

    /// How many strings or patterns one predicate may search for: each costs a walk over every path.
    package static let searches = 1000
    /// How many steps all Lua patterns of a rule may take on one path.
    package static let patternSteps = 1 << 15
    /// The longest Lua pattern, in bytes.
    package static let patternLength = 4096
    /// How many strings or values a predicate may have that are found by a look-up.
    package static let ruleOperands = 16_384
    /// How many values `hasOneOf` and `hasAllOf` may list: each is parsed and hashed.
    package static let valueOperands = 4096
    /// How many fields and conditions a rule may have.
    package static let ruleFields = 256
    /// The longest params of a fetch or a get, in bytes.
    package static let ruleSize = 512 << 10
    /// The last branch that is returned if the request does not say it.
    package static let branches = 1000

    // MARK: Access (§6)

    /// The group of those who may call what operates the machine, and who may see all peers (§2.8).
    package static let operatorGroup = "operator"

    /// How many places the window of a sorted fetch may have: a change may send all of them.
    package static let window = 16_384

    // MARK: Errors (§5)

    /// How many characters of a message that cannot be parsed are sent back.
    package static let parseErrorText = 1024
    /// From how many bytes on what waits for a peer is conflated (§7.4).
    package static let outbox = 4 << 20
    /// With how many times `outbox` a peer is closed that sends requests and does not read.
    package static let outboxCeiling = 8
    /// With how many times `outbox` no more requests are routed to an owner.
    package static let ownerOutbox = 2
    /// How many requests of one peer may wait for an answer.
    package static let pendingRequests = 65_536
    /// How many bytes these requests may have.
    package static let pendingBytes = 64 << 20
    /// How many passwords may wait to be checked.
    package static let authentications = 256
    /// How many elements the `get` requests of one message may look at.
    package static let walk = 4 << 20

    /// How much work one request may cause, in units of about a nanosecond.
    package static let work = 1_000_000_000

    // MARK: Pairing (§8.4)

    /// How long an offer to pair lasts, in seconds.
    package static let offerSeconds = 600
    /// The shortest and the longest time that can be asked for, in seconds.
    package static let offerRange = 10...86_400
    /// The group of a user that an offer creates.
    package static let offerGroup = operatorGroup
    /// How many groups an offer may name.
    package static let offerGroups = 64
    /// How many offers there may be.
    package static let pairingOffers = 16
    /// After how many wrong codes all offers end.
    package static let wrongCodes = 5

    // MARK: Additions (§7)

    /// The longest interval, in seconds: a day.
    package static let longestInterval = 86_400
}
