import Glibc
public import JetProtocol

/// A *received socket*: one that listens already when the daemon gets it. Somebody else has opened it, most often the
/// service manager (systemd.socket(5)), and keeps it open when the daemon ends; who connects in between waits in its queue.
/// So the daemon never removes its file, and never shuts it down.
///
/// Its name says what is spoken on it.
public struct ReceivedSocket: Hashable, Sendable {
    /// What is spoken on a socket, by the names that socket units give them (`FileDescriptorName=`).
    public enum Kind: String, CaseIterable, Sendable {
        /// Messages with their length before, on a unix socket.
        case unix
        /// The same by TCP.
        case tcp
        /// WebSockets by TCP.
        case web
        /// WebSockets for peers of other machines.
        case remote
    }

    /// What is spoken on it.
    public let kind: Kind
    /// The socket, which the daemon closes.
    public let descriptor: Int32
    /// Where it listens. That of a unix socket without a file begins with `@`, as systemd writes it.
    public let endpoint: Endpoint
    /// Whether it can be reached from this machine alone.
    public let isLocal: Bool

    /// Looks at a socket.
    ///
    /// - Parameters:
    ///   - descriptor: The socket.
    ///   - name: What it is called.
    /// - Throws: `DaemonError` if nothing can be spoken on it, or not what the name says.
    public init(descriptor: Int32, name: String) throws(DaemonError) {
        guard let kind = Kind(rawValue: name) else {
            let names = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw DaemonError("nothing is known of sockets called '\(name)': there are \(names)")
        }
        guard Self.option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue) else {
            throw DaemonError("the socket '\(name)' is no stream socket")
        }
        guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw DaemonError("the socket '\(name)' does not listen")
        }
        guard let address = Address(of: descriptor) else {
            throw DaemonError("the socket '\(name)' is neither a unix socket nor one of TCP")
        }
        switch (kind, address) {
        case (.unix, .unix(let path)):
            endpoint = .unix(path: path)
            isLocal = true
        case (.tcp, .internet(let host, let port, let isLoopback)):
            endpoint = .tcp(host: host, port: port)
            isLocal = isLoopback
        case (.web, .internet(let host, let port, let isLoopback)):
            endpoint = .webSocket(host: host, port: port)
            isLocal = isLoopback
        case (.remote, .internet(let host, let port, _)):
            endpoint = .webSocket(host: host, port: port)
            isLocal = false
        case (.unix, .internet): throw DaemonError("the socket '\(name)' is no unix socket")
        case (_, .unix): throw DaemonError("the socket '\(name)' is a unix socket, and should be one of TCP")
        }
        self.kind = kind
        self.descriptor = descriptor
    }

    var transport: Transport {
        switch kind {
        case .unix: .unix
        case .tcp: .tcp
        case .web, .remote: .webSocket
        }
    }

    /// An option of the socket that is a number (socket(7)); `nil` if it has none, or is no socket.
    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }
}

/// What a socket is bound to.
private enum Address {
    case unix(path: String)
    case internet(host: String, port: Int, isLoopback: Bool)

    /// The address of a socket; `nil` if it is of another kind.
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

    /// An address as unix(7), ip(7) and ipv6(7) lay it out.
    private init?(bytes: Slice<UnsafeRawBufferPointer>, family: UInt16) {
        switch Int32(family) {
        case AF_UNIX:
            let path = bytes.dropFirst(2)
            // A NUL at the beginning is an abstract name, which has no end but that of the address.
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
