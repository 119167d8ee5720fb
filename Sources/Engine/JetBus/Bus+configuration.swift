extension Bus {
    /// The settings of a bus.
    public struct Configuration: Sendable {
        /// The daemon's name in `info`.
        public var name = "jetd"
        /// The daemon's version in `info`.
        public var version = "0"
        /// How long an owner has for its answer if neither the request nor the element sets a timeout, in nanoseconds.
        public var defaultTimeout: UInt64 = 5_000_000_000
        /// From this size on, in bytes, an outbox is full: notifications are conflated, and the peer is not read until it
        /// has read.
        public var outboxLimit = 4 << 20
        /// At this size of its outbox, in bytes, a peer is closed that goes on sending requests and does not read.
        public var outboxCeiling: Int { outboxLimit > .max / 8 ? .max : outboxLimit * 8 }
        /// How many bytes of a snapshot are rendered in one go.
        public var snapshotChunk = 512 << 10
        /// How many requests of one peer may wait for an answer.
        public var pendingRequestLimit = 65_536
        /// How many bytes these requests may have in all.
        public var pendingBytesLimit = 64 << 20
        /// How long a message in another encoding than JSON may be, in bytes of its JSON text.
        public var messageLimit = 16 << 20
        /// Whether there are users. Without users every `authenticate` fails, and the shell gets no requests.
        public var hasUsers = false
        /// How many authentication requests may wait for a result.
        public var authenticationLimit = 256
        /// How many elements the gets of one message may walk over in all, because other peers wait meanwhile. Further
        /// gets of a batch fail.
        public var walkLimit = 4 << 20
        /// How many texts in a row may fail to parse before the peer is closed.
        public var parseErrorLimit = 16
        /// The key of the hash tables: random in a daemon, fixed in a test.
        public var seed: UInt64 = 0

        /// The defaults.
        public init() {}
    }
}
