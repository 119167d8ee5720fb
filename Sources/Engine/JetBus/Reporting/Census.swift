extension Bus {
    /// A *census*: how many there are of what people count when they look at a bus.
    public struct Census: Hashable, Sendable {
        /// Connected peers.
        public var peers = 0
        /// States.
        public var states = 0
        /// Methods.
        public var methods = 0

        /// A bus with nobody on it.
        public init() {}
    }

    /// How many there are now. All of it is kept, so that asking costs nothing.
    public var census: Census {
        var census = Census()
        census.peers = counters.peers
        census.methods = elements.methods
        census.states = elements.count - elements.methods
        return census
    }
}
