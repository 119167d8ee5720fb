internal import CNetlink
internal import Glibc

/// An address of this machine that other machines can reach it by, and that it keeps.
package struct LocalAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes.
    package let bytes: [UInt8]

    /// An address of these bytes; `nil` unless there are 4 or 16.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// An address in the form of inet_pton(3).
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard text.utf8.count < Int(INET6_ADDRSTRLEN), !text.utf8.contains(0) else { return nil }
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        guard inet_pton(family, text, &bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    /// The address in the form of inet_ntop(3).
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The addresses of this network namespace, sorted, without those that only mean this machine or one link, those that
    /// IPv6 makes up for a short time (RFC 8981), and those that another machine has already.
    package static func all() throws(NetlinkError) -> [LocalAddress] {
        let messages = try NetlinkDump.of(.addresses, over: NetlinkSocket(.requests))
        return sorted(messages.filter { $0.type == UInt16(RTM_NEWADDR) }.compactMap { of($0.payload) })
    }

    private static func sorted(_ addresses: [LocalAddress]) -> [LocalAddress] {
        Set(addresses).sorted {
            $0.bytes.count != $1.bytes.count
                ? $0.bytes.count < $1.bytes.count : $0.bytes.lexicographicallyPrecedes($1.bytes)
        }
    }

    /// The address of one message, a `struct ifaddrmsg` and attributes.
    private static func of(_ payload: NetlinkBytes) -> LocalAddress? {
        guard var flags = payload.load(UInt8.self, at: 2).map(UInt32.init), let scope = payload.load(UInt8.self, at: 3),
            scope == UInt8(RT_SCOPE_UNIVERSE.rawValue) || scope == UInt8(RT_SCOPE_SITE.rawValue)
        else { return nil }
        var own: [UInt8]?
        for attribute in NetlinkAttributes(payload.suffix(from: MemoryLayout<ifaddrmsg>.size)) {
            switch attribute.type {
            // Of a link from point to point, IFA_ADDRESS is the other end.
            case Int(IFA_LOCAL): own = attribute.payload.array
            case Int(IFA_ADDRESS): own = own ?? attribute.payload.array
            case Int(IFA_FLAGS): flags = attribute.payload.load(UInt32.self, at: 0) ?? flags
            default: break
            }
        }
        // Of IPv6, the first flag is IFA_F_TEMPORARY; of IPv4, it marks a further address of the same network.
        let unwanted = own?.count == 16 ? UInt32(IFA_F_TEMPORARY | IFA_F_DADFAILED) : 0
        guard flags & unwanted == 0, let address = own.flatMap({ LocalAddress(bytes: $0) }), address.isReachable
        else { return nil }
        return address
    }

    /// Whether it is neither a loopback address, nor one of a single link, nor unspecified, nor of a group.
    package var isReachable: Bool {
        if bytes.count == 4 {
            return bytes[0] != 127 && bytes[0] != 0 && bytes[0] < 224 && !(bytes[0] == 169 && bytes[1] == 254)
        }
        // ::/96 has the unspecified address, the loopback address and nothing that is in use; ::ffff:0:0/96 is IPv4.
        if bytes[..<10].allSatisfy({ $0 == 0 }) { return false }
        return bytes[0] != 0xFF && !(bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    }
}
