import JetProtocol

extension Bus {
    /// The settings of a bus.
    public struct Configuration: Sendable {
        /// The daemon's name in `info`.
        public var name = "jetd"
        /// The daemon's version in `info`.
        public var version = "0"
        /// How long an owner has for its answer if neither the request nor the element sets a timeout, in nanoseconds.
        public var defaultTimeout: UInt64 = UInt64(ProtocolLimits.timeout / .nanoseconds(1))
        /// From this size on, in bytes, an outbox is full: notifications are conflated, and the peer is not read until it
        /// has read.
        public var outboxLimit = ProtocolLimits.outbox
        /// At this size of its outbox, in bytes, a peer is closed that goes on sending requests and does not read.
        public var outboxCeiling: Int {
            outboxLimit > .max / ProtocolLimits.outboxCeiling ? .max : outboxLimit * ProtocolLimits.outboxCeiling
        }
        /// How many bytes of a snapshot are rendered in one go.
        public var snapshotChunk = 512 << 10
        /// How many requests of one peer may wait for an answer.
        public var pendingRequestLimit = ProtocolLimits.pendingRequests
        /// How many bytes these requests may have in all.
        public var pendingBytesLimit = ProtocolLimits.pendingBytes
        /// How long a message in another encoding than JSON may be, in bytes of its JSON text.
        public var messageLimit = ProtocolLimits.messageSize
        /// Whether there are users. Without users every `authenticate` fails, and the shell gets no requests.
        public var hasUsers = false
        /// How many authentication requests of all accounts may wait for a result.
        public var authenticationLimit: Int {
            get { quotas.authentications }
            set { quotas.authentications = newValue }
        }
        /// How many elements the gets of one message may walk over in all, because other peers wait meanwhile. Further
        /// gets of a batch fail.
        public var walkLimit = ProtocolLimits.walk
        /// How much work one account may cause in a turn, in units of about a nanosecond, before it waits for the next one.
        public var slice = 1_000_000
        /// How much work one request may cause in all.
        public var workLimit = ProtocolLimits.work
        /// How many texts in a row may fail to parse before the peer is closed.
        public var parseErrorLimit = ProtocolLimits.parseErrors
        /// The system's user that runs the daemon, and may see all peers by the method `peers`.
        public var ownUserID: UInt32?
        /// What all accounts may use together; see `AccountTable`.
        public var quotas = Quotas.defaults
        /// Who may add elements below which prefixes. The longest prefix of a path decides; without one, every peer may.
        public var pathOwners: [PathOwner] = []
        /// The key of the hash tables: random in a daemon, fixed in a test.
        public var seed: UInt64 = 0

        /// The defaults.
        public init() {}
    }
}
