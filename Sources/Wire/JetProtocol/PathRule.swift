import JSONText

/// Why a rule is refused, and at which place.
public struct RuleError: Error, Hashable, Sendable {
    /// The member, such as `path.startsWith`.
    public let place: String
    /// One sentence.
    public let reason: String

    /// An error at `place`.
    public init(at place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }
}

/// The *path* part of a fetch's rule: predicates that must all hold for an element's path (jet-protocol(7) §4.1).
///
/// Paths and operands are UTF-8 and are compared byte by byte, which is by code point. Empty strings and lists
/// are treated as in mathematics: every path contains "", and no path is equal to one of no strings.
public struct PathRule: Hashable, Sendable {
    /// One predicate with its operand.
    public enum Predicate: Hashable, Sendable {
        /// The path is this.
        case equals([UInt8])
        /// The path is not this.
        case equalsNot([UInt8])
        /// The path begins with this.
        case startsWith([UInt8])
        /// The path does not begin with this.
        case startsNotWith([UInt8])
        /// The path ends with this.
        case endsWith([UInt8])
        /// The path does not end with this.
        case endsNotWith([UInt8])
        /// This is somewhere in the path.
        case contains([UInt8])
        /// This is nowhere in the path.
        case containsNot([UInt8])
        /// The path is one of these. A rule has them in ascending order, each once, since there may be thousands.
        case equalsOneOf([[UInt8]])
        /// The path is none of these, which are kept like those of `equalsOneOf`.
        case equalsNotOneOf([[UInt8]])
        /// At least one of these is in the path.
        case containsOneOf([[UInt8]])
        /// All of these are in the path.
        case containsAllOf([[UInt8]])
        /// At least one of these patterns matches: `match` of the older form. A rule has it once at most.
        case matchesOneOf([LuaPattern])
        /// None of these patterns matches: `unmatch` of the older form. A rule has it once at most.
        case matchesNoneOf([LuaPattern])
    }

    /// The predicates that must hold. Without any, every path matches.
    public let predicates: [Predicate]
    /// Whether both sides are compared in lower case (Unicode's). The operands are lower case already then.
    public let ignoresCase: Bool

    /// A rule of these predicates.
    public init(_ predicates: [Predicate] = [], ignoresCase: Bool = false) {
        self.predicates = (ignoresCase ? predicates.map(\.lowercased) : predicates).map(\.ordered)
        self.ignoresCase = ignoresCase
    }

    /// Whether `path` satisfies the rule.
    public func matches(_ path: RawSpan) -> Bool {
        var meter = WorkMeter()
        return matches(path, &meter)
    }

    /// Whether `path` satisfies the rule. The result means nothing if `meter` is exhausted afterwards.
    package func matches(_ path: RawSpan, _ meter: inout WorkMeter) -> Bool {
        guard ignoresCase else { return holds(for: path, &meter) }
        return holds(for: Self.lowercased(path, &meter).span.bytes, &meter)
    }

    /// Whether `path`, the lower case of which is known already, satisfies the rule.
    public func matches(_ path: RawSpan, lowercased: [UInt8]) -> Bool {
        var meter = WorkMeter()
        return matches(path, lowercased: lowercased, &meter)
    }

    /// Whether `path`, the lower case of which is known already, satisfies the rule. The result means nothing if `meter`
    /// is exhausted afterwards.
    package func matches(_ path: RawSpan, lowercased: [UInt8], _ meter: inout WorkMeter) -> Bool {
        holds(for: ignoresCase ? lowercased.span.bytes : path, &meter)
    }

    /// Whether all predicates hold for `subject`, which is in lower case if the rule ignores case.
    private func holds(for subject: RawSpan, _ meter: inout WorkMeter) -> Bool {
        // All patterns of the rule share these steps.
        var steps = ProtocolLimits.patternSteps
        for predicate in predicates where !predicate.holds(for: subject, steps: &steps, &meter) { return false }
        return true
    }

    /// The lower case of a path.
    public static func lowercased(_ path: RawSpan) -> [UInt8] {
        Array(String(decoding: path.array, as: UTF8.self).lowercased().utf8)
    }

    /// The lower case of a path.
    package static func lowercased(_ path: RawSpan, _ meter: inout WorkMeter) -> [UInt8] {
        meter.addLowercasing(path)
        return lowercased(path)
    }
}

extension PathRule {
    /// How to find the paths that may match without looking at all paths.
    public enum Reach: Hashable, Sendable {
        /// Only these paths may match.
        case exactly([[UInt8]])
        /// Only paths that begin so may match; empty: any path.
        case prefix([UInt8])
        /// Any path may match, and whether it does takes a look at it.
        case anywhere
    }

    /// The narrowest way to find the paths that may match. Each one still has to be checked with `matches`.
    public var reach: Reach {
        guard !predicates.isEmpty else { return .prefix([]) }
        guard !ignoresCase else { return .anywhere }
        var best = Reach.anywhere
        for predicate in predicates {
            switch predicate {
            case .equals(let path): return .exactly([path])
            case .equalsOneOf(let paths):
                if case .exactly(let others) = best, others.count <= paths.count { continue }
                best = .exactly(paths)
            case .startsWith(let prefix):
                if case .exactly = best { continue }
                if case .prefix(let other) = best, other.count >= prefix.count { continue }
                best = .prefix(prefix)
            case .matchesOneOf(let patterns):
                switch (Self.reach(of: patterns), best) {
                case (.exactly(let paths), .exactly(let others)) where others.count <= paths.count: continue
                case (.exactly(let paths), _): best = .exactly(paths)
                case (.prefix, .exactly): continue
                case (.prefix(let prefix), .prefix(let other)) where other.count >= prefix.count: continue
                case (.prefix(let prefix), _): best = .prefix(prefix)
                case (.anywhere, _): continue
                }
            default: continue
            }
        }
        return best
    }

