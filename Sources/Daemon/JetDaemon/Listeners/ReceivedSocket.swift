import Glibc
public import JetProtocol

/// A listening socket that was passed to the daemon, usually by systemd (systemd.socket(5)). systemd keeps it open when the
/// daemon stops, and connections wait in its queue meanwhile. So the daemon neither removes its file nor shuts it down.
///
/// The name of the socket selects the protocol.
public struct ReceivedSocket: Hashable, Sendable {
    /// The protocols, by the names that socket units use (`FileDescriptorName=`).
    public enum Kind: String, CaseIterable, Sendable {
        /// Length-prefixed messages on a unix socket.
        case unix
        /// Length-prefixed messages over TCP.
        case tcp
        /// WebSocket over TCP.
        case web
        /// The connections of a gateway, on a unix socket: each begins with a header of the PROXY protocol that says who the
        /// peer is.
        case gateway
    }

    /// The protocol.
    public let kind: Kind
    /// The socket, which the daemon closes.
    public let descriptor: Int32
    /// Its address. That of an abstract unix socket begins with `@`, as in systemd.
    public let endpoint: Endpoint
    /// Whether it can be reached from this machine only.
    public let isLocal: Bool

    /// Examines a socket.
    ///
    /// - Parameters:
    ///   - descriptor: The socket.
    ///   - name: Its name.
    /// - Throws: `DaemonError` if the name is unknown, or the socket does not fit the protocol of the name.
    public init(descriptor: Int32, name: String) throws(DaemonError) {
        guard let kind = Kind(rawValue: name) else {
            let names = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw DaemonError("unknown socket name '\(name)': use one of \(names) as FileDescriptorName=")
        }
        guard Self.option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue) else {
            throw DaemonError("the socket '\(name)' is not a stream socket")
        }
        guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw DaemonError("the socket '\(name)' does not listen")
        }
        guard let address = Address(of: descriptor) else {
            throw DaemonError("the socket '\(name)' is neither a unix socket nor a TCP socket")
        }
        switch (kind, address) {
        case (.unix, .unix(let path)), (.gateway, .unix(let path)):
            endpoint = .unix(path: path)
            isLocal = true
        case (.tcp, .internet(let host, let port, let isLoopback)):
            endpoint = .tcp(host: host, port: port)
            isLocal = isLoopback
        case (.web, .internet(let host, let port, let isLoopback)):
            endpoint = .webSocket(host: host, port: port)
            isLocal = isLoopback
        case (.unix, .internet), (.gateway, .internet): throw DaemonError("the socket '\(name)' must be a unix socket")
        case (_, .unix): throw DaemonError("the socket '\(name)' must be a TCP socket, not a unix socket")
        }
        self.kind = kind
        self.descriptor = descriptor
    }

    var transport: Transport {
        switch kind {
        case .unix, .gateway: .unix
        case .tcp: .tcp
        case .web: .webSocket
        }
    }

    /// A numeric option of the socket (socket(7)); `nil` if it has none, or is not a socket.
    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }
}

/// The address that a socket is bound to.
private enum Address {
    case unix(path: String)
    case internet(host: String, port: Int, isLoopback: Bool)

    /// The address of a socket; `nil` for other address families.
    init?(of descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        let address = withUnsafeBytes(of: storage) {
            Self(bytes: $0.prefix(Int(length)), family: $0.load(as: UInt16.self))
        }
        guard let address else { return nil }
        self = address
    }

    /// Reads an address in the layout of unix(7), ip(7) or ipv6(7).
    private init?(bytes: Slice<UnsafeRawBufferPointer>, family: UInt16) {
        switch Int32(family) {
        case AF_UNIX:
            let path = bytes.dropFirst(2)
            // An abstract name begins with NUL, and ends with the address.
            self = .unix(
                path: path.first == 0
                    ? "@" + String(decoding: path.dropFirst(), as: UTF8.self)
                    : String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
        case AF_INET where bytes.count >= 8:
            let host = Array(bytes[4..<8])
            self.init(AF_INET, host, port: bytes[2..<4], isLoopback: host[0] == 127)
        case AF_INET6 where bytes.count >= 24:
            let host = Array(bytes[8..<24])
            let isMapped = host.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            let isLoopback = host.dropLast().allSatisfy { $0 == 0 } && host.last == 1
            self.init(AF_INET6, host, port: bytes[2..<4], isLoopback: isLoopback || isMapped && host[12] == 127)
        default: return nil
        }
    }

    private init?(_ family: Int32, _ host: [UInt8], port: Slice<UnsafeRawBufferPointer>, isLoopback: Bool) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, host, &text, socklen_t(text.count)) != nil else { return nil }
        let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self = .internet(host: name, port: port.reduce(0) { $0 << 8 | Int($1) }, isLoopback: isLoopback)
    }
}
