import JSONText
import JetProtocol

/// What a bus has done and holds, as it says so itself: `Bus.statistics`, and for all peers the member `statistics` of
/// `info`.
extension Bus {
    /// What the bus has done and holds. Those of the figures that are not kept are counted now, a step for each peer.
    public var statistics: Statistics {
        var statistics = counters
        statistics.elements = elements.count
        statistics.pendingRequests = requests.count
        for reference in peers {
            reference?._withUnsafeGuaranteedRef { peer in
                if peer.isProbe { return }
                statistics.waitingBytes += peer.outbox.count
                if peer.isConflating || !peer.staleWindows.isEmpty { statistics.slowPeers += 1 }
            }
        }
        return statistics
    }
}

extension Bus.Statistics {
    /// The figures under the names that they have here.
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
