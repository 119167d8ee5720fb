extension JSON.Number {
    /// The nearest floating-point number to the number that stands in a scanned text. Short whole numbers, which are
    /// the most, are read here; the rest by the standard library.
    public static func double(of text: RawSpan) -> Double {
        if text.byteCount <= 15 {
            var value = 0
            var at = text.byteCount > 0 && text.byte(0) == UInt8(ascii: "-") ? 1 : 0
            let isNegative = at == 1
            while at < text.byteCount {
                let digit = text.byte(at) &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                value = value &* 10 &+ Int(digit)
                at += 1
            }
            if at == text.byteCount { return Double(isNegative ? -value : value) }
        }
        return Double(String(decoding: text.array, as: UTF8.self)) ?? .nan
    }
}
