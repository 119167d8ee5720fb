import JSONText
import JetProtocol

/// The fetches of this peer, and how a listener is kept from noticing more of a reconnect than it must.
extension Session {
    /// A fetch that is, or shall be, at the daemon.
    struct FetchRecord: Sendable {
        /// Where its notifications go.
        let feed: Feed
        /// The members of the rule, as text.
        var rule: [UInt8]
        /// The first place of the window, if the rule sorts.
        var from: Int?
        /// What the listener knows, if that may have to be compared after a reconnect.
        var known: [PathKey: Notice] = [:]
        /// While the daemon sends everything again: what the listener knows and the daemon has not named yet. `nil` at
        /// any other time.
        var unconfirmed: Set<PathKey>?
        /// Whether it has named something since the last `echo`.
        var hasNewlyNamed = false
    }

    /// Begins a fetch of a rule, whose members are given as text. Its own id, `fetch`, is from `newID` too: one that
    /// begins again gets a new one, so that late notifications of the old one are ignored.
    mutating func fetch(
        _ id: Int, _ fetch: Int, rule: [UInt8], from: Int? = nil, feed: Feed, deadline: Duration, reply: Reply
    ) throws(JetError) {
        try demandLink()
        try demandRoom(for: rule.count)
        fetches[fetch] = FetchRecord(feed: feed, rule: rule, from: from)
        send(
            id, .fetch, params: fetchParams(fetch, rule),
            Pending(purpose: .fetch(fetch, reply), deadline: deadline))
    }

    private func fetchParams(_ fetch: Int, _ rule: [UInt8]) -> [UInt8] {
        var params = ObjectText()
        params.append("id", Array(String(fetch).utf8))
        params.append(members: rule)
        return params.text
    }

    /// Moves the window of a sorted fetch.
    ///
    /// - Parameter rule: The members of the rule with the window at its new place, for when the fetch begins again.
    mutating func moveWindow(
        _ id: Int, _ fetch: Int, from: Int, to: Int, rule: [UInt8], deadline: Duration, reply: Reply
    ) throws(JetError) {
        try demandLink()
        try demandRoom(for: 64)
        var params = ObjectText()
        params.append(MemberName.id, Array(String(fetch).utf8))
        params.append(MemberName.from, Array(String(from).utf8))
        params.append(MemberName.to, Array(String(to).utf8))
        send(
            id, .moveWindow, params: params.text,
            Pending(purpose: .move(fetch, from: from, rule: rule, reply), deadline: deadline))
    }

    /// The daemon's answer to `moveWindow`. What it sends from now on is of the new place.
    mutating func settleMove(
        _ fetch: Int, from: Int, rule: [UInt8], _ outcome: Result<[UInt8], ErrorObject>, _ reply: Reply?
    ) -> Action? {
        if case .success = outcome {
            fetches[fetch]?.rule = rule
            fetches[fetch]?.from = from
        }
        return reply.map { .reply($0, outcome.mapError(JetError.init)) }
    }

    /// Ends a fetch. Nothing of it is delivered from now on.
    ///
    /// - Returns: What is done already, if there is no connection.
    mutating func unfetch(_ id: Int, _ fetch: Int, deadline: Duration, reply: Reply) throws(JetError) -> Action? {
        if case .ended(let error) = link { throw error }
        guard fetches.removeValue(forKey: fetch) != nil, isUp else { return .reply(reply, .success(Text.true)) }
        send(id, .unfetch, params: unfetchParams(fetch), Pending(purpose: .answer(reply), deadline: deadline))
        return nil
    }

    /// Ends a fetch whose fetcher was deallocated.
    mutating func forgetFetch(_ fetch: Int) {
        if fetches.removeValue(forKey: fetch) != nil, isUp { writeUnfetch(fetch) }
    }

    mutating func writeUnfetch(_ fetch: Int) { write(nil, .unfetch, params: unfetchParams(fetch)) }

