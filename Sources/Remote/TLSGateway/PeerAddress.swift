import NIOCore
import ProxyProtocol

/// What connections are counted by: an IPv4 address, or the /64 network of an IPv6 address, since one machine can have all
/// addresses of that.
struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 bytes, or the first 8 of 16.
    private let bytes: [UInt8]
    let description: String

    init(_ address: ProxyHeader.Address?) {
        guard let address else {
            (bytes, description) = ([], "unknown")
            return
        }
        if address.bytes.count == 4 {
            bytes = address.bytes
            description = bytes.map(String.init).joined(separator: ".")
        } else {
            bytes = Array(address.bytes.prefix(8))
            let words = stride(from: 0, to: 8, by: 2)
                .map { String(Int(address.bytes[$0]) << 8 | Int(address.bytes[$0 + 1]), radix: 16) }
            description = words.joined(separator: ":") + "::/64"
        }
    }

    static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension ProxyHeader.Address {
    /// The address of a TCP socket; `nil` for other ones. An IPv4 address that a socket for IPv6 reports, as
    /// `::ffff:192.0.2.7`, is an IPv4 address.
    init?(_ address: SocketAddress?) {
        let bytes: [UInt8]
        // In the layout of ip(7) and ipv6(7).
        switch address {
        case .v4(let address):
            bytes = withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address):
            let all = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            let isMapped = all.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            bytes = isMapped ? Array(all.suffix(4)) : all
        default: return nil
        }
        self.init(bytes: bytes, port: UInt16(truncatingIfNeeded: address?.port ?? 0))
    }
}
