public import JSONText

/// Makes values of every kind and shape, and writes them in all the ways that JSON allows. The same seed makes the same
/// values.
public struct ValueGenerator {
    /// What the values are drawn with.
    public var random: SeededGenerator

    /// A generator that makes the same values for the same `seed`.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A value with at most `depth` arrays and objects inside each other.
    public mutating func value(depth: Int = 5) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2, 3: return number()
        case 4, 5: return .string(string())
        case 6: return .array((0..<count()).map { _ in value(depth: depth - 1) })
        default:
            var object = JSON.Object()
            for _ in 0..<count() { object[string()] = value(depth: depth - 1) }
            return .object(object)
        }
    }

    /// How many: mostly few.
    private mutating func count() -> Int {
        Int.random(in: 0...5, using: &random) * Int.random(in: 0...2, using: &random)
    }

    /// A number of any length and form.
    public mutating func number() -> JSON {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return .number(Int64.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 1: return .number(Double(bitPattern: random.next()))
        default:
            var text = Bool.random(using: &random) ? "-" : ""
            text += Bool.random(using: &random) ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(from: 0)
            if Bool.random(using: &random) { text += "." + digits(from: 1) }
            if Bool.random(using: &random) {
                text += ["e", "E", "e+", "E+", "e-", "E-"].randomElement(using: &random) ?? "e"
                text += digits(from: 1)
            }
            return (try? JSON(parsing: text)) ?? .string("no number: \(text)")
        }
    }

    private mutating func digits(from least: Int) -> String {
        let many = Int.random(in: 0..<10, using: &random) == 0
        let count = Int.random(in: least...(many ? 60 : 6), using: &random)
        return String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
    }

    /// A string of any characters there are.
    public mutating func string() -> String {
        let length = Int.random(in: 0...3, using: &random) * Int.random(in: 0...8, using: &random)
        var scalars = String.UnicodeScalarView()
        while scalars.count < length { scalars.append(scalar()) }
        return String(scalars)
    }

    private mutating func scalar() -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x20...0x7E, 0x61...0x7A, 0x00...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x7FF, 0x800...0xFFFF,
            0xD7F0...0xE010, 0x10000...0x10FFFF, 0x300...0x36F, 0x1F600...0x1F64F,
        ]
        // Surrogates are no scalars: another draw.
        while true {
            let range = ranges.randomElement(using: &random) ?? 0x20...0x7E
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { return scalar }
        }
    }
}

extension ValueGenerator {
    /// A text of `value` as a stranger might write it: with white space between, and escapes that need not be.
    public mutating func freely(_ value: JSON) -> [UInt8] {
        switch value {
        case .null, .boolean, .number: return white() + value.text + white()
        case .string(let string): return white() + freely(string) + white()
        case .array(let elements):
            return white() + list("[", elements.map { freely($0) }, "]") + white()
        case .object(let object):
            let members = object.map { member in
                white() + freely(member.name) + white() + ":".utf8 + freely(member.value)
            }
            return white() + list("{", members, "}") + white()
        }
    }

    private mutating func list(_ opening: String, _ items: [[UInt8]], _ closing: String) -> [UInt8] {
        let content = items.isEmpty ? white() : Array(items.joined(separator: ",".utf8))
        return opening.utf8 + content + closing.utf8
    }

    private mutating func white() -> [UInt8] {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            ([0x20, 0x09, 0x0A, 0x0D] as [UInt8]).randomElement(using: &random) ?? 0x20
        }
    }

    private mutating func freely(_ string: String) -> [UInt8] {
        var text = [UInt8(ascii: "\"")]
        for scalar in string.unicodeScalars {
            if Int.random(in: 0..<4, using: &random) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: .random(using: &random))
                    text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                }
            } else if scalar == "/", Bool.random(using: &random) {
                text += "\\/".utf8
            } else {
                text += JSON.string(String(scalar)).text.dropFirst().dropLast()
            }
        }
        return text + "\"".utf8
    }
}
