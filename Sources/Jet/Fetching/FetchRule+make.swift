public import JetProtocol

/// The rules that are wanted most, in one word.
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
}
