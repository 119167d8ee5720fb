public import JSONText

/// The *rule* of a fetch or a get: which elements it is about (PROTOCOL.md 4). All given parts must hold.
public struct FetchRule: Hashable, Sendable {
    /// What must hold for the path.
    public var path: PathRule

    /// A rule of these parts; without any, it matches every element.
    public init(path: PathRule = PathRule()) { self.path = path }

    /// Reads the rule out of the params of a fetch or a get; members that do not belong to it are left alone.
    ///
    /// - Throws: `RuleError` when a part cannot be read, or is one that this daemon does not serve: a rule is never
    ///   taken for a wider one than it says.
    public init(parsing params: JSON) throws(RuleError) {
        for part in Self.unserved where params[part] != nil {
            throw RuleError(at: part, "this part of the rule is not served by this daemon")
        }
        path = try params["path"].map { value throws(RuleError) in try PathRule(parsing: value) } ?? PathRule()
    }

    /// Parts of the protocol's rule that are refused.
    static var unserved: [String] {
        ["value", "valueField", "sort", "match", "matches", "unmatch", "equalsNot", "where", "max"]
    }

    /// The rule's members, for the params of a fetch or a get.
    public var json: JSON.Object {
        path.predicates.isEmpty ? [:] : ["path": path.json]
    }
}
