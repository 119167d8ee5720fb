extension JSON.Number {
    /// What a number's text says, freed of how it says it: `digits`, read as a whole number, times ten to the power of
    /// `exponent`. Zero has no digits, and no sign.
    struct Exact: Hashable {
        /// Whether the number is below zero.
        private(set) var isNegative = false
        /// The digits from 0 to 9, with no zero at either end.
        private(set) var digits: [UInt8] = []
        /// The power of ten; an exponent beyond ±2^59 is treated as ±2^59.
        private(set) var exponent: Int64 = 0

        /// Reads `text`, which is by the grammar of RFC 8259.
        init(_ text: String) {
            var mantissa: [UInt8] = []
            var isFraction = false
            var bytes = text.utf8.makeIterator()
            while let byte = bytes.next() {
                switch byte {
                case UInt8(ascii: "-"): isNegative = true
                case UInt8(ascii: "."): isFraction = true
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    mantissa.append(byte &- UInt8(ascii: "0"))
                    if isFraction { exponent -= 1 }
                default: exponent += Self.exponent(&bytes)
                }
            }
            guard let first = mantissa.firstIndex(where: { $0 != 0 }), let last = mantissa.lastIndex(where: { $0 != 0 })
            else {
                (isNegative, exponent) = (false, 0)
                return
            }
            exponent += Int64(mantissa.count - 1 - last)
            digits = Array(mantissa[first...last])
        }

        /// What stands behind the `e`.
        private static func exponent(_ bytes: inout String.UTF8View.Iterator) -> Int64 {
            var exponent: Int64 = 0
            var isNegative = false
            while let byte = bytes.next() {
                switch byte {
                case UInt8(ascii: "+"): break
                case UInt8(ascii: "-"): isNegative = true
                default: exponent = min(exponent * 10 + Int64(byte &- UInt8(ascii: "0")), 1 << 59)
                }
            }
            return isNegative ? -exponent : exponent
        }

        /// Agrees with `==`. Hashing a number made of the digits is faster than hashing the digits one by one.
        func hash(into hasher: inout Hasher) {
            if digits.count <= Self.fewDigits {
                let value = digits.reduce(0) { $0 &* 10 &+ UInt64($1) }
                Self.hash(value, isNegative, exponent, &hasher)
            } else {
                hasher.combine(isNegative)
                hasher.combine(exponent)
                hasher.combine(digits)
            }
        }

        /// How many digits always fit into a word.
        private static let fewDigits = 19

        private static func hash(_ value: UInt64, _ isNegative: Bool, _ exponent: Int64, _ hasher: inout Hasher) {
            hasher.combine(isNegative)
            hasher.combine(exponent)
            hasher.combine(value)
        }

        /// Hashes the number of `text`, without an `Exact` if it is a short whole number, as most are.
        static func hash(_ text: String, into hasher: inout Hasher) {
            guard text.utf8.count < fewDigits, let number = Int64(text) else { return hasher.combine(Exact(text)) }
            var (value, exponent) = (number.magnitude, Int64(0))
            while value != 0, value.isMultiple(of: 10) {
                value /= 10
                exponent += 1
            }
            hash(value, number < 0, exponent, &hasher)
        }

        /// The number as a whole number, if it is one and fits.
        var int: Int? {
            guard exponent >= 0, exponent < 20 else { return nil }
            var value = 0
            for digit in digits + Array(repeating: 0, count: Int(exponent)) {
                let (tens, first) = value.multipliedReportingOverflow(by: 10)
                let (next, second) = tens.subtractingReportingOverflow(Int(digit))
                guard !first, !second else { return nil }
                value = next
            }
            // Gathered below zero, where there is one whole number more: -value of the smallest does not fit.
            return isNegative ? value : value == .min ? nil : -value
        }
    }
}
