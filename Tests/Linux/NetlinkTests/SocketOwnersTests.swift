import CNetlink
import Glibc
import Testing

@testable import Netlink

/// Who has opened the other end of a TCP connection on this machine.
@Suite("The owners of sockets")
struct SocketOwnersTests {
    /// A listening socket of the loopback, with its address.
    private struct Listener: ~Copyable {
        let descriptor: Int32
        private(set) var address = sockaddr_in6()

        init(_ host: String) throws {
            descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
            try #require(descriptor >= 0)
            address.sin6_family = sa_family_t(AF_INET6)
            try #require(inet_pton(AF_INET6, host, &address.sin6_addr) == 1)
            let descriptor = descriptor
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isBound)
        }

        /// Connects to it.
        func connect() throws -> (peer: Int32, accepted: Int32) {
            let peer = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
            var address = address
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(peer, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
                }
            }
            try #require(isConnected)
            let accepted = accept(descriptor, nil, nil)
            try #require(accepted >= 0)
            return (peer, accepted)
        }

        deinit { close(descriptor) }
    }

    @Test(
        "it is this user while the peer is connected, and nobody after it has closed",
        arguments: ["::1", "::ffff:127.0.0.1"])
    func owner(host: String) throws {
        let listener = try Listener(host)
        let (peer, accepted) = try listener.connect()
        defer { close(accepted) }
        let owners = try SocketOwners()
        let connection = try #require(TCPConnection(of: accepted))
        #expect(connection.isLocal && connection.peer.isLoopback)
        #expect(owners.userID(of: connection) == geteuid())
        #expect(owners.userID(of: connection) == geteuid())
        close(peer)
        #expect(owners.userID(of: connection) == nil)
    }

    @Test("the user is that of the peer's socket, not of the daemon's")
    func otherUser() throws {
        guard geteuid() == 0 else { return }
        let listener = try Listener("::ffff:127.0.0.1")
        let (peer, accepted) = try listener.connect()
        // As if another user had opened it.
        try #require(fchown(peer, 7, 7) == 0)
        defer {
            close(peer)
            close(accepted)
        }
        #expect(try SocketOwners().userID(of: try #require(TCPConnection(of: accepted))) == 7)
    }

    @Test("a connection that does not exist has no owner")
    func missing() throws {
        let end = TCPConnection.End(address: [127, 0, 0, 1], port: 1)
        #expect(try SocketOwners().userID(of: TCPConnection(local: end, peer: end)) == nil)
    }

    @Test("another socket is not used as one of sock_diag(7)")
    func wrongSocket() throws {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), NETLINK_ROUTE)
        defer { close(descriptor) }
        #expect(throws: NetlinkError.self) { try SocketOwners(adopting: descriptor) }
    }

    @Test(
        "an address counts as its network",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ])
    func network(text: String, network: String) throws {
        #expect(try #require(TCPConnection.End(parsing: text)).network == network)
    }

    @Test(
        "a text that is no address is refused", arguments: ["", "192.0.2", "192.0.2.7/64", "localhost", "::1:11122x"])
    func noAddress(text: String) { #expect(TCPConnection.End(parsing: text) == nil) }
}
