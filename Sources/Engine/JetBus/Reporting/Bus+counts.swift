extension Bus {
    /// How many peers, States and Methods there are: what a status line shows.
    public struct Counts: Hashable, Sendable {
        /// Connected peers.
        public var peers = 0
        /// States.
        public var states = 0
        /// Methods.
        public var methods = 0

        /// A bus without peers.
        public init() {}
    }

    /// How many there are now. These figures are kept, so reading them costs nothing.
    public var counts: Counts {
        var counts = Counts()
        counts.peers = peers.count
        counts.methods = elements.methods
        counts.states = elements.count - elements.methods
        return counts
    }
}
