import Digests
import Glibc
import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import Jet

/// Descriptors that carry the bytes inside TLS, for programs with a loop of their own.
@Suite("Tunnels", .timeLimit(.minutes(2)))
struct TunnelTests {
    private func security(_ pinned: String) async throws -> Peer.Security {
        Peer.Security(trust: .fingerprints([try await TestCertificates.fingerprint(pinned)]))
    }

    @Test("what is written to one is answered by the daemon, also more than fits into the sockets between them")
    func works() async throws {
        try await withTLS { front in
            let (security, port) = (try await security("ca.pem"), front.port)
            let value = JSON.string(String(repeating: "x", count: 3_000_000))
            let answer = try await onThread {
                let descriptor = try SecureTunnel.open(
                    to: .tls(host: "127.0.0.1", port: port), security: security, timeout: .seconds(30))
                defer { close(descriptor) }
                let request: JSON = ["id": 1, "method": "echo", "params": value]
                try Self.write(FakeDaemon.frame(request.text), to: descriptor)
                return try Self.message(from: descriptor)
            }
            #expect(answer["result"] == value)
        }
    }

    @Test("when the daemon hangs up it ends, and when it is closed the daemon sees that")
    func ends() async throws {
        try await withTLS { front in
            let (security, port) = (try await security("ca.pem"), front.port)
            let descriptor = try await onThread {
                try SecureTunnel.open(
                    to: .secureWebSocket(host: "127.0.0.1", port: port), security: security, timeout: .seconds(30))
            }
            front.hangUp()
            let count = try await onThread {
                var byte: UInt8 = 0
                return read(descriptor, &byte, 1)
            }
            close(descriptor)
            #expect(count <= 0)
        }
    }

    @Test("a daemon that is not trusted has none")
    func refused() async throws {
        try await withTLS { front in
            let (security, port) = (try await security("other-ca.pem"), front.port)
            let error = await #expect(throws: JetError.self) {
                try await onThread {
                    try SecureTunnel.open(
                        to: .tls(host: "127.0.0.1", port: port), security: security, timeout: .seconds(30))
                }
            }
            #expect(error?.code == .notTrusted)
        }
        let error = await #expect(throws: JetError.self) {
            try await onThread {
                try SecureTunnel.open(to: .tcp(host: "127.0.0.1", port: 1), security: Peer.Security(), timeout: .zero)
            }
        }
        #expect(error?.code == .invalidEndpoint)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    private static func message(from descriptor: Int32) throws -> JSON {
        var reader = FrameReader(limit: 1 << 26)
        var message: JSON?
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while message == nil {
            let count = read(descriptor, &buffer, buffer.count)
            try #require(count > 0)
            let bytes = Array(buffer[..<count])
            _ = try reader.read(bytes.span.bytes) { bytes in
                message = try? JSON(parsing: bytes)
                return true
            }
        }
        return message ?? .null
    }
}
