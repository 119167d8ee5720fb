/// The first byte of a value and those that belong to it. For a string it has only the length, for an array or a map only
/// the number of elements; the contents follow.
///
/// The bytes are those of the MessagePack specification, section "Formats".
enum MessagePackItem {
    case null
    case boolean(Bool)
    case unsigned(UInt64)
    case signed(Int64)
    case float(Float)
    case double(Double)
    /// This many bytes of UTF-8 follow. Binary data is read as a string: old encoders write strings as binary data.
    case string(count: Int)
    /// This many values follow.
    case array(count: Int)
    /// This many keys follow, each followed by its value.
    case map(count: Int)
}

extension RawSpan {
    /// Reads the item at `position` and moves behind it.
    @inline(__always)
    func item(at position: inout Int) throws(MessagePackError) -> MessagePackItem {
        let start = position
        switch try number(UInt8.self, at: &position) {
        case let format where format <= 0x7F: return .unsigned(UInt64(format))
        case let format where format <= 0x8F: return .map(count: Int(format & 0x0F))
        case let format where format <= 0x9F: return .array(count: Int(format & 0x0F))
        case let format where format <= 0xBF: return .string(count: Int(format & 0x1F))
        case let format where format >= 0xE0: return .signed(Int64(Int8(bitPattern: format)))
        case 0xC0: return .null
        case 0xC2: return .boolean(false)
        case 0xC3: return .boolean(true)
        case 0xC4, 0xD9: return .string(count: Int(try number(UInt8.self, at: &position)))
        case 0xC5, 0xDA: return .string(count: Int(try number(UInt16.self, at: &position)))
        case 0xC6, 0xDB: return .string(count: Int(try number(UInt32.self, at: &position)))
        case 0xCA: return .float(Float(bitPattern: try number(UInt32.self, at: &position)))
        case 0xCB: return .double(Double(bitPattern: try number(UInt64.self, at: &position)))
        case 0xCC: return .unsigned(UInt64(try number(UInt8.self, at: &position)))
        case 0xCD: return .unsigned(UInt64(try number(UInt16.self, at: &position)))
        case 0xCE: return .unsigned(UInt64(try number(UInt32.self, at: &position)))
        case 0xCF: return .unsigned(try number(UInt64.self, at: &position))
        case 0xD0: return .signed(Int64(try number(Int8.self, at: &position)))
        case 0xD1: return .signed(Int64(try number(Int16.self, at: &position)))
        case 0xD2: return .signed(Int64(try number(Int32.self, at: &position)))
        case 0xD3: return .signed(try number(Int64.self, at: &position))
        case 0xDC: return .array(count: Int(try number(UInt16.self, at: &position)))
        case 0xDD: return .array(count: Int(try number(UInt32.self, at: &position)))
        case 0xDE: return .map(count: Int(try number(UInt16.self, at: &position)))
        case 0xDF: return .map(count: Int(try number(UInt32.self, at: &position)))
        case 0xC1: throw MessagePackError(.reserved, at: start)
        default: throw MessagePackError(.extensionType, at: start)
        }
    }

    /// Reads a number with the most significant byte first.
    @inline(__always)
    private func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type, at position: inout Int
    ) throws(MessagePackError) -> Number {
        guard byteCount - position >= MemoryLayout<Number>.size else {
            throw MessagePackError(.unexpectedEnd, at: byteCount)
        }
        defer { position += MemoryLayout<Number>.size }
        return Number(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: Number.self))
    }
}
