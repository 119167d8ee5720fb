public import JSONText

/// The *rule* of a fetch or a get: which elements it selects, and in which order (jet-protocol(7) §4). All parts that are
/// given must hold.
public struct FetchRule: Hashable, Sendable {
    /// A rule for a field of the value.
    public struct Field: Hashable, Sendable {
        /// The field.
        public var path: FieldPath
        /// The predicates that must hold for it.
        public var rule: ValueRule

        /// A rule for the field at `path`.
        public init(path: FieldPath, rule: ValueRule) {
            self.path = path
            self.rule = rule
        }
    }

    /// The predicates that must hold for the path.
    public var path: PathRule
    /// The predicates that must hold for the value, if any. A Method has no value and satisfies only `equalsNot`.
    public var value: ValueRule?
    /// The predicates that must hold for fields of the value.
    public var fields: [Field]
    /// The order, and the window of it; `nil` for a rule that does not sort.
    public var sort: SortRule? {
        get { sorts.first }
        set { sorts = newValue.map { [$0] } ?? [] }
    }
    /// None or one. An array, since an optional would take more memory, and there are many rules that do not sort.
    private var sorts: [SortRule] = []

    /// The largest number of elements of a rule that does not sort: `max` of the older form. A fetch has those that were
    /// added first; when one leaves, the next one enters.
    public var limit: Int?

    /// The least time between two notifications about one path, in nanoseconds; `nil` without such a bound. When the time
    /// is over, the newest value is sent. That an element is removed is always sent immediately. For a fetch that sorts,
    /// the least time between two notifications, each with the whole window. A get ignores it (jet-protocol(7) §7.3).
    public var interval: UInt64?

    /// A rule of these parts; without any, it matches every element.
    public init(path: PathRule = PathRule(), value: ValueRule? = nil, fields: [Field] = [], sort: SortRule? = nil) {
        self.path = path
        self.value = value
        self.fields = fields
        self.sort = sort
    }

    /// Reads the rule out of the params of a fetch or a get; members that do not belong to it are left alone, and a member
    /// that is `null` counts as absent.
    ///
    /// - Throws: `RuleError` if a part is invalid. It is not ignored: the rule would select more than was asked for.
    public init(parsing params: JSON) throws(RuleError) {
        self.init()
        if let part = params.optional("path") { path = try PathRule(parsing: part) }
        if let part = params.optional("value") { value = try ValueRule(parsing: part, at: "value") }
        if let part = params.optional("valueField") {
            guard let members = part.object else {
                throw RuleError(at: "valueField", "must be an object of field paths and predicates")
            }
            guard members.count <= ProtocolLimits.ruleFields else {
                throw RuleError(at: "valueField", "must have at most \(ProtocolLimits.ruleFields) fields")
            }
            for member in members {
                let place = "valueField.\(member.name)"
                let path = try FieldPath(parsing: member.name, at: place)
                fields.append(Field(path: path, rule: try ValueRule(parsing: member.value, at: place)))
            }
        }
        if let part = params.optional("sort") { sort = try SortRule(parsing: part) }
        if let part = params.optional("interval") { interval = try Self.interval(part) }
        try addOlderForm(of: params)
    }

    /// Reads an `interval`, which is in seconds.
    private static func interval(_ value: JSON) throws(RuleError) -> UInt64? {
        // Not clamped: notifications would come more often than the interval allows.
        guard let seconds = value.double, seconds >= 0, seconds <= Double(ProtocolLimits.longestInterval) else {
            throw RuleError(
                at: "interval", "must be a number of seconds from 0 to \(ProtocolLimits.longestInterval)")
        }
        let interval = UInt64(seconds * 1e9)
        return interval > 0 ? interval : nil
    }

    /// Whether the path alone decides.
    public var isOnlyAboutPath: Bool { value == nil && fields.isEmpty && sort?.valueType == nil }

    /// Whether a Method, whose path satisfies the rule, satisfies the rest of it. A Method has no value, so of the
    /// predicates on the value only `equalsNot` holds, and none of those on fields: no field has a parent.
    public var matchesMethod: Bool {
        value?.matchesAbsence != false && fields.allSatisfy(\.rule.checks.isEmpty) && sort?.valueType == nil
    }

    /// Whether a State's value satisfies the rule. Its text must have been scanned.
    public func matches(value text: RawSpan) -> Bool {
        var meter = WorkMeter()
        return matches(value: text, &meter)
    }

    /// Whether a State's value satisfies the rule. Its text must have been scanned. The result means nothing if `meter` is
    /// exhausted afterwards.
    package func matches(value text: RawSpan, _ meter: inout WorkMeter) -> Bool {
        if let value, !value.matches(text, &meter) { return false }
        for field in fields {
            guard !meter.isExhausted else { return false }
            switch field.path.find(in: text, &meter) {
            case .present(let range): if !field.rule.matches(range.of(text), &meter) { return false }
            case .absent: if !field.rule.matchesAbsence { return false }
            case .nowhere: if !field.rule.checks.isEmpty { return false }
            }
        }
        switch sort?.key {
        case .value(let type): return type.includes(text)
        case .field(let path, let type):
            guard case .present(let range) = path.find(in: text, &meter) else { return false }
            return type.includes(range.of(text))
        case .path, nil: return true
        }
    }

    /// The rule's members, for the params of a fetch or a get.
    public var json: JSON.Object {
        var object = JSON.Object()
        if !path.predicates.isEmpty { object["path"] = path.json }
        object["value"] = value?.json
        if !fields.isEmpty {
            var members = JSON.Object()
            for field in fields { members[field.path.text] = field.rule.json }
            object["valueField"] = .object(members)
        }
        addOlderForm(to: &object)
        object["sort"] = sort?.json
        if let interval { object["interval"] = .number(Double(interval) / 1e9) }
        return object
    }
}

extension SortRule {
    /// The type that the values, or a field of them, must have to take part; `nil` if sorted by path.
    var valueType: ValueRule.ValueType? {
        switch key {
        case .path: nil
        case .value(let type), .field(_, let type): type
        }
    }
}
