import Glibc
import Synchronization

/// A test's own service manager, as far as sd_notify(3) knows one: a datagram socket that keeps what is said to it.
package final class NotifySocket: Sendable {
    /// What `NOTIFY_SOCKET` has to be for those who are to talk to it.
    package let path = "/tmp/jet-notify-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    private let descriptor: Int32
    private let heard = Mutex<[String]>([])

    package init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Descriptors.Failed("bind") }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The assignments of all datagrams so far, in their order: `READY=1`, `STATUS=...`.
    package var lines: [String] {
        heard.withLock { heard in
            while let datagram = next() { heard += datagram.split(separator: "\n").map(String.init) }
            return heard
        }
    }

    /// How often this was said so far.
    package func count(_ line: String) -> Int { lines.count { $0 == line } }

    /// The next datagram, if there is one.
    private func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return length < 0 ? nil : String(decoding: bytes.prefix(length), as: UTF8.self)
    }
}
