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

        /// The number as a whole number, if it is one (`1.0` and `1e2` are) and fits. Nothing is rounded:
        /// `0.99999999999999999999` is not 1.
        public var int: Int? { Int(text) ?? Exact(text).int }

        /// The nearest floating-point number; infinite if it is beyond the largest.
        public var double: Double { Double(text) ?? .nan }

        /// Whether both are the same number, however written: `1`, `1.0` and `10e-1` are, `9007199254740993` and
        /// `9007199254740992.0` are not. Compared digit by digit, since floating-point numbers would take the last two
        /// for the same, and then could not say which of two whole numbers both of them equal.
        public static func == (left: Number, right: Number) -> Bool {
            if left.text == right.text { return true }
            if let left = Int64(left.text), let right = Int64(right.text) { return left == right }
            return Exact(left.text) == Exact(right.text)
        }

        /// Agrees with `==`.
        public func hash(into hasher: inout Hasher) { Exact.hash(text, into: &hasher) }
    }
}
