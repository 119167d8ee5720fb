internal import AgentCore
internal import Glibc

/// Addresses as people write them.
enum NetworkAddressText {
    /// An IPv4 or IPv6 address; `nil` if `bytes` are neither.
    static func internet(_ bytes: [UInt8]) -> String? {
        let family: Int32
        switch bytes.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress,
                let text = inet_ntop(family, bytes, start, socklen_t(buffer.count))
            else { return nil }
            return String(cString: text)
        }
    }

    /// A hardware address: pairs of hexadecimal digits joined by colons; of a tunnel, which is addressed by the
    /// internet address at its end, that one.
    static func hardware(_ bytes: [UInt8], type: UInt16) -> String? {
        if bytes.isEmpty { return nil }
        if tunnels.contains(type), let address = internet(bytes) { return address }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// `ARPHRD_TUNNEL`, `ARPHRD_TUNNEL6`, `ARPHRD_SIT`, `ARPHRD_IPGRE`, `ARPHRD_IP6GRE`
    private static let tunnels: Set<UInt16> = [768, 769, 776, 778, 823]
}
