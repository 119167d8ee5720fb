/// A pattern of Lua (its manual's section on `string.match`), as the older form of a fetch's rule uses it
/// (jet-protocol(7) §4.5). It works on bytes, and its classes are those of ASCII.
///
/// Matching backtracks over choices that are kept in a list, which is never longer than the pattern, so that it does not
/// use the stack. All patterns of a rule together may take `stepLimit` steps on one path: items tried, and bytes compared. A
/// match that would take more is none, so that no pattern can block the daemon.
public struct LuaPattern: Hashable, Sendable {
    /// How many steps all patterns of a rule may take on one path.
    public static let stepLimit = ProtocolLimits.patternSteps
    /// How many captures a pattern may have, as in Lua.
    static let captureLimit = 32

    /// How often a set may apply.
    enum Repetition: Hashable, Sendable {
        case once, optional, most, mostFromOne, least
    }

    /// A part of a pattern.
    enum Item: Hashable, Sendable {
        case set(ByteSet, Repetition)
        /// The capture of this number begins, or ends.
        case open(Int), close(Int)
        /// The same text as in the capture of this number.
        case same(Int)
        /// `%b()`: from the first byte to the second that balances it.
        case balanced(UInt8, UInt8)
        /// `%f[set]`: between a byte outside of the set and one inside. Both ends of the subject count as NUL.
        case frontier(ByteSet)
        /// The subject's end.
        case end
    }

    /// As it was written.
    public let text: String
    let items: [Item]
    /// Whether it has to match from the subject's beginning.
    let isAnchored: Bool
    /// How many captures a match has to remember: none if no item refers to them.
    let rememberedCaptures: Int
    /// The bytes with which every match begins.
    let beginning: [UInt8]
    /// Whether it consists only of `beginning` and perhaps an end.
    let isLiteral: Bool
    /// A text without which it cannot match: at the subject's end if the pattern has to match up to there, else anywhere.
    /// Looking for it first is cheap.
    let required: [UInt8]

    /// Reads a pattern.
    ///
    /// - Throws: `RuleError` at `place` when it is malformed.
    public init(parsing text: String, at place: String) throws(RuleError) {
        var parser = LuaPatternParser(Array(text.utf8), at: place)
        try parser.parse()
        self.text = text
        items = parser.hasReferences ? parser.items : Self.simplified(parser.items)
        isAnchored = parser.isAnchored
        rememberedCaptures = parser.hasReferences ? parser.captures.count : 0
        let beginning = items.prefix { $0.takesNothing || $0.onlyByte != nil }
        let end = items.last == .end ? items.count - 1 : items.count
        isLiteral = beginning.count >= end
        self.beginning = beginning.compactMap(\.onlyByte)
        required = Self.required(in: items[..<end], isLast: end < items.count)
    }

    /// The items without those that make no difference to whether the pattern matches, if it refers to no captures.
    private static func simplified(_ items: [Item]) -> [Item] {
        var result: [Item] = []
        for item in items {
            switch item {
            case .open, .close: continue
            // What is taken by the second can be taken by the first.
            case .set(_, .most), .set(_, .least): if result.last == item { continue }
            default: break
            }
            result.append(item)
        }
        return result
    }

    /// The text that must be there: the longest one, or the last one.
    private static func required(in items: ArraySlice<Item>, isLast: Bool) -> [UInt8] {
        if isLast { return items.suffix(while: { $0.takesNothing || $0.onlyByte != nil }).compactMap(\.onlyByte) }
        return items.split { !$0.takesNothing && $0.onlyByte == nil }.map { $0.compactMap(\.onlyByte) }
            .max { $0.count < $1.count } ?? []
    }

    /// Whether it has to match up to the subject's end.
    var endsAtEnd: Bool { items.last == .end }