    /// How the paths that match one of these patterns can be found.
    private static func reach(of patterns: [LuaPattern]) -> Reach {
        guard let first = patterns.first, patterns.allSatisfy(\.isAnchored) else {
            return patterns.isEmpty ? .exactly([]) : .anywhere
        }
        if patterns.allSatisfy({ $0.isLiteral && $0.endsAtEnd }) {
            var paths: [[UInt8]] = []
            let texts = patterns.map(\.beginning).sorted { $0.lexicographicallyPrecedes($1) }
            for text in texts where paths.last != text { paths.append(text) }
            return .exactly(paths)
        }
        let prefix = patterns.dropFirst().reduce(first.beginning) { common, pattern in
            Array(zip(common, pattern.beginning).prefix { $0 == $1 }.map(\.0))
        }
        return prefix.isEmpty ? .anywhere : .prefix(prefix)
    }
}

extension PathRule.Predicate {
    /// Whether it holds for `path`.
    ///
    /// - Parameter steps: How many steps patterns may still take on this path.
    func holds(for path: RawSpan, steps: inout Int, _ meter: inout WorkMeter) -> Bool {
        switch self {
        case .equals(let operand):
            meter.addComparison(operand.count)
            return path.isEqual(to: operand)
        case .equalsNot(let operand):
            meter.addComparison(operand.count)
            return !path.isEqual(to: operand)
        case .startsWith(let operand):
            meter.addComparison(operand.count)
            return path.begins(with: operand)
        case .startsNotWith(let operand):
            meter.addComparison(operand.count)
            return !path.begins(with: operand)
        case .endsWith(let operand):
            meter.addComparison(operand.count)
            return path.finishes(with: operand)
        case .endsNotWith(let operand):
            meter.addComparison(operand.count)
            return !path.finishes(with: operand)
        case .contains(let operand):
            meter.addSearch(path.byteCount, operand.count)
            return path.includes(operand)
        case .containsNot(let operand):
            meter.addSearch(path.byteCount, operand.count)
            return !path.includes(operand)
        case .equalsOneOf(let operands):
            meter.addLookup(operands.count)
            return path.isOne(of: operands)
        case .equalsNotOneOf(let operands):
            meter.addLookup(operands.count)
            return !path.isOne(of: operands)
        case .containsOneOf(let operands):
            for operand in operands where !meter.isExhausted {
                meter.addSearch(path.byteCount, operand.count)
                if path.includes(operand) { return true }
            }
            return false
        case .containsAllOf(let operands):
            for operand in operands {
                meter.addSearch(path.byteCount, operand.count)
                guard !meter.isExhausted, path.includes(operand) else { return false }
            }
            return true
        case .matchesOneOf(let patterns): return Self.matches(patterns, path, steps: &steps, &meter)
        case .matchesNoneOf(let patterns): return !Self.matches(patterns, path, steps: &steps, &meter)
        }
    }

    /// Whether one of these patterns matches.
    private static func matches(
        _ patterns: [LuaPattern], _ path: RawSpan, steps: inout Int, _ meter: inout WorkMeter
    ) -> Bool {
        for pattern in patterns where !meter.isExhausted {
            if pattern.matches(path, steps: &steps, &meter) { return true }
        }
        return false
    }

    /// The same predicate with its list in ascending order, each operand once, if that is how it is looked up.
    var ordered: Self {
        func ascending(_ texts: [[UInt8]]) -> [[UInt8]] {
            var ordered: [[UInt8]] = []
            for text in texts.sorted(by: { $0.span.bytes.order(to: $1) < 0 }) where ordered.last != text {
                ordered.append(text)
            }
            return ordered
        }
        return switch self {
        case .equalsOneOf(let operands): .equalsOneOf(ascending(operands))
        case .equalsNotOneOf(let operands): .equalsNotOneOf(ascending(operands))
        default: self
        }
    }

    /// The same predicate of the operand's lower case.
    var lowercased: Self {
        func lower(_ text: [UInt8]) -> [UInt8] { PathRule.lowercased(text.span.bytes) }
        return switch self {
        case .equals(let operand): .equals(lower(operand))
        case .equalsNot(let operand): .equalsNot(lower(operand))
        case .startsWith(let operand): .startsWith(lower(operand))
        case .startsNotWith(let operand): .startsNotWith(lower(operand))
        case .endsWith(let operand): .endsWith(lower(operand))
        case .endsNotWith(let operand): .endsNotWith(lower(operand))
        case .contains(let operand): .contains(lower(operand))
        case .containsNot(let operand): .containsNot(lower(operand))
        case .equalsOneOf(let operands): .equalsOneOf(operands.map(lower))
        case .equalsNotOneOf(let operands): .equalsNotOneOf(operands.map(lower))
        case .containsOneOf(let operands): .containsOneOf(operands.map(lower))
        case .containsAllOf(let operands): .containsAllOf(operands.map(lower))
        case .matchesOneOf(let patterns): .matchesOneOf(patterns.map(\.lowercased))
        case .matchesNoneOf(let patterns): .matchesNoneOf(patterns.map(\.lowercased))
        }
    }
}
