public import JSONText

/// MessagePack in the plainest way, by recursion over values and without any care: a second opinion, and what peers in
/// tests speak.
public enum PlainMessagePack {
    /// The bytes of a value. Arrays and maps of more than 65,535 elements, and strings of as many bytes, are not for tests.
    public static func pack(_ value: JSON) -> [UInt8] {
        switch value {
        case .null: return [0xC0]
        case .boolean(let flag): return [flag ? 0xC3 : 0xC2]
        case .number(let number): return pack(number)
        case .string(let string):
            let content = Array(string.utf8)
            let length = content.count
            if length < 32 { return [0xA0 + UInt8(length)] + content }
            if length < 256 { return [0xD9, UInt8(length)] + content }
            return [0xDA] + bytes(UInt16(length)) + content
        case .array(let elements):
            let count = elements.count
            return (count < 16 ? [0x90 + UInt8(count)] : [0xDC] + bytes(UInt16(count))) + elements.flatMap(pack)
        case .object(let object):
            let count = object.count
            return (count < 16 ? [0x80 + UInt8(count)] : [0xDE] + bytes(UInt16(count)))
                + object.flatMap { pack(.string($0.name)) + pack($0.value) }
        }
    }

    private static func pack(_ number: JSON.Number) -> [UInt8] {
        guard let whole = Int64(number.text) else {
            if let large = UInt64(number.text) { return [0xCF] + bytes(large) }
            let limit = Double.greatestFiniteMagnitude
            return [0xCB] + bytes(min(max(number.double, -limit), limit).bitPattern)
        }
        switch whole {
        case 0...127, -32..<0: return [UInt8(bitPattern: Int8(whole))]
        case 128...255: return [0xCC, UInt8(whole)]
        case -128 ..< -32: return [0xD0, UInt8(bitPattern: Int8(whole))]
        case 256...65_535: return [0xCD] + bytes(UInt16(whole))
        case -32_768 ..< -128: return [0xD1] + bytes(Int16(whole))
        case 65_536...4_294_967_295: return [0xCE] + bytes(UInt32(whole))
        case -2_147_483_648 ..< -32_768: return [0xD2] + bytes(Int32(whole))
        case 0...: return [0xCF] + bytes(UInt64(whole))
        default: return [0xD3] + bytes(whole)
        }
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// The value of these bytes, as far as `pack` writes such; `nil` if they are anything else.
    public static func unpack(_ bytes: [UInt8]) -> JSON? {
        var rest = bytes[...]
        guard let value = unpack(&rest), rest.isEmpty else { return nil }
        return value
    }

    private static func unpack(_ rest: inout ArraySlice<UInt8>) -> JSON? {
        guard let format = rest.popFirst() else { return nil }
        switch format {
        case 0x00...0x7F: return .number(Int(format))
        case 0x80...0x8F: return map(Int(format) - 0x80, &rest)
        case 0x90...0x9F: return array(Int(format) - 0x90, &rest)
        case 0xA0...0xBF: return string(Int(format) - 0xA0, &rest)
        case 0xC0: return .null
        case 0xC2: return .boolean(false)
        case 0xC3: return .boolean(true)
        case 0xCB: return take(8, &rest).map { .number(Double(bitPattern: $0)) }
        case 0xCC: return take(1, &rest).map { .number($0) }
        case 0xCD: return take(2, &rest).map { .number($0) }
        case 0xCE: return take(4, &rest).map { .number($0) }
        case 0xCF: return take(8, &rest).map { .number($0) }
        case 0xD0: return take(1, &rest).map { .number(Int8(truncatingIfNeeded: $0)) }
        case 0xD1: return take(2, &rest).map { .number(Int16(truncatingIfNeeded: $0)) }
        case 0xD2: return take(4, &rest).map { .number(Int32(truncatingIfNeeded: $0)) }
        case 0xD3: return take(8, &rest).map { .number(Int64(truncatingIfNeeded: $0)) }
        case 0xD9: return take(1, &rest).flatMap { string(Int($0), &rest) }
        case 0xDA: return take(2, &rest).flatMap { string(Int($0), &rest) }
        case 0xDC: return take(2, &rest).flatMap { array(Int($0), &rest) }
        case 0xDE: return take(2, &rest).flatMap { map(Int($0), &rest) }
        case 0xE0...0xFF: return .number(Int8(bitPattern: format))
        default: return nil
        }
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func string(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> JSON? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return .string(String(decoding: rest.prefix(count), as: UTF8.self))
    }

    private static func array(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> JSON? {
        var elements: [JSON] = []
        for _ in 0..<count {
            guard let element = unpack(&rest) else { return nil }
            elements.append(element)
        }
        return .array(elements)
    }

    private static func map(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> JSON? {
        var object = JSON.Object()
        for _ in 0..<count {
            guard let name = unpack(&rest)?.string, let value = unpack(&rest) else { return nil }
            object[name] = value
        }
        return .object(object)
    }
}

extension [UInt8] {
    /// Bytes from hexadecimal digits; white space between them is for the reader.
    public init(hex: String) {
        let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// These bytes in hexadecimal digits.
    public var hex: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