    /// The same pattern of lower-case letters; classes such as `%S` stay as they are.
    ///
    /// A pattern that would become invalid is left unchanged.
    var lowercased: LuaPattern {
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped || scalar == "%" {
                result.unicodeScalars.append(scalar)
                isEscaped.toggle()
            } else {
                result += scalar.properties.lowercaseMapping
            }
        }
        return (try? LuaPattern(parsing: result, at: "")) ?? self
    }

    /// Whether it matches somewhere in `subject`.
    public func matches(_ subject: RawSpan) -> Bool {
        var meter = WorkMeter()
        return matches(subject, &meter)
    }

    /// Whether it matches somewhere in `subject`. The result means nothing if `meter` is exhausted afterwards.
    package func matches(_ subject: RawSpan, _ meter: inout WorkMeter) -> Bool {
        var steps = Self.stepLimit
        return matches(subject, steps: &steps, &meter)
    }

    /// Whether it matches somewhere in `subject`, within `steps` steps, of which those that it takes are subtracted.
    func matches(_ subject: RawSpan, steps: inout Int, _ meter: inout WorkMeter) -> Bool {
        if isLiteral {
            meter.addSearch(subject.byteCount, beginning.count)
            return switch (isAnchored, endsAtEnd) {
            case (true, true): subject.isEqual(to: beginning)
            case (true, false): subject.begins(with: beginning)
            case (false, true): subject.finishes(with: beginning)
            case (false, false): subject.includes(beginning)
            }
        }
        guard mayMatch(subject, &meter) else { return false }
        var matcher = LuaPatternMatcher(self, stepLimit: min(steps, meter.stepsLeft))
        let matches = matcher.matches(subject)
        steps = max(steps - matcher.steps, 0)
        meter.addSteps(matcher.steps)
        return matches
    }

    /// Whether `subject` has the texts without which the pattern cannot match.
    private func mayMatch(_ subject: RawSpan, _ meter: inout WorkMeter) -> Bool {
        meter.addComparison(0)
        if isAnchored, !subject.begins(with: beginning) { return false }
        if endsAtEnd { return subject.finishes(with: required) }
        guard !required.isEmpty, !(isAnchored && required.count == beginning.count) else { return true }
        meter.addSearch(subject.byteCount, required.count)
        return subject.includes(required)
    }
}

extension LuaPattern.Item {
    /// Whether it matches nothing, and without a condition.
    fileprivate var takesNothing: Bool {
        switch self {
        case .open, .close: true
        default: false
        }
    }

    /// The byte that it stands for, if it stands for exactly one.
    fileprivate var onlyByte: UInt8? {
        if case .set(let set, .once) = self { set.onlyByte } else { nil }
    }
}

extension ArraySlice {
    /// The last elements for which `condition` holds.
    fileprivate func suffix(while condition: (Element) -> Bool) -> Self {
        self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex)...]
    }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var bits: InlineArray<4, UInt64> = [0, 0, 0, 0]

    /// The bytes that satisfy `condition`.
    init(where condition: (UInt8) -> Bool) {
        for byte in UInt8.min...UInt8.max where condition(byte) { insert(byte) }
    }

    init() {}

    /// These bytes.
    init(_ bytes: ClosedRange<UInt8>) { for byte in bytes { insert(byte) } }

    static func == (left: Self, right: Self) -> Bool {
        left.bits.indices.allSatisfy { left.bits[$0] == right.bits[$0] }
    }

    func hash(into hasher: inout Hasher) {
        for index in bits.indices { hasher.combine(bits[index]) }
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    mutating func formUnion(_ other: ByteSet) {
        for index in bits.indices { bits[index] |= other.bits[index] }
    }

    /// All other bytes.
    var complement: ByteSet {
        var set = self
        for index in bits.indices { set.bits[index] = ~bits[index] }
        return set
    }

    /// Its byte, if it has one only.
    var onlyByte: UInt8? {
        guard bits.indices.reduce(0, { $0 + bits[$1].nonzeroBitCount }) == 1 else { return nil }
        for index in bits.indices where bits[index] != 0 {
            return UInt8(index * 64 + bits[index].trailingZeroBitCount)
        }
        return nil
    }
}