    private func unfetchParams(_ fetch: Int) -> [UInt8] {
        var params = ObjectText()
        params.append("id", Array(String(fetch).utf8))
        return params.text
    }

    /// The daemon's answer to `fetch`.
    mutating func settleFetch(_ fetch: Int, _ outcome: Result<[UInt8], ErrorObject>, _ reply: Reply?) -> Action? {
        if case .failure(let error) = outcome {
            let record = fetches.removeValue(forKey: fetch)
            if reply == nil, let record { return .finish(record.feed, JetError(error)) }
        }
        return reply.map { .reply($0, outcome.mapError(JetError.init)) }
    }

    /// A notification of a sorted fetch.
    func receive(_ notice: SortedNotice, of fetch: Int) -> Action? {
        guard let record = fetches[fetch] else { return nil }
        var notice = notice
        notice.from = record.from
        return .deliverSorted(record.feed, notice)
    }

    /// A notification of a fetch.
    mutating func receive(_ notice: Notice, of fetch: Int) -> Action? {
        guard let feed = fetches[fetch]?.feed else { return nil }
        guard settings.reconnects else { return .deliver(feed, notice) }
        let key = PathKey(notice.path)
        if notice.kind == .add { fetches[fetch]?.hasNewlyNamed = true }
        if notice.kind == .remove {
            fetches[fetch]?.unconfirmed?.remove(key)
            fetches[fetch]?.known[key] = nil
            return .deliver(feed, notice)
        }
        var notice = notice
        let former = fetches[fetch]?.known[key]
        if notice.kind == .change {
            // Only `add` says these.
            notice.isFetchOnly = former?.isFetchOnly ?? notice.isFetchOnly
            notice.meta = former?.meta ?? notice.meta
        }
        fetches[fetch]?.known[key] = notice
        if fetches[fetch]?.unconfirmed?.remove(key) != nil, notice.kind == .add, let former {
            // The listener knows it from before the reconnect: there is news only if it differs.
            notice.kind = former.kind
            guard notice != former else { return nil }
            notice.kind = .change
        }
        return .deliver(feed, notice)
    }
}

// MARK: - Fetching again

extension Session {
    /// Begins all fetches again. Behind each goes an `echo` that tells when all that is there has been named. A daemon
    /// may name many elements in several goes and answer other requests between them; but as long as it has more, each
    /// round brings some. So the first round that brings none was the last.
    mutating func fetchAll() {
        for (fetch, record) in fetches.sorted(by: { $0.key < $1.key }) {
            send(newID(), .fetch, params: fetchParams(fetch, record.rule), Pending(purpose: .fetch(fetch, nil)))
            // A listener that knows nothing misses nothing. A sorted fetch gets its whole window in one notification.
            guard !record.known.isEmpty else { continue }
            fetches[fetch]?.unconfirmed = Set(record.known.keys)
            askForSnapshotEnd(fetch)
        }
    }

    private mutating func askForSnapshotEnd(_ fetch: Int) {
        fetches[fetch]?.hasNewlyNamed = false
        send(newID(), .echo, params: nil, Pending(purpose: .snapshotEnd(fetch)))
    }

    /// What the listener knows and the daemon has not named is gone.
    mutating func endOfSnapshot(_ fetch: Int) -> Action? {
        guard let record = fetches[fetch], let unconfirmed = record.unconfirmed else { return nil }
        if record.hasNewlyNamed, !unconfirmed.isEmpty {
            askForSnapshotEnd(fetch)
            return nil
        }
        fetches[fetch]?.unconfirmed = nil
        guard !unconfirmed.isEmpty else { return nil }
        var notices: [Notice] = []
        for key in unconfirmed.sorted(by: { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }) {
            guard var notice = fetches[fetch]?.known.removeValue(forKey: key) else { continue }
            notice.kind = .remove
            notices.append(notice)
        }
        return .deliverAll(record.feed, notices)
    }
}
