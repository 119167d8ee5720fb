import JetProtocol

/// What is counted for each account.
enum Resource: CaseIterable {
    /// States and Methods.
    case elements
    /// Bytes of memory: of elements, of fetches' interests in them, and of requests that wait.
    case bytes
    /// Fetches.
    case fetches
    /// Bytes of the rules of fetches.
    case ruleBytes
    /// Requests that wait for an owner's answer.
    case pendingRequests
    /// Bytes of output that the peers have not read.
    case unreadBytes
    /// Passwords that wait to be checked.
    case authentications
}

extension Resource {
    /// Its name in errors (jet-protocol(7) §5.3).
    var limitName: LimitName {
        switch self {
        case .elements: .elements
        case .bytes: .bytes
        case .fetches: .fetches
        case .ruleBytes: .ruleBytes
        case .pendingRequests: .pendingRequests
        case .unreadBytes: .unreadBytes
        case .authentications: .authentications
        }
    }
}

/// One number for each resource.
public struct Quotas: Hashable, Sendable {
    /// States and Methods.
    public var elements: Int
    /// Bytes of memory.
    public var bytes: Int
    /// Fetches.
    public var fetches: Int
    /// Bytes of the rules of fetches.
    public var ruleBytes: Int
    /// Requests that wait for an owner's answer.
    public var pendingRequests: Int
    /// Bytes of output that peers have not read.
    public var unreadBytes: Int
    /// Passwords that wait to be checked.
    public var authentications: Int

    /// The same number for each.
    public init(all number: Int) {
        (elements, bytes, fetches, ruleBytes) = (number, number, number, number)
        (pendingRequests, unreadBytes, authentications) = (number, number, number)
    }

    @inline(__always)
    subscript(resource: Resource) -> Int {
        get {
            switch resource {
            case .elements: elements
            case .bytes: bytes
            case .fetches: fetches
            case .ruleBytes: ruleBytes
            case .pendingRequests: pendingRequests
            case .unreadBytes: unreadBytes
            case .authentications: authentications
            }
        }
        set {
            switch resource {
            case .elements: elements = newValue
            case .bytes: bytes = newValue
            case .fetches: fetches = newValue
            case .ruleBytes: ruleBytes = newValue
            case .pendingRequests: pendingRequests = newValue
            case .unreadBytes: unreadBytes = newValue
            case .authentications: authentications = newValue
            }
        }
    }
}

extension Quotas {
    /// What all accounts may use together, if nothing else is configured. One account may use half of what the others
    /// leave.
    public static var defaults: Quotas {
        var quotas = Quotas(all: .max)
        quotas.elements = 8 << 20
        quotas.bytes = 1 << 30
        quotas.fetches = 32 << 10
        quotas.ruleBytes = 256 << 20
        quotas.pendingRequests = 1 << 20
        quotas.unreadBytes = 512 << 20
        quotas.authentications = ProtocolLimits.authentications
        return quotas
    }

    /// Limits of one account that replace what the division would give it; `nil` where nothing is configured.
    public struct Limits: Hashable, Sendable {
        /// States and Methods.
        public var elements: Int?
        /// Bytes of memory.
        public var bytes: Int?
        /// Fetches.
        public var fetches: Int?
        /// Bytes of the rules of fetches.
        public var ruleBytes: Int?
        /// Requests that wait for an owner's answer.
        public var pendingRequests: Int?
        /// Bytes of output that peers have not read.
        public var unreadBytes: Int?
        /// Passwords that wait to be checked.
        public var authentications: Int?

        /// No limits of its own.
        public init() {}

        subscript(resource: Resource) -> Int? {
            switch resource {
            case .elements: elements
            case .bytes: bytes
            case .fetches: fetches
            case .ruleBytes: ruleBytes
            case .pendingRequests: pendingRequests
            case .unreadBytes: unreadBytes
            case .authentications: authentications
            }
        }
    }
}
