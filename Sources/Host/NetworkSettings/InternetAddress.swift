internal import Glibc

/// An IPv4 or IPv6 address: its bytes in the order of the wire.
public struct InternetAddress: Hashable, Sendable {
    /// 4 or 16 bytes.
    public let bytes: [UInt8]

    /// The address that `text` is, as inet_pton(3) reads it: no abbreviated IPv4, no zone behind an IPv6 address.
    public init?(_ text: String) {
        // inet_pton(3) would read only what stands before a NUL.
        guard text.utf8.count < Int(INET6_ADDRSTRLEN), !text.utf8.contains(0) else { return nil }
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        guard inet_pton(family, text, &bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    /// The address of these bytes; `nil` unless there are 4 or 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is an IPv4 address.
    public var isIPv4: Bool { bytes.count == 4 }

    /// How many bits it has.
    public var bitCount: Int { bytes.count * 8 }

    /// Whether all of its bits are zero.
    public var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// Whether it means this host: 127.0.0.0/8 (RFC 1122) or ::1.
    public var isLoopback: Bool {
        isIPv4 ? bytes.first == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Whether it means a group of hosts: 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool { (bytes.first ?? 0) >= (isIPv4 ? 224 : 255) && !isReserved }

    /// Whether it is in 240.0.0.0/4, which no host can have (RFC 1112); the last of them is everybody.
    public var isReserved: Bool { isIPv4 && (bytes.first ?? 0) >= 240 }

    /// Whether it is in 0.0.0.0/8, "this network" (RFC 1122).
    public var isThisNetwork: Bool { isIPv4 && bytes.first == 0 }

    /// Whether it means something on its own link alone: 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool {
        isIPv4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    /// Whether it is an IPv4 address in the clothes of an IPv6 one (::ffff:0:0/96), which never goes over a wire.
    public var isMappedIPv4: Bool {
        !isIPv4 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    }

    /// Why no host can be reached by this address, as the end of a sentence; `nil` if one can.
    public var reasonNotAHost: String? {
        if isUnspecified { return "is the unspecified address" }
        if isLoopback { return "is a loopback address" }
        if isMulticast { return "is a multicast address" }
        if isReserved { return bytes == [255, 255, 255, 255] ? "is the broadcast address" : "is a reserved address" }
        if isThisNetwork { return "is in 0.0.0.0/8, which no host can have" }
        if isMappedIPv4 { return "is an IPv4 address written as IPv6; write it as IPv4" }
        return nil
    }
}

extension InternetAddress: CustomStringConvertible {
    /// The address as inet_ntop(3) writes it: IPv6 as short as RFC 5952 wants it.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress,
                let text = inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, start, socklen_t(buffer.count))
            else { return "" }
            return String(cString: text)
        }
    }
}
