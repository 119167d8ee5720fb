import JSONText

/// A predicate on values, prepared to be asked often: lists of operands are hashed, and an array or object is only read
/// if it can be equal to the operand.
struct ValueCheck: Hashable, Sendable {
    let predicate: ValueRule.Predicate
    /// The number of each operand of `hasOneOf` or `hasAllOf`, equal ones counted once. Empty if there are few, since
    /// comparing with each of them is faster then.
    private let operands: [JSON: Int]
    /// The operand that is compared with one value.
    private let operand: Operand

    /// What a value is compared with.
    private enum Operand {
        /// A number, and the nearest floating-point number.
        case number(JSON.Number, Double)
        /// A string in UTF-8.
        case string([UInt8])
        /// An array or an object, and the least number of bytes of a text that equals it.
        case tree(JSON, shortest: Int)
        /// `true`, `false` or `null`, which have one text.
        case word([UInt8])
        /// No value is compared with it.
        case none

        init(_ operand: JSON) {
            switch operand {
            case .number(let number): self = .number(number, number.double)
            case .string(let text): self = .string(Array(text.utf8))
            case .array, .object: self = .tree(operand, shortest: operand.shortestText)
            case .boolean, .null: self = .word(operand.text)
            }
        }
    }

    /// How many operands are compared one by one.
    private static let few = 4

    init(_ predicate: ValueRule.Predicate) {
        self.predicate = predicate
        var numbers: [JSON: Int] = [:]
        var operand = Operand.none
        switch predicate {
        case .hasOneOf(let list) where list.count > Self.few, .hasAllOf(let list) where list.count > Self.few:
            for operand in list where numbers[operand] == nil { numbers[operand] = numbers.count }
        case .lessThan(let value), .greaterThan(let value), .equals(let value), .equalsNot(let value):
            operand = Operand(value)
        default: break
        }
        operands = numbers
        self.operand = operand
    }

    static func == (left: Self, right: Self) -> Bool { left.predicate == right.predicate }

    func hash(into hasher: inout Hasher) { hasher.combine(predicate) }

    /// Whether the predicate holds for a value, the text of which has been scanned.
    func holds(for value: RawSpan, _ meter: inout WorkMeter) -> Bool {
        switch predicate {
        case .lessThan: return order(value, &meter).map { $0 < 0 } ?? false
        case .greaterThan: return order(value, &meter).map { $0 > 0 } ?? false
        case .equals: return isEqual(value, &meter)
        case .equalsNot: return !isEqual(value, &meter)
        case .isType(let type): return type.includes(value)
        case .hasOneOf(let list):
            guard let elements = Self.elements(of: value, list.count, &meter) else { return false }
            return operands.isEmpty
                ? list.contains { elements.contains($0) } : elements.contains { operands[$0] != nil }
        case .hasAllOf(let list):
            guard let elements = Self.elements(of: value, list.count, &meter) else { return false }
            return operands.isEmpty ? list.allSatisfy { elements.contains($0) } : hasAll(elements)
        }
    }

    /// Whether each operand is among `elements`.
    private func hasAll(_ elements: [JSON]) -> Bool {
        guard elements.count >= operands.count else { return false }
        var isFound = Array(repeating: false, count: operands.count)
        var missing = operands.count
        for element in elements {
            guard let number = operands[element], !isFound[number] else { continue }
            isFound[number] = true
            missing -= 1
            if missing == 0 { return true }
        }
        return false
    }

    /// The elements of an array, which are going to be looked for among `count` operands.
    private static func elements(of value: RawSpan, _ count: Int, _ meter: inout WorkMeter) -> [JSON]? {
        guard ValueRule.ValueType.array.includes(value) else { return nil }
        meter.addTree(value.byteCount)
        guard !meter.isExhausted, let elements = (try? JSON(parsing: value))?.array else { return nil }
        meter.addElements(elements.count, count > few ? 1 : count)
        return elements
    }

    /// Below 0 if a value comes before the operand, above 0 if it comes after it; `nil` if they are of different types.
    private func order(_ value: RawSpan, _ meter: inout WorkMeter) -> Int? {
        switch operand {
        case .number(_, let operand):
            guard ValueRule.ValueType.number.includes(value) else { return nil }
            meter.addNumber(value.byteCount)
            let number = JSON.Number.double(of: value)
            return number < operand ? -1 : number > operand ? 1 : 0
        case .string(let operand):
            guard ValueRule.ValueType.string.includes(value) else { return nil }
            return Self.order(ofString: value, operand, &meter)
        case .tree, .word, .none: return nil
        }
    }

    /// The order of a string and `operand`, by code points.
    private static func order(ofString value: RawSpan, _ operand: [UInt8], _ meter: inout WorkMeter) -> Int {
        meter.addString(value.byteCount)
        let content = value.extracting(1..<max(value.byteCount - 1, 1))
        guard content.contains(UInt8(ascii: "\\")) else { return content.order(to: operand) }
        return JSONStringRange(quoted: value).decoded(in: value).span.bytes.order(to: operand)
    }

    private func isEqual(_ value: RawSpan, _ meter: inout WorkMeter) -> Bool {
        guard value.byteCount > 0 else { return false }
        switch (operand, value.byte(0)) {
        case (.string(let operand), UInt8(ascii: "\"")):
            // No text of a string is shorter than the string and its quotes.
            guard value.byteCount >= operand.count + 2 else { return false }
            return Self.order(ofString: value, operand, &meter) == 0
        case (.word(let operand), _): return value.isEqual(to: operand)
        case (.number(let operand, let double), UInt8(ascii: "-")),
            (.number(let operand, let double), UInt8(ascii: "0")...UInt8(ascii: "9")):
            meter.addNumber(value.byteCount)
            // The same numbers have the same nearest floating-point number.
            guard JSON.Number.double(of: value) == double else { return false }
            return (try? JSON(parsing: value)) == .number(operand)
        case (.tree(let operand, let shortest), UInt8(ascii: "[")),
            (.tree(let operand, let shortest), UInt8(ascii: "{")):
            guard value.byteCount >= shortest else { return false }
            meter.addTree(value.byteCount)
            return (try? JSON(parsing: value)) == operand
        default: return false
        }
    }
}

extension JSON {
    /// The least number of bytes of a text that equals this value. A number can be written as shortly as one byte.
    fileprivate var shortestText: Int {
        switch self {
        case .null: 4
        case .boolean(let flag): flag ? 4 : 5
        case .number: 1
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2 + max(elements.count - 1, 0)) { $0 + $1.shortestText }
        case .object(let object):
            object.reduce(2 + max(object.count - 1, 0)) { $0 + $1.name.utf8.count + 3 + $1.value.shortestText }
        }
    }
}

extension JSONStringRange {
    /// The string that a scanned text consists of, with its quotes.
    init(quoted text: RawSpan) {
        self.init(content: ByteRange(1, max(text.byteCount - 1, 1)), hasEscapes: true)
    }
}
