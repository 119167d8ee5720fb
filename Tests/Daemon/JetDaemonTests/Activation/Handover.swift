import Glibc
import JetProtocol

/// Sockets that a test opens, keeps open, and hands over to `jetd` as the service manager does (sd_listen_fds(3)).
final class Handover {
    private var sockets: [(descriptor: Int32, name: String)] = []

    deinit { for socket in sockets { close(socket.descriptor) } }

    /// Listens at a path.
    @discardableResult
    func unix(_ path: String, name: String = "unix") throws -> Endpoint {
        _ = try add(AF_UNIX, sockaddr_un(path: path), name)
        return .unix(path: path)
    }

    /// Listens at a free port of an address; gives the port.
    func port(of host: String, name: String) throws -> Int {
        let isSix = host.contains(":")
        let descriptor =
            try isSix
            ? add(AF_INET6, sockaddr_in6(host: host, port: 0), name)
            : add(AF_INET, sockaddr_in(host: host, port: 0), name)
        // The port is in the same place in both.
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin6_port))
    }

    /// Listens for peers by TCP.
    func tcp(_ host: String = "127.0.0.1", name: String = "tcp") throws -> Endpoint {
        .tcp(host: host, port: try port(of: host, name: name))
    }

    /// Listens for peers by WebSocket.
    func web(_ host: String = "127.0.0.1", name: String = "web") throws -> Endpoint {
        .webSocket(host: host, port: try port(of: host, name: name))
    }

    /// Adds a descriptor that is something else.
    func add(_ descriptor: Int32, name: String) { sockets.append((descriptor, name)) }

    /// What `jetd` is started by, with what environment.
    var start: (runner: [String], environment: [String: String]) {
        // The process's own number has to be in its environment.
        let script = #"export LISTEN_PID=$$; exec "$@""#
        let names = sockets.map(\.name).joined(separator: ":")
        return (["/bin/sh", "-c", script, "sh"], ["LISTEN_FDS": "\(sockets.count)", "LISTEN_FDNAMES": names])
    }

    var descriptors: [Int32] { sockets.map(\.descriptor) }

    /// Starts `jetd` with them.
    func jetd(_ arguments: [String] = []) throws -> Jetd {
        try Jetd(arguments, by: start.runner, environment: start.environment, descriptors: descriptors)
    }

    private func add<Address>(_ family: Int32, _ address: Address, _ name: String) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw RawPeer.Failure.system(errno) }
        sockets.append((descriptor, name))
        let isBound = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, socklen_t(bytes.count)) == 0 }
        }
        guard isBound, listen(descriptor, 100) == 0 else { throw RawPeer.Failure.system(errno) }
        return descriptor
    }
}
