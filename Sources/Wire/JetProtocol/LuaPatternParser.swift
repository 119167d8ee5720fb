/// Parses a Lua pattern into items. Errors that Lua reports only while matching are reported here: a pattern that can be
/// parsed can be matched.
struct LuaPatternParser {
    private let bytes: [UInt8]
    private let place: String
    private var at = 0
    private(set) var items: [LuaPattern.Item] = []
    private(set) var isAnchored = false
    private(set) var hasReferences = false

    /// The state of a capture.
    enum Capture { case open, closed, position }
    private(set) var captures: [Capture] = []

    init(_ bytes: [UInt8], at place: String) {
        self.bytes = bytes
        self.place = place
    }

    mutating func parse() throws(RuleError) {
        if bytes.first == UInt8(ascii: "^") {
            isAnchored = true
            at = 1
        }
        while at < bytes.count { try item() }
        guard !captures.contains(.open) else { throw RuleError(at: place, "has a capture that is not closed") }
    }

    private mutating func item() throws(RuleError) {
        switch (bytes[at], peek(1)) {
        case (UInt8(ascii: "("), let next):
            guard captures.count < LuaPattern.captureLimit else { throw RuleError(at: place, "has too many captures") }
            if next == UInt8(ascii: ")") {
                captures.append(.position)
                at += 2
            } else {
                items.append(.open(captures.count))
                captures.append(.open)
                at += 1
            }
        case (UInt8(ascii: ")"), _):
            guard let open = captures.lastIndex(of: .open) else {
                throw RuleError(at: place, "closes a capture that is not open")
            }
            captures[open] = .closed
            items.append(.close(open))
            at += 1
        case (UInt8(ascii: "$"), nil):
            items.append(.end)
            at += 1
        case (UInt8(ascii: "%"), UInt8(ascii: "b")):
            guard let first = peek(2), let last = peek(3) else {
                throw RuleError(at: place, "two characters are missing after %b")
            }
            items.append(.balanced(first, last))
            at += 4
        case (UInt8(ascii: "%"), UInt8(ascii: "f")):
            at += 2
            guard peek(0) == UInt8(ascii: "[") else { throw RuleError(at: place, "a set is missing after %f") }
            items.append(.frontier(try bracket()))
        case (UInt8(ascii: "%"), .some(let digit)) where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit):
            let number = Int(digit) - Int(UInt8(ascii: "1"))
            guard captures.indices.contains(number), captures[number] == .closed else {
                throw RuleError(at: place, "refers to a capture that does not exist")
            }
            items.append(.same(number))
            hasReferences = true
            at += 2
        default:
            let set = try single()
            items.append(.set(set, repetition()))
        }
    }

    private func peek(_ distance: Int) -> UInt8? {
        at + distance < bytes.count ? bytes[at + distance] : nil
    }

    private mutating func repetition() -> LuaPattern.Repetition {
        let repetition: LuaPattern.Repetition
        switch peek(0) {
        case UInt8(ascii: "?"): repetition = .optional
        case UInt8(ascii: "*"): repetition = .most
        case UInt8(ascii: "+"): repetition = .mostFromOne
        case UInt8(ascii: "-"): repetition = .least
        default: return .once
        }
        at += 1
        return repetition
    }

    private mutating func single() throws(RuleError) -> ByteSet {
        let byte = bytes[at]
        switch byte {
        case UInt8(ascii: "."):
            at += 1
            return ByteSet().complement
        case UInt8(ascii: "["): return try bracket()
        case UInt8(ascii: "%"):
            guard let name = peek(1) else { throw RuleError(at: place, "ends in %") }
            at += 2
            return Self.classes[Int(name)]
        default:
            at += 1
            return ByteSet(byte...byte)
        }
    }

    /// Reads `[set]`. A `]` at its beginning is an ordinary character.
    private mutating func bracket() throws(RuleError) -> ByteSet {
        at += 1
        let isComplement = peek(0) == UInt8(ascii: "^")
        if isComplement { at += 1 }
        // The end has to be found first: it decides whether a "-" makes a range.
        var end = at
        repeat {
            guard end < bytes.count else { throw RuleError(at: place, "a set is not closed") }
            end += bytes[end] == UInt8(ascii: "%") ? 2 : 1
            guard end < bytes.count else { throw RuleError(at: place, "a set is not closed") }
        } while bytes[end] != UInt8(ascii: "]")
        var set = ByteSet()
        while at < end {
            let byte = bytes[at]
            if byte == UInt8(ascii: "%") {
                set.formUnion(Self.classes[Int(bytes[at + 1])])
                at += 2
            } else if at + 2 < end, bytes[at + 1] == UInt8(ascii: "-") {
                let last = bytes[at + 2]
                if byte <= last { set.formUnion(ByteSet(byte...last)) }
                at += 3
            } else {
                set.insert(byte)
                at += 1
            }
        }
        // A range that ends in "%" may have read the character behind it.
        at = end + 1
        return isComplement ? set.complement : set
    }

    /// The class of each name. Made once, since a pattern can have many.
    private static let classes = (UInt8.min...UInt8.max).map(Self.class)

    /// The class of this name; an upper-case name is the complement, and any other character is the set of itself.
    private static func `class`(_ name: UInt8) -> ByteSet {
        let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(name)
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func isGraphic(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
        let set: ByteSet
        switch isUpper ? name | 0x20 : name {
        case UInt8(ascii: "a"): set = ByteSet(where: isLetter)
        case UInt8(ascii: "c"): set = ByteSet { $0 < 0x20 || $0 == 0x7F }
        case UInt8(ascii: "d"): set = ByteSet(where: isDigit)
        case UInt8(ascii: "g"): set = ByteSet(where: isGraphic)
        case UInt8(ascii: "l"): set = ByteSet { isLetter($0) && $0 & 0x20 != 0 }
        case UInt8(ascii: "p"): set = ByteSet { isGraphic($0) && !isLetter($0) && !isDigit($0) }
        case UInt8(ascii: "s"): set = ByteSet { $0 == 0x20 || (0x09...0x0D).contains($0) }
        case UInt8(ascii: "u"): set = ByteSet { isLetter($0) && $0 & 0x20 == 0 }
        case UInt8(ascii: "w"): set = ByteSet { isLetter($0) || isDigit($0) }
        case UInt8(ascii: "x"):
            set = ByteSet { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20) }
        case UInt8(ascii: "z"): set = ByteSet { $0 == 0 }
        default: return ByteSet(name...name)
        }
        return isUpper ? set.complement : set
    }
}
