import JSONText

/// Numbers and strings in MessagePack, each in the shortest of its formats.
extension [UInt8] {
    /// Appends a number from its JSON text.
    mutating func append(number text: RawSpan) {
        let isNegative = text.byte(0) == UInt8(ascii: "-")
        if let magnitude = Self.wholeNumber(text, from: isNegative ? 1 : 0) {
            if !isNegative { return append(unsigned: magnitude) }
            if magnitude <= UInt64(Int64.max) + 1 { return append(signed: Int64(truncatingIfNeeded: 0 &- magnitude)) }
        }
        let limit = Double.greatestFiniteMagnitude
        append(0xCB)
        append(bigEndian: Swift.min(Swift.max(JSON.Number.double(of: text), -limit), limit).bitPattern)
    }

    /// The digits from `start` on as a number, if there is nothing but digits and the number fits.
    private static func wholeNumber(_ text: RawSpan, from start: Int) -> UInt64? {
        var number: UInt64 = 0
        for at in start..<text.byteCount {
            let digit = text.byte(at) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = tens.addingReportingOverflow(UInt64(digit))
            guard !isTooLarge, !isTooLargeNow else { return nil }
            number = sum
        }
        return number
    }

    private mutating func append(unsigned number: UInt64) {
        switch number {
        case ...0x7F: append(UInt8(truncatingIfNeeded: number))
        case ...0xFF: append(0xCC, UInt8(truncatingIfNeeded: number))
        case ...0xFFFF: append(0xCD, UInt16(truncatingIfNeeded: number))
        case ...0xFFFF_FFFF: append(0xCE, UInt32(truncatingIfNeeded: number))
        default: append(0xCF, number)
        }
    }

    /// - Parameter number: Not above 0.
    private mutating func append(signed number: Int64) {
        switch number {
        case (-32)...: append(UInt8(truncatingIfNeeded: number))
        case Int64(Int8.min)...: append(0xD0, Int8(truncatingIfNeeded: number))
        case Int64(Int16.min)...: append(0xD1, Int16(truncatingIfNeeded: number))
        case Int64(Int32.min)...: append(0xD2, Int32(truncatingIfNeeded: number))
        default: append(0xD3, number)
        }
    }

    /// Appends a string of a JSON text, its escapes resolved.
    mutating func append(string: JSONStringRange, of text: RawSpan) {
        guard string.hasEscapes else {
            appendStringHeader(string.content.count)
            return append(string.content.of(text))
        }
        let content = string.decoded(in: text)
        appendStringHeader(content.count)
        append(contentsOf: content)
    }

    private mutating func appendStringHeader(_ count: Int) {
        switch count {
        case ...31: append(0xA0 | UInt8(truncatingIfNeeded: count))
        case ...0xFF: append(0xD9, UInt8(truncatingIfNeeded: count))
        case ...0xFFFF: append(0xDA, UInt16(truncatingIfNeeded: count))
        default: append(0xDB, UInt32(truncatingIfNeeded: count))
        }
    }

    private mutating func append(_ format: UInt8, _ number: some FixedWidthInteger) {
        append(format)
        append(bigEndian: number)
    }

    private mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
