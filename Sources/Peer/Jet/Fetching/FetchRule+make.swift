public import JetProtocol

/// The most common rules.
///
///     try await peer.fetch(.everything)
///     try await peer.fetch(.path("cpu/temperature"))
///     try await peer.fetch(.path(startsWith: "net/", endsWith: "/state"))
extension FetchRule {
    /// Every element.
    public static var everything: FetchRule { FetchRule() }

    /// The one element with this path.
    public static func path(_ path: String) -> FetchRule {
        FetchRule(path: PathRule([.equals(Array(path.utf8))]))
    }

    /// The elements with one of these paths.
    public static func paths(_ paths: [String]) -> FetchRule {
        FetchRule(path: PathRule([.equalsOneOf(paths.map { Array($0.utf8) })]))
    }

    /// The elements whose path satisfies all that is given.
    public static func path(
        startsWith prefix: String? = nil, contains part: String? = nil, endsWith suffix: String? = nil,
        caseInsensitive: Bool = false
    ) -> FetchRule {
        var predicates: [PathRule.Predicate] = []
        if let prefix { predicates.append(.startsWith(Array(prefix.utf8))) }
        if let part { predicates.append(.contains(Array(part.utf8))) }
        if let suffix { predicates.append(.endsWith(Array(suffix.utf8))) }
        return FetchRule(path: PathRule(predicates, ignoresCase: caseInsensitive))
    }

    /// The elements whose path matches a pattern of Lua, as lua-jet's first API had it.
    ///
    ///     try await peer.fetch(.path(matching: "^net/[^/]+/state$"))
    ///
    /// - Throws: `.invalidParams` with `badRule` if it is no pattern.
    public static func path(matching pattern: String, caseInsensitive: Bool = false) throws(JetError) -> FetchRule {
        do throws(RuleError) {
            let pattern = try LuaPattern(parsing: pattern, at: "match")
            return FetchRule(path: PathRule([.matchesOneOf([pattern])], ignoresCase: caseInsensitive))
        } catch {
            throw JetError(.badRule(error))
        }
    }
}

/// Sorting.
extension FetchRule {
    /// The same elements, in an order: for `Peer.fetchSorted`, `Peer.window` and `Peer.get`.
    ///
    ///     let best = FetchRule.path(startsWith: "player/").sorted(by: .value(.number), descending: true, to: 3)
    ///
    /// - Parameters:
    ///   - key: What is sorted by. By value, only values of the type take part. Ties are broken by path.
    ///   - descending: Whether the largest come first.
    ///   - from: The first place that is wanted, from 1.
    ///   - to: The last place that is wanted.
    public func sorted(
        by key: SortRule.Key = .path, descending: Bool = false, from: Int = 1, to: Int = 10
    ) -> FetchRule {
        var rule = self
        rule.sort = SortRule(key: key, isDescending: descending, from: from, to: to)
        return rule
    }

    /// The same elements, and how many there are: `SortedChanges.total` and `WindowFetcher.total`. A rule that does not
    /// sort is sorted by path.
    ///
    ///     let page = FetchRule.path(startsWith: "plant/").sorted(to: 60).withTotal()
    ///
    /// A daemon without the feature `total` refuses the rule; see `Peer.info`.
    public func withTotal() -> FetchRule {
        var rule = self
        var sort = sort ?? SortRule()
        sort.includesTotal = true
        rule.sort = sort
        return rule
    }

    /// The same elements, in the order of a field of their values.
    ///
    ///     let best = try FetchRule.everything.sorted(byField: "stats.score", .number, descending: true)
    ///
    /// - Parameters:
    ///   - field: Which field, such as `a.b[0].c`.
    ///   - type: Of which type it must be: only values that have such a field take part.
    ///   - descending: Whether the largest come first.
    ///   - from: The first place that is wanted, from 1.
    ///   - to: The last place that is wanted.
    /// - Throws: `.invalidParams` with `badRule` if `field` is no field path.
    public func sorted(
        byField field: String, _ type: ValueRule.ValueType, descending: Bool = false, from: Int = 1, to: Int = 10
    ) throws(JetError) -> FetchRule {
        do throws(RuleError) {
            let path = try FieldPath(parsing: field, at: "sort.byValueField")
            return sorted(by: .field(path, type), descending: descending, from: from, to: to)
        } catch {
            throw JetError(.badRule(error))
        }
    }
}

extension FetchRule {
    /// The same elements, with at least this time between two notifications about one path: the first change is sent
    /// immediately, then the newest when the time is over (`FetchRule.interval`).
    ///
    ///     try await peer.fetch(.path(startsWith: "cpu/").atMost(every: .seconds(1)))
    ///
    /// - Parameter interval: Up to a day, which is what a daemon takes; without it, or if it is negative, every
    ///   change is sent.
    public func atMost(every interval: Duration?) -> FetchRule {
        var rule = self
        let nanoseconds =
            interval.map { max(.zero, min($0, .seconds(ProtocolLimits.longestInterval))) / .nanoseconds(1) } ?? 0
        rule.interval = nanoseconds > 0 ? UInt64(nanoseconds) : nil
        return rule
    }
}
