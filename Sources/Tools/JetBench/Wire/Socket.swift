import Glibc
import Jet
import JetProtocol

/// Connecting: what stands between an endpoint and a descriptor that can be read and written without waiting.
enum Socket {
    /// Connects to an endpoint, with the handshakes of TLS and of a WebSocket if it has these.
    ///
    /// - Parameters:
    ///   - patience: How long the daemon may take, in seconds.
    ///   - security: Which daemons are trusted, for TLS.
    /// - Returns: A descriptor that does not block, and what has come on it already.
    static func connect(
        to endpoint: Endpoint, patience: Double, security: Peer.Security
    ) throws(BenchError) -> (descriptor: Int32, input: [UInt8]) {
        let descriptor =
            switch endpoint {
            case .unix(let path): try connect(path: path, endpoint, patience)
            case .tcp(let host, let port), .webSocket(let host, let port):
                try connect(host: host, port: port, endpoint, patience)
            case .tls, .secureWebSocket: try tunnel(to: endpoint, patience, security)
            }
        do throws(BenchError) {
            var input: [UInt8] = []
            switch endpoint {
            case .webSocket(let host, _), .secureWebSocket(let host, _):
                input = try WebSocketHandshake.shake(on: descriptor, host: host, endpoint)
            case .unix, .tcp, .tls: break
            }
            guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
                throw .cannotConnect(endpoint, reason: systemError())
            }
            return (descriptor, input)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// What is sent and received through it is encrypted by the library `Jet`, in threads of its own.
    private static func tunnel(
        to endpoint: Endpoint, _ patience: Double, _ security: Peer.Security
    ) throws(BenchError) -> Int32 {
        do throws(JetError) {
            let descriptor = try SecureTunnel.open(
                to: endpoint, security: security, timeout: .seconds(min(patience, 1e6)))
            limit(descriptor, patience)
            return descriptor
        } catch {
            throw .notSecured(error.message)
        }
    }

    /// Limits how long a call may wait on a descriptor; that holds for connecting as well (socket(7)).
    private static func limit(_ descriptor: Int32, _ patience: Double) {
        let microseconds = Int((min(patience, 1e6) * 1e6).rounded(.up))
        var limit = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func connect(
        path: String, _ endpoint: Endpoint, _ patience: Double
    ) throws(BenchError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .cannotConnect(endpoint, reason: "its path is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return try withUnsafeBytes(of: &address) { bytes throws(BenchError) in
            try connect(AF_UNIX, to: bytes, endpoint, patience)
        }
    }

    private static func connect(
        host: String, port: Int, _ endpoint: Endpoint, _ patience: Double
    ) throws(BenchError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw .cannotConnect(endpoint, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var failure = BenchError.cannotConnect(endpoint, reason: "the host has no address")
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            let address = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
            do throws(BenchError) {
                let descriptor = try connect(entry.ai_family, to: address, endpoint, patience)
                var yes: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
                return descriptor
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        _ family: Int32, to address: UnsafeRawBufferPointer, _ endpoint: Endpoint, _ patience: Double
    ) throws(BenchError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .cannotConnect(endpoint, reason: systemError()) }
        limit(descriptor, patience)
        guard let base = address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
            Glibc.connect(descriptor, base, socklen_t(address.count)) == 0
        else {
            let reason = errno == EINPROGRESS || errno == EAGAIN ? "it did not answer in time" : systemError()
            close(descriptor)
            throw .cannotConnect(endpoint, reason: reason)
        }
        return descriptor
    }

    /// Allows this process to have `count` connections at once.
    ///
    /// - Throws: `BenchError.impossible` if the system does not.
    static func allow(_ count: Int) throws(BenchError) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // What else a process has open: streams, epoll, the loader's files.
        let needed = rlim_t(count) + 32
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
        limit.rlim_cur = min(limit.rlim_max, max(needed, limit.rlim_cur))
        setrlimit(resource, &limit)
        guard limit.rlim_cur >= needed else {
            throw .impossible(
                "\(count) connections need more than the \(limit.rlim_cur) file descriptors that this process may have. Raise ulimit -n."
            )
        }
    }
}
