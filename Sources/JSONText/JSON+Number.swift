extension JSON {
    /// A number as JSON has them: decimal digits, of any length. It keeps the digits it was written with, so that one
    /// that passes through comes out as it went in.
    public struct Number: Hashable, Sendable {
        /// The digits, by the grammar of RFC 8259.
        public let text: String

        /// A number from digits that a scanner has checked.
        init(scanned text: String) { self.text = text }

        /// A whole number.
        public init(_ value: some BinaryInteger) { text = String(value) }

        /// A number; `nil` for infinities and NaN, which JSON does not have.
        public init?(_ value: Double) {
            guard value.isFinite else { return nil }
            if let whole = Int64(exactly: value), abs(value) < 1e15, !(value == 0 && value.sign == .minus) {
                text = String(whole)
            } else {
                text = value.description
            }
        }

        /// The number as a whole number, if it is one (`1.0` and `1e2` are) and fits.
        public var int: Int? {
            if let value = Int(text) { return value }
            guard let value = Double(text), abs(value) < 0x1p53 else { return nil }
            return Int(exactly: value)
        }

        /// The nearest floating-point number; infinite if it is beyond the largest.
        public var double: Double { Double(text) ?? .nan }

        /// Whether both are the same number, however written. Whole numbers of up to 64 bits are compared exactly, all
        /// others as floating-point numbers.
        public static func == (left: Number, right: Number) -> Bool {
            if left.text == right.text { return true }
            if let left = Int64(left.text), let right = Int64(right.text) { return left == right }
            return left.double == right.double
        }

        /// Agrees with `==`.
        public func hash(into hasher: inout Hasher) { hasher.combine(double) }
    }
}
