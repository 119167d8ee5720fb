public import JSONText
public import JetProtocol

/// Fetching in an order.
extension Peer {
    /// Fetches a sorted part of the elements that satisfy a rule, as changes of a window.
    ///
    ///     let rule = try FetchRule.path(startsWith: "player/").sorted(byField: "score", .number, descending: true)
    ///     for try await changes in try await peer.fetchSorted(rule) {
    ///         print("\(changes.count) players;", changes.entries.map { "\($0.index) is now \($0.path)" })
    ///     }
    ///
    /// - Parameters:
    ///   - rule: Which elements, in which order, and which part of it. If it does not sort: by path, the first ten.
    ///   - type: The type of their values. An element whose value is something else comes without it, see
    ///     `SortedEntry.failure`.
    ///   - buffering: How changes are buffered for a slow consumer. With `.newest` those that wait are
    ///     merged into one.
    /// - Returns: The fetch, as a sequence of changes.
    /// - Throws: `.invalidParams` with `badRule`; `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func fetchSorted<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) async throws(JetError) -> SortedFetcher<Value> {
        var rule = rule
        let sort = rule.sortOrDefault()
        let fetcher = SortedFetcher<Value>(peer: self, rule: rule, sort: sort, buffering: buffering)
        try await fetcher.fetch()
        return fetcher
    }

    /// Fetches a sorted part of the elements that satisfy a rule, and keeps it up to date.
    ///
    ///     for try await hottest in try await peer.window(
    ///         .path(endsWith: "/temperature").sorted(by: .value(.number), descending: true, to: 3), as: Double.self)
    ///     {
    ///         display.show(hottest.map { ($0.path, $0.value ?? .nan) })
    ///     }
    ///
    /// - Parameters:
    ///   - rule: Which elements, in which order, and which part of it. If it does not sort: by path, the first ten.
    ///   - type: The type of their values. An element whose value is something else comes without it, see
    ///     `SortedEntry.failure`.
    /// - Returns: The fetch, as a sequence of windows.
    /// - Throws: `.invalidParams` with `badRule`; `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func window<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self
    ) async throws(JetError) -> WindowFetcher<Value> {
        var rule = rule
        let sort = rule.sortOrDefault()
        let fetcher = WindowFetcher<Value>(peer: self, rule: rule, sort: sort)
        try await fetcher.fetch()
        return fetcher
    }
}

extension FetchRule {
    /// The order, which is noted if there was none.
    fileprivate mutating func sortOrDefault() -> SortRule {
        let sort = sort ?? SortRule()
        self.sort = sort
        return sort
    }
}
