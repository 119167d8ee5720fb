import Glibc
import JetProtocol
import Synchronization
import TestSupport

/// Stands between peers and a daemon, and does something to what the daemon says: a daemon that is wrong.
final class Meddler: Sendable {
    /// What becomes of a message of the daemon.
    typealias Change = @Sendable (_ message: String) -> [String]

    /// Where peers reach it.
    let endpoint: Endpoint
    private let path: String
    private let listener: Int32
    private let change: Change

    /// Listens, and connects each peer to the unix socket at `daemon`.
    init(before daemon: Endpoint, _ change: @escaping Change) throws {
        guard case .unix(let target) = daemon else { throw Descriptors.Failed("unix", EINVAL) }
        path = socketPath()
        endpoint = .unix(path: path)
        self.change = change
        listener = try Self.socket(at: path) { bind($0, $1, $2) | listen($0, 64) }
        Descriptors.inBackground { [listener, change] in
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { return }
                guard let daemon = try? Self.socket(at: target, connect) else { return }
                Descriptors.inBackground { Self.copy(from: peer, to: daemon) { $0 } }
                Descriptors.inBackground {
                    var frames = FrameReader(limit: 1 << 30)
                    Self.copy(from: daemon, to: peer) { bytes in
                        var output: [UInt8] = []
                        _ = try? frames.read(bytes.span.bytes) { message in
                            for text in change(message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) {
                                Frame.appendHeader(length: text.utf8.count, to: &output)
                                output += text.utf8
                            }
                            return true
                        }
                        return output
                    }
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
    }

    private static func socket(
        at path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw Descriptors.Failed(path) }
        return descriptor
    }

    /// Until one of the two has closed its side.
    private static func copy(from source: Int32, to target: Int32, _ change: ([UInt8]) -> [UInt8]) {
        while let bytes = Descriptors.read(source) {
            let output = change(bytes)
            var written = 0
            while written < output.count {
                let count = output[written...].withUnsafeBytes {
                    send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                written += count
            }
        }
        // The other way still uses both descriptors; the process ends with the tests.
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}
