import Glibc
import JSONText
import JetProtocol

/// A peer that is a bare socket: it writes bytes and reads bytes, as a ten-line script would, and waits for none longer
/// than a deadline.
final class RawPeer {
    /// What came of reading or writing.
    enum Failure: Error, Equatable {
        /// Nothing came, or nothing was taken, until the deadline.
        case deadline
        /// The daemon has closed the connection; so many bytes of an unfinished message stood before.
        case closed(leftover: Int)
        /// The system refuses, with this `errno`.
        case system(Int32)
    }

    private(set) var descriptor: Int32
    /// What was read from the socket and not yet handed out.
    private var input: [UInt8] = []
    private var taken = 0

    /// Connects.
    ///
    /// - Parameters:
    ///   - endpoint: A unix socket, or an address with its port.
    ///   - receiveBuffer: How much the kernel should hold for this peer, in bytes; its default if `nil`.
    ///   - deadline: How long to wait for bytes, in seconds.
    init(_ endpoint: Endpoint, receiveBuffer: Int32? = nil, deadline: Int = 30) throws {
        let family =
            switch endpoint {
            case .unix: AF_UNIX
            case .tcp(let host, _), .webSocket(let host, _), .tls(let host, _), .secureWebSocket(let host, _):
                host.contains(":") ? AF_INET6 : AF_INET
            }
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try check(descriptor)
        if let receiveBuffer { try set(SO_RCVBUF, to: receiveBuffer) }
        try set(SO_RCVTIMEO, to: timeval(tv_sec: deadline, tv_usec: 0))
        try set(SO_SNDTIMEO, to: timeval(tv_sec: deadline, tv_usec: 0))
        switch endpoint {
        case .unix(let path): try connect(to: sockaddr_un(path: path))
        case .tcp(let host, let port), .webSocket(let host, let port), .tls(let host, let port),
            .secureWebSocket(let host, let port):
            if family == AF_INET6 {
                try connect(to: sockaddr_in6(host: host, port: port))
            } else {
                try connect(to: sockaddr_in(host: host, port: port))
            }
        }
    }

    /// The same peer once more, so that one thread can write for it while another one reads.
    init(copying descriptor: Int32) throws {
        self.descriptor = dup(descriptor)
        try check(self.descriptor)
    }

    deinit { close() }

    // MARK: Writing

    /// Writes these bytes as they are.
    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try check(Int32(truncatingIfNeeded: count))
            sent += count
        }
    }

    /// Writes a message.
    func say(_ message: String) throws { try write(Self.framed(message)) }

    /// Writes a request and reads the response, which must be the next message that comes.
    func ask(_ message: String) throws -> String {
        try say(message)
        return try hear()
    }

    /// Writes a request and reads the response as a value.
    func askValue(_ message: String) throws -> JSON {
        try say(message)
        return try hearValue()
    }

    /// Adds States `state/0`, `state/1` and so on, with the value 0 and, if asked for, so many bytes beside it.
    func addStates(_ count: Int, padding: Int = 0) throws {
        let rest = padding > 0 ? ",\"" + String(repeating: "x", count: padding) + "\"" : ""
        var bytes: [UInt8] = []
        for number in 0..<count {
            bytes += Self.framed(#"{"method":"add","params":{"path":"state/\#(number)","value":[0\#(rest)]}}"#)
        }
        try write(bytes + Self.framed(#"{"id":"added","method":"echo"}"#))
        _ = try hear()
    }

    /// A message with its length before it.
    static func framed(_ message: String) -> [UInt8] {
        var bytes: [UInt8] = []
        Frame.appendHeader(length: message.utf8.count, to: &bytes)
        return bytes + message.utf8
    }

    // MARK: Reading

    /// Reads exactly so many bytes.
    func read(_ count: Int) throws -> ArraySlice<UInt8> {
        while input.count - taken < count {
            if taken > 1 << 16 {
                input.removeFirst(taken)
                taken = 0
            }
            guard try readSome() else { throw Failure.closed(leftover: input.count - taken) }
        }
        defer { taken += count }
        return input[taken..<taken + count]
    }

    /// Reads one message.
    func hear() throws -> String {
        let length = try read(Frame.headerLength).reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: try read(length), as: UTF8.self)
    }

    /// Reads one message as a value.
    func hearValue() throws -> JSON { try JSON(parsing: Array(try hear().utf8).span.bytes) }

    /// Reads until the daemon closes the connection, and throws everything away.
    func hearEnd() throws {
        input = []
        taken = 0
        while try readSome() { input = [] }
    }

    /// Whether the daemon has closed the connection, with nothing before that.
    func isAtEnd() throws -> Bool { try taken == input.count && !readSome() }

    private func readSome() throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { memory in
            let count = recv(descriptor, memory.baseAddress, memory.count, 0)
            try check(Int32(truncatingIfNeeded: count))
            input.append(contentsOf: memory[..<count])
            return count > 0
        }
    }

    // MARK: Ends

    /// Says that nothing more will be written.
    func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes in an orderly way.
    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes so that a TCP connection is reset.
    func reset() throws {
        try set(SO_LINGER, to: linger(l_onoff: 1, l_linger: 0))
        close()
    }

    // MARK: The system

    private func set<Value>(_ option: Int32, to value: Value) throws {
        try check(
            withUnsafeBytes(of: value) {
                setsockopt(descriptor, SOL_SOCKET, option, $0.baseAddress, socklen_t($0.count))
            })
    }

    private func connect<Address>(to address: Address) throws {
        try check(
            withUnsafeBytes(of: address) { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) { sockets in
                    Glibc.connect(descriptor, sockets.baseAddress, socklen_t(bytes.count))
                }
            })
    }

    private func check(_ result: Int32) throws {
        guard result < 0 else { return }
        throw errno == EAGAIN || errno == EINPROGRESS ? Failure.deadline : Failure.system(errno)
    }
}

extension sockaddr_un {
    /// The address of the socket at `path`.
    init(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    }
}

extension sockaddr_in {
    /// The address of a port of `host`, an IPv4 address in numbers.
    init(host: String, port: Int) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        inet_pton(AF_INET, host, &sin_addr)
    }
}

extension sockaddr_in6 {
    /// The address of a port of `host`, an IPv6 address in numbers.
    init(host: String, port: Int) {
        self.init()
        sin6_family = sa_family_t(AF_INET6)
        sin6_port = UInt16(truncatingIfNeeded: port).bigEndian
        inet_pton(AF_INET6, host, &sin6_addr)
    }
}
