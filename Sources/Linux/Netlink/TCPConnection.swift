internal import Glibc

/// The two ends of a TCP connection: the socket of this process, and the peer's.
package struct TCPConnection: Hashable, Sendable {
    /// One end.
    package struct End: Hashable, Sendable, CustomStringConvertible {
        /// The address: 4 bytes (ip(7)) or 16 (ipv6(7)).
        package let address: [UInt8]
        /// The port.
        package let port: UInt16

        /// An end with this address and port. An IPv4 address that is mapped into IPv6 becomes one of IPv4.
        package init(address: [UInt8], port: UInt16) {
            self.address = address.starts(with: Self.mappedPrefix) ? Array(address[12...]) : address
            self.port = port
        }

        /// Reads an address without a port: `192.0.2.7`, `2001:db8::1` or `2001:db8::/64`; `nil` if it is none of these.
        package init?(parsing text: String) {
            let network: Substring = text.hasSuffix("/64") && text.contains(":") ? text.dropLast(3) : text[...]
            for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
                var address = [UInt8](repeating: 0, count: count)
                if inet_pton(family, String(network), &address) == 1 {
                    self.init(address: address, port: 0)
                    return
                }
            }
            return nil
        }

        /// The end that `getsockname(2)` or `getpeername(2)` returns; `nil` if it is neither of IPv4 nor of IPv6.
        fileprivate init?(_ read: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let result = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { read($0, &length) }
            }
            guard result == 0 else { return nil }
            let bytes = withUnsafeBytes(of: storage) { Array($0.prefix(Int(length))) }
            let address: ArraySlice<UInt8>
            switch Int32(storage.ss_family) {
            case AF_INET where bytes.count >= 8: address = bytes[4..<8]
            case AF_INET6 where bytes.count >= 24: address = bytes[8..<24]
            default: return nil
            }
            self.init(address: Array(address), port: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        }

        private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

        /// Whether only this machine can have this address.
        package var isLoopback: Bool {
            if address.count == 4 { return address[0] == 127 }
            return address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
        }

        /// The machine, or the network of one site: an IPv4 address, or the first 64 bits of an IPv6 address as
        /// `2001:db8:0:1::/64`, since one machine can use all addresses that begin with these.
        package var network: String {
            guard address.count == 16, !isLoopback else { return Self.text(address) }
            return Self.text(address.prefix(8) + [UInt8](repeating: 0, count: 8)) + "/64"
        }

        /// The address as text, without the port: `192.0.2.7`, `2001:db8::1`.
        package var host: String { Self.text(address) }

        /// The address and the port, as in URLs: `192.0.2.7:50312`, `[2001:db8::1]:50312`.
        package var description: String { address.count == 4 ? "\(host):\(port)" : "[\(host)]:\(port)" }

        private static func text(_ address: [UInt8]) -> String {
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let family = address.count == 4 ? AF_INET : AF_INET6
            guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return "unknown" }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// The end of this process.
    package let local: End
    /// The other end.
    package let peer: End

    /// Whether both ends are on this machine: the peer has the address of the loopback, or the same one as this process.
    package var isLocal: Bool { peer.isLoopback || peer.address == local.address }

    /// A connection of these ends.
    package init(local: End, peer: End) {
        self.local = local
        self.peer = peer
    }

    /// The ends of a socket; `nil` if it is not a connected TCP socket.
    package init?(of descriptor: Int32) {
        guard let local = End({ getsockname(descriptor, $0, $1) }), let peer = End({ getpeername(descriptor, $0, $1) })
        else { return nil }
        self.init(local: local, peer: peer)
    }
}
