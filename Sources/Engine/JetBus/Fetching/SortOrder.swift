import JSONText
import JetProtocol

/// How the elements of one sorted fetch are ordered: by a key of 64 bits that is nearly always enough, by the whole text
/// where it is not, and by path where the values are equal.
struct SortOrder {
    let rule: SortRule
    /// How many bytes all paths have in common, since the rule of the fetch says how they begin. The key of a path begins
    /// behind them.
    private let common: Int

    init(rule: SortRule, of path: PathRule = PathRule()) {
        self.rule = rule
        common = if case .prefix(let prefix) = path.reach { prefix.count } else { 0 }
    }

    /// The entry of an element whose value is of the rule's type.
    func entry(of element: Element) -> RankedList.Entry {
        let key = key(of: element)
        return RankedList.Entry(key: rule.isDescending ? ~key : key, element: element)
    }

    /// Whether the first of two entries comes before the second.
    @inline(__always)
    func precedes(_ left: RankedList.Entry, _ right: RankedList.Entry) -> Bool {
        if left.key != right.key { return left.key < right.key }
        return precedesInFull(left.element.takeUnretainedValue(), right.element.takeUnretainedValue())
    }

    @inline(never)
    private func precedesInFull(_ left: Element, _ right: Element) -> Bool {
        if sortsText {
            let (leftText, rightText) = (text(of: left), text(of: right))
            if leftText != rightText {
                return leftText.lexicographicallyPrecedes(rightText) != rule.isDescending
            }
        }
        return precedes(left.path, right.path)
    }

    /// Whether the first of two paths comes before the second. Among equals they ascend.
    private func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let order = left.order(to: right)
        return sortsPaths && rule.isDescending ? order > 0 : order < 0
    }

    /// What an element is sorted by, as a copy that outlives its changes.
    func sortKey(of element: Element) -> SortKey {
        let key = key(of: element)
        return SortKey(
            key: rule.isDescending ? ~key : key, text: sortsText ? text(of: element) : [],
            path: Array(element.path))
    }

    /// Whether the first of two comes before the second.
    func precedes(_ left: SortKey, _ right: SortKey) -> Bool {
        if left.key != right.key { return left.key < right.key }
        if sortsText, left.text != right.text {
            return left.text.lexicographicallyPrecedes(right.text) != rule.isDescending
        }
        return left.path.withUnsafeBytes { left in right.path.withUnsafeBytes { precedes(left, $0) } }
    }

    private var sortsPaths: Bool { if case .path = rule.key { true } else { false } }

    private var sortsText: Bool {
        switch rule.key {
        case .value(.string), .field(_, .string): true
        default: false
        }
    }

    /// The text that an element is sorted by.
    private func text(of element: Element) -> [UInt8] {
        let value = element.value.bytes.bytes
        guard let range = range(in: value) else { return [] }
        let content = ByteRange(range.start + 1, max(range.end - 1, range.start + 1))
        return JSONStringRange(content: content, hasEscapes: true).decoded(in: value)
    }

    /// Where in a value that lies what is sorted by.
    private func range(in value: RawSpan) -> ByteRange? {
        switch rule.key {
        case .path: return nil
        case .value: return ByteRange(0, value.byteCount)
        case .field(let path, _):
            guard case .present(let range) = path.find(in: value) else { return nil }
            return range
        }
    }

    /// A number that is ordered as what is sorted by, as far as 64 bits go.
    private func key(of element: Element) -> UInt64 {
        switch rule.key {
        case .path: return Self.beginning(of: UnsafeRawBufferPointer(rebasing: element.path[common...]))
        case .value(.string), .field(_, .string):
            return text(of: element).withUnsafeBytes { Self.beginning(of: $0) }
        case .value(.boolean), .field(_, .boolean):
            let value = element.value.bytes.bytes
            guard let range = range(in: value) else { return 0 }
            return range.of(value).elementsEqual("true") ? 1 : 0
        default:
            let value = element.value.bytes.bytes
            guard let range = range(in: value) else { return 0 }
            return Self.ordered(JSON.Number.double(of: range.of(value)))
        }
    }

    /// The first eight bytes, the first one weighing most.
    private static func beginning(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        var key: UInt64 = 0
        for index in 0..<8 { key = key << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
        return key
    }

    /// The bits of a number, so that they are ordered as the numbers are.
    private static func ordered(_ number: Double) -> UInt64 {
        let bits = (number == 0 ? 0 : number).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
}

/// What one element is sorted by; see `SortOrder`.
struct SortKey {
    /// The first 64 bits.
    let key: UInt64
    /// The whole text, if texts are sorted.
    let text: [UInt8]
    /// The path, which decides between equals.
    let path: [UInt8]
}
