/// Messages as the kernel would write them, for those that it writes too rarely to be captured.
public enum NetlinkBuilder {
    /// A message with its header.
    public static func message(_ type: Int, flags: Int = 0, sequence: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(native: UInt32(16 + payload.count))
        bytes.append(native: UInt16(type))
        bytes.append(native: UInt16(flags))
        bytes.append(native: sequence)
        bytes.append(native: UInt32(0))
        return padded(bytes + payload)
    }

    /// An attribute.
    public static func attribute(_ type: Int, _ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(native: UInt16(4 + value.count))
        bytes.append(native: UInt16(type))
        return padded(bytes + value)
    }

    /// A `struct ifinfomsg` and attributes.
    public static func link(index: Int32, family: UInt8 = 0, flags: UInt32 = 0, _ attributes: [UInt8]...) -> [UInt8] {
        var bytes: [UInt8] = [family, 0]
        bytes.append(native: UInt16(1))
        bytes.append(native: index)
        bytes.append(native: flags)
        bytes.append(native: UInt32(0))
        return bytes + attributes.joined()
    }

    /// A `struct ifaddrmsg` and attributes.
    public static func address(
        link: Int32, family: UInt8, prefixLength: UInt8, scope: UInt8 = 0, _ attributes: [UInt8]...
    )
        -> [UInt8]
    {
        var bytes: [UInt8] = [family, prefixLength, 0, scope]
        bytes.append(native: link)
        return bytes + attributes.joined()
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
}

extension [UInt8] {
    /// Appends a number as it is in memory.
    fileprivate mutating func append(native value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { self += $0 }
    }
}
