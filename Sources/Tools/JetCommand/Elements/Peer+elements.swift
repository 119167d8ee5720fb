import Jet

/// Requests of the commands, by an `ElementFilter`.
extension Peer {
    /// The elements that `filter` selects, in the order of its rule, or sorted by path (code points).
    func elements(_ filter: ElementFilter) async throws -> [Entry<JSON>] {
        let elements = try await get(filter.rule).filter { filter.admits($0.path) }
        guard filter.rule.sort == nil else { return elements }
        return elements.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Fetches the elements that `filter` selects and passes each event to `take`, until it returns `false` or the task is
    /// cancelled.
    ///
    /// - Parameters:
    ///   - filter: Selects the elements.
    ///   - buffering: How events are buffered.
    ///   - begin: Called once, after the fetch was sent.
    ///   - take: Receives each event; returns whether to continue.
    /// - Throws: `Failure` when the connection ends; what `begin` and `take` throw.
    func follow(
        _ filter: ElementFilter, buffering: FetchBuffering, begin: () async throws -> Void = {},
        _ take: (FetchEvent<JSON>) throws -> Bool
    ) async throws {
        let fetcher = try await fetch(filter.rule, as: JSON.self, buffering: buffering)
        do {
            try await begin()
            for try await event in fetcher where filter.admits(event.path) {
                guard try take(event) else { return }
            }
        } catch let error as JetError where error.code == .notConnected {
            throw Failure.connectionEnded(endpoint, error)
        }
        if !Task.isCancelled { throw Failure.connectionEnded(endpoint) }
    }
}

extension Entry<JSON> {
    /// For programs.
    var record: JSON { Record.element(path: path, value: value, isFetchOnly: isFetchOnly, meta: meta) }
    /// For people.
    var row: Listing.Row { Listing.Row(path: path, value: value, unit: meta?.unit) }
}
