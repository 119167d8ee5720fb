import JetProtocol

/// Names a peer of a `Bus`. Used again for another peer after `Bus.disconnect`.
public struct PeerID: Hashable, Sendable {
    /// A small number: peers are numbered densely, so that an array can be indexed by it.
    public let index: Int
}

/// A *peer* as the bus knows it: one connection, with what it owns, what it fetches and what waits to be written to it.
final class Peer {
    let id: PeerID
    /// Who it is.
    var identity: Identity.Box
    /// What is being found out about it outside of the bus; until that is known its messages wait.
    var inquiry: Inquiry?
    var outbox: Outbox
    /// What of its notifications did not fit into the outbox; `nil` while the peer keeps up.
    private(set) var conflation: Conflation?
    /// Notifications go into the outbox while it holds fewer bytes than this: none while it conflates.
    private(set) var notifyLimit: Int
    /// Its elements, in no order; `Element.ownedPlace` says where each one stands. The bus's table holds them.
    var owned: ContiguousArray<Unmanaged<Element>> = []
    var fetchers = FetcherSet()
    /// Its sorted fetchers whose windows it has not been told, because its outbox was full.
    var staleWindows: [Fetcher] = []
    /// Its fetchers whose snapshots are not complete, in the order in which they were asked for.
    var snapshots: [Fetcher] = []
    /// What its messages are written in, in both directions.
    var encoding = Encoding.json
    /// Whether there is a `conflation`.
    var isConflating: Bool { conflation != nil }
    /// Whether it stands in the bus's list of peers with output.
    var isDirty = false
    /// Whether its connection is to be closed once its outbox is written.
    var isClosing = false
    /// Whether it is the shell's own, which nobody counts; see `Bus+probing.swift`.
    var isProbe = false
    /// Whether it sends nothing more, but may still read.
    var hasEndedInput = false
    /// Whether its messages should not be read for now, since it does not read ours.
    var isPaused = false
    /// Texts in a row that would not parse.
    var parseErrors: Int32 = 0
    /// Its own requests that other peers have not answered yet.
    var pendingRequests: Int32 = 0
    /// How many bytes are kept for them.
    var pendingBytes = 0
    /// Requests of other peers that it has not answered yet.
    var owedAnswers: Int32 = 0

    init(
        id: PeerID, groups: Groups, credentials: Credentials = Credentials(), framing: Framing = .lengthPrefixed,
        outboxLimit: Int = .max
    ) {
        self.id = id
        notifyLimit = outboxLimit
        let isUnknown = groups == Groups() && credentials == Credentials()
        identity = isUnknown ? .unknown : Identity.Box(Identity(groups: groups, credentials: credentials))
        outbox = Outbox(framing: framing)
    }

    /// From now on its notifications are conflated.
    func beginConflating() {
        conflation = Conflation()
        notifyLimit = 0
    }

    /// It keeps up again.
    func endConflating(outboxLimit: Int) {
        conflation = nil
        notifyLimit = outboxLimit
    }
}
