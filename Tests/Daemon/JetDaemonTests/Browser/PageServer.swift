import Glibc
import Synchronization

/// A server of one page on a free port of the loopback, just enough for a browser. A page reports to it by asking for
/// `/report?what`.
final class PageServer: Sendable {
    /// Its port.
    let port: Int
    private let descriptor: Int32
    private let reported = Mutex<[String]>([])
    private let serving = Mutex<Background<Void>?>(nil)

    /// Serves a page with this script until `stop()`.
    init(_ script: String) throws {
        (descriptor, port) = try Self.listen()
        let page = "<!DOCTYPE html><meta charset=utf-8><title>test</title><script>\(script)</script>"
        serving.withLock { $0 = Background { self.serve(page) } }
    }

    /// A port that is free just now.
    static func freePort() throws -> Int {
        let (descriptor, port) = try listen()
        close(descriptor)
        return port
    }

    private static func listen() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in(host: "127.0.0.1", port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { sockets in
                bind(descriptor, sockets.baseAddress, size) == 0 && Glibc.listen(descriptor, 16) == 0
                    && getsockname(descriptor, sockets.baseAddress, &size) == 0
            }
        }
        guard isListening else { throw RawPeer.Failure.system(errno) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// What pages have reported so far.
    var reports: [String] { reported.withLock { $0 } }

    /// Serves no more. The descriptor is closed when nobody uses it: its number is soon another one's.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        try? serving.withLock { $0 }?.wait()
        close(descriptor)
    }

    private func serve(_ page: String) {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return }
            answer(connection, page)
            close(connection)
        }
    }

    /// Answers one request; browsers send nothing that is longer than one read.
    private func answer(_ connection: Int32, _ page: String) {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        // A browser opens connections that it may never use.
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        let target = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ").dropFirst().first ?? ""
        if target.hasPrefix("/report?") { reported.withLock { $0.append(String(target.dropFirst("/report?".count))) } }
        let body = target == "/" ? page : ""
        let response = """
            HTTP/1.1 \(target == "/" ? "200 OK" : "204 No Content")\r
            Content-Type: text/html\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
        _ = Array(response.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}
