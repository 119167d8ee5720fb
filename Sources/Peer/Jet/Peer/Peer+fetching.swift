public import JSONText
public import JetProtocol

/// Fetching elements, also those of this peer.
extension Peer {
    /// Fetches the elements that satisfy a rule, and their changes.
    ///
    ///     for try await event in try await peer.fetch(.path(startsWith: "cpu/"), as: Double.self) {
    ///         print(event.kind, event.path, event.value ?? .nan)
    ///     }
    ///
    /// - Parameters:
    ///   - rule: Which elements.
    ///   - type: The type of their values. An element whose value is something else comes without it, see
    ///     `FetchEvent.failure`.
    ///   - buffering: How events are buffered for a slow consumer.
    /// - Returns: The fetch, as a sequence of events.
    /// - Throws: `.invalidParams` with `badRule`, as for a rule that sorts, which `fetchSorted` and `window` are for;
    ///   `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func fetch<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) async throws(JetError) -> Fetcher<Value> {
        guard rule.sort == nil else {
            throw JetError(
                .badRule(RuleError(at: "sort", "fetch does not sort; use fetchSorted, window or get")))
        }
        let fetcher = Fetcher<Value>(peer: self, rule: rule, buffering: buffering)
        try await fetcher.fetch()
        return fetcher
    }

    /// Fetches the elements whose path matches a pattern of Lua, and their changes: the form of the oldest API.
    /// wants.
    ///
    ///     for try await event in try await peer.fetch(matching: "^net/.+/state$", as: String.self) {
    ///         print(event.path, event.value ?? "")
    ///     }
    ///
    /// - Parameters:
    ///   - pattern: The pattern. Without `^` and `$` it may match anywhere in the path.
    ///   - type: The type of their values.
    ///   - buffering: How events are buffered for a slow consumer.
    /// - Returns: The fetch, as a sequence of events.
    /// - Throws: `.invalidParams` with `badRule` if it is no pattern; `.notConnected`, `.timeout`, `.closed`,
    ///   `.cancelled`.
    public func fetch<Value: Decodable & Sendable>(
        matching pattern: String, as type: Value.Type = JSON.self, buffering: FetchBuffering = .all
    ) async throws(JetError) -> Fetcher<Value> {
        try await fetch(.path(matching: pattern), as: type, buffering: buffering)
    }

    /// Returns the elements that satisfy a rule, with their current values.
    ///
    ///     let links = try await peer.get(.path(startsWith: "net/", endsWith: "/state"), as: String.self)
    ///
    /// - Parameters:
    ///   - rule: Which elements.
    ///   - type: The type of their values. An element whose value is something else comes without it, see
    ///     `Entry.failure`.
    /// - Returns: The elements, in the order of the rule's `sort` if it has one.
    /// - Throws: `.invalidParams` with `badRule`; `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func get<Value: Decodable & Sendable>(
        _ rule: FetchRule, as type: Value.Type = JSON.self
    ) async throws(JetError) -> [Entry<Value>] {
        let answer = try await core.request(
            .get, params: JSON.object(rule.json).text, timeout: core.configuration.requestTimeout)
        return try Notice.entries(answer).map { $0.entry(as: type) }
    }

    /// Returns the names that follow a prefix in the paths, one level deep, with how many elements lie below each.
    ///
    ///     for branch in try await peer.branches("net/").branches { print(branch.name, branch.elements) }
    ///
    /// - Parameters:
    ///   - prefix: What the paths begin with.
    ///   - separator: What ends a name; not empty.
    ///   - from: The first name that is wanted, from 1.
    ///   - to: The last name that is wanted.
    /// - Throws: `.invalidParams` with `wrongType`; `.methodNotFound` from a daemon that does not have this;
    ///   `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    public func branches(
        _ prefix: String = "", separator: String = "/", from: Int = 1, to: Int = 1000
    ) async throws(JetError) -> Branches {
        let params: JSON = [
            "prefix": .string(prefix), "separator": .string(separator), "from": .number(from), "to": .number(to),
        ]
        let answer = try await core.request(
            .branches, params: params.text, timeout: core.configuration.requestTimeout)
        return Branches(try ValueCoding.decode(JSON.self, from: answer))
    }
}
