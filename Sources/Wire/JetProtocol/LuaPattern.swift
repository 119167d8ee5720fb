/// A pattern of Lua (its manual's section on `string.match`), as the older form of a fetch's rule uses it
/// (jet-protocol(7) §4.5). It works on bytes, and its classes are those of ASCII.
///
/// Matching backtracks over choices that are kept in a list, which is never longer than the pattern, so that it does not
/// use the stack. A match may take `stepLimit` steps: items tried, and bytes compared. A match that would take more is
/// none, so that no pattern can block the daemon.
public struct LuaPattern: Hashable, Sendable {
    /// How many steps a match may take.
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

    /// Reads a pattern.
    ///
    /// - Throws: `RuleError` at `place` when it is malformed.
    public init(parsing text: String, at place: String) throws(RuleError) {
        var parser = LuaPatternParser(Array(text.utf8), at: place)
        try parser.parse()
        self.text = text
        items = parser.items
        isAnchored = parser.isAnchored
        rememberedCaptures = parser.hasReferences ? parser.captures.count : 0
        var beginning: [UInt8] = []
        var isLiteral = true
        for item in parser.items where isLiteral {
            switch item {
            case .set(let set, .once):
                if let byte = set.onlyByte { beginning.append(byte) } else { isLiteral = false }
            case .open, .close, .end: continue
            default: isLiteral = false
            }
        }
        self.beginning = beginning
        self.isLiteral = isLiteral
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
            meter.addSearch(subject.byteCount)
            return switch (isAnchored, endsAtEnd) {
            case (true, true): subject.isEqual(to: beginning)
            case (true, false): subject.begins(with: beginning)
            case (false, true): subject.finishes(with: beginning)
            case (false, false): subject.includes(beginning)
            }
        }
        var matcher = LuaPatternMatcher(self, stepLimit: min(steps, meter.stepsLeft))
        let matches = matcher.matches(subject)
        steps = max(steps - matcher.steps, 0)
        meter.addSteps(matcher.steps)
        return matches
    }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// The bytes that satisfy `condition`.
    init(where condition: (UInt8) -> Bool) {
        for byte in UInt8.min...UInt8.max where condition(byte) { insert(byte) }
    }

    init() {}

    /// These bytes.
    init(_ bytes: ClosedRange<UInt8>) { for byte in bytes { insert(byte) } }

    static func == (left: Self, right: Self) -> Bool { left.bits == right.bits }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bits.0)
        hasher.combine(bits.1)
        hasher.combine(bits.2)
        hasher.combine(bits.3)
    }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: bits.0
            case 1: bits.1
            case 2: bits.2
            default: bits.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: bits.0 |= bit
        case 1: bits.1 |= bit
        case 2: bits.2 |= bit
        default: bits.3 |= bit
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        bits = (bits.0 | other.bits.0, bits.1 | other.bits.1, bits.2 | other.bits.2, bits.3 | other.bits.3)
    }

    /// All other bytes.
    var complement: ByteSet {
        var set = self
        set.bits = (~bits.0, ~bits.1, ~bits.2, ~bits.3)
        return set
    }

    /// Its byte, if it has one only.
    var onlyByte: UInt8? {
        let words = [bits.0, bits.1, bits.2, bits.3]
        guard words.reduce(0, { $0 + $1.nonzeroBitCount }) == 1 else { return nil }
        for (index, word) in words.enumerated() where word != 0 { return UInt8(index * 64 + word.trailingZeroBitCount) }
        return nil
    }
}
