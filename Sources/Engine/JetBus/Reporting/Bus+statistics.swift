import JSONText

extension Bus {
    /// What a bus has done and holds.
    public struct Statistics: Hashable, Sendable {
        /// Connected peers.
        public var peers = 0
        /// Those of them that do not keep up: their notifications are conflated.
        public var slowPeers = 0
        /// States and Methods.
        public var elements = 0
        /// Active fetchers.
        public var fetchers = 0
        /// Requests that wait for an owner's answer.
        public var pendingRequests = 0
        /// Bytes that wait in all outboxes.
        public var waitingBytes = 0
        /// Messages that were received.
        public var messages: UInt64 = 0
        /// Notifications of fetchers, conflated ones included.
        public var notifications: UInt64 = 0
        /// Notifications that a newer one replaced before a slow peer had read them.
        public var conflated: UInt64 = 0
        /// Notifications that a newer one replaced before the `interval` of their fetch was over.
        public var paced: UInt64 = 0
        /// Answers that came too late, twice, or from a peer that was not asked.
        public var droppedAnswers: UInt64 = 0

        /// A bus that has done nothing yet.
        public init() {}
    }

    /// What the bus has done and holds; also the member `statistics` of `info`. Figures that are not kept are counted now,
    /// in one step for each peer.
    public var statistics: Statistics {
        var statistics = Statistics()
        statistics.peers = peers.count
        statistics.elements = elements.count
        statistics.fetchers = fetchers.count
        statistics.pendingRequests = router.count
        statistics.messages = peers.departedMessages
        statistics.notifications = delivery.notifications
        statistics.conflated = delivery.conflated
        statistics.paced = deferred.paced &+ windows.paced
        statistics.droppedAnswers = router.droppedAnswers
        peers.forEach { peer in
            if peer.isProbe { return }
            statistics.messages &+= peer.messages
            statistics.waitingBytes += peer.output.count
            if peer.isSlow { statistics.slowPeers += 1 }
        }
        return statistics
    }
}

extension Bus {
    /// The statistics as a peer may know them: elements that it neither may fetch nor owns are not counted. To a stranger
    /// they say nothing, except how many elements it may read.
    func statistics(for peer: Peer) -> Statistics {
        var statistics = peer.permission == .all ? statistics : Statistics()
        if peer.permission == .none { return statistics }
        statistics.elements = elements.count(visibleTo: peer)
        return statistics
    }
}

extension Bus.Statistics {
    /// The figures under their names.
    var json: JSON {
        [
            "peers": .number(peers), "slowPeers": .number(slowPeers), "elements": .number(elements),
            "fetchers": .number(fetchers), "pendingRequests": .number(pendingRequests),
            "waitingBytes": .number(waitingBytes), "messages": .number(messages),
            "notifications": .number(notifications), "conflated": .number(conflated), "paced": .number(paced),
            "droppedAnswers": .number(droppedAnswers),
        ]
    }
}
