import Digests
import JSONText
import JetProtocol
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Jet

/// Peers that are connected by a WebSocket, to a real daemon and to stubs.
@Suite("Peers over WebSockets", .timeLimit(.minutes(2)))
struct WebSocketPeerTests {
    private func configuration(_ encoding: Encoding) -> Peer.Configuration {
        var configuration = Peer.Configuration.patient
        configuration.encoding = encoding
        return configuration
    }

    @Test("set, call and fetch as over any connection", arguments: [Encoding.json, .msgpack])
    func works(_ encoding: Encoding) async throws {
        try await withDaemon(at: .webSocket(host: "127.0.0.1", port: 0)) { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: configuration(encoding))
            let user = try await Peer.connect(to: endpoint, configuration: configuration(encoding))
            let state = try await provider.addState("led", 0) { $0.value > 9 ? .adjust(9) : .accept }
            try await provider.addMethod("sum") { (numbers: [Int]) in numbers.count + 41 }
            let fetcher = try await user.fetch(.path("led"), as: Int.self)
            var events = fetcher.makeAsyncIterator()
            #expect(try await events.next()?.value == 0)
            try await user.set("led", to: 12)
            #expect(try await events.next()?.value == 9)
            #expect(state.value == 9)
            #expect(try await user.call("sum", [21], as: Int.self) == 42)
            await user.close()
            await provider.close()
        }
    }

    @Test(
        "messages of any length arrive, at each length at which a frame's header changes",
        arguments: [Encoding.json, .msgpack])
    func lengths(_ encoding: Encoding) async throws {
        try await withDaemon(at: .webSocket(host: "127.0.0.1", port: 0)) { endpoint in
            let peer = try await Peer.connect(to: endpoint, configuration: configuration(encoding))
            for length in [0, 1, 60, 90, 125, 126, 127, 65_500, 65_536, 70_000, 1_000_000] {
                let value = JSON.string(String(repeating: "x", count: length))
                #expect(try await peer.echo(value) == value)
            }
            await peer.close()
        }
    }

    @Test("a lost connection is made again, with what the peer had")
    func reconnect() async throws {
        try await withDaemon(at: .webSocket(host: "127.0.0.1", port: 0)) { endpoint in
            var configuration = configuration(.json)
            configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
            let provider = try await Peer.connect(to: endpoint, configuration: configuration)
            let user = try await Peer.connect(to: endpoint, configuration: configuration)
            try await provider.addState("a", 1)
            provider.core.state.withLock(\.channel)?.close(promise: nil)
            try await eventually("the State is back") { try await user.get(.path("a"), as: Int.self).first?.value == 1 }
            await user.close()
            await provider.close()
        }
    }

    @Test("closing says so to the daemon, which has all that was sent before")
    func closing() async throws {
        try await withDaemonStatistics(at: .webSocket(host: "127.0.0.1", port: 0)) { endpoint, statistics in
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let provider = try await Peer.connect(to: endpoint, configuration: .patient)
            let method = try await provider.addMethod("count") { (numbers: [Int]) in numbers.count }
            for _ in 0..<100 { try user.notifyCall("count", [1]) }
            await user.close()
            try await eventually("its peer is gone") { try await statistics().peers == 1 }
            #expect(method.path == "count")
            await provider.close()
        }
    }

    @Test("the proof of a handshake is that of RFC 6455, section 1.3")
    func proof() {
        #expect(WebSocketAccept.value(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(WebSocketAccept.value(for: String(repeating: "a", count: 100)).utf8.count == 28)
    }

    // MARK: Frames of a server

    /// A handshake that is good, and then `frames`.
    private static func accept(_ request: String, _ frames: [UInt8]) -> [UInt8] {
        let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19)
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "sec-websocket-accept: \(WebSocketAccept.value(for: String(key ?? "")))\r\nSec-WebSocket-Protocol: jet\r\n\r\n"
        return Array(head.utf8) + frames
    }

    private func lost(_ frames: [UInt8]) async throws -> String {
        var message = ""
        try await withStub {
            Self.accept($0, frames)
        } _: { port in
            let error = await #expect(throws: JetError.self) {
                let endpoint = Endpoint.webSocket(host: "127.0.0.1", port: port)
                let peer = try await Peer.connect(to: endpoint, configuration: .patient)
                try await peer.echo(1)
            }
            #expect(error?.code == .notConnected)
            message = error?.message ?? ""
        }
        return message
    }

    @Test("a server that violates the protocol loses its peer, with the reason")
    func violations() async throws {
        #expect(try await lost([0x81, 0x80, 1, 2, 3, 4]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0xF1, 0x01, 0x31]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x80, 0x01, 0x31]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x01, 0x01, 0x31, 0x81, 0x01, 0x31]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x09, 0x00]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x89, 0x7E, 0x01, 0x00]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x88, 0x01, 0x03]).contains("violates the WebSocket protocol"))
        #expect(try await lost([0x81, 0x7F, 0, 0, 1, 0, 0, 0, 0, 0]).contains("is beyond the limit of"))
        #expect(try await lost([0x81, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]).contains("is beyond the limit of"))
    }

    @Test("the code with which the daemon closes a connection is in the error")
    func closeCodes() async throws {
        #expect(try await lost([0x88, 0x02, 0x03, 0xF1]).contains("longer than the daemon's limit"))
        #expect(try await lost([0x88, 0x02, 0x03, 0xE9]).contains("the daemon is stopping"))
        #expect(try await lost([0x88, 0x02, 0x03, 0xE8]).contains("the daemon hung up"))
        #expect(try await lost([0x88, 0x02, 0x0F, 0xA0]).contains("4000"))
        let refusal = Array(#"{"error":{"code":-32602,"message":"Invalid params","data":{"invalidKey":true}}}"#.utf8)
        #expect(
            try await lost([0x81, UInt8(refusal.count)] + refusal + [0x88, 0x00])
                .contains("the daemon does not know this key"))
    }

    @Test("messages are found in frames, fragments and pieces of any kind: 100 seeded rounds")
    func pieces() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<100 {
            var (stream, expected, controls): ([UInt8], [UInt8], Int) = ([], [], 0)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let size = [0, 1, 125, 126, 300, 70_000].randomElement(using: &generator) ?? 0
                let message = [UInt8](repeating: .random(in: 0...255, using: &generator), count: size)
                if !message.isEmpty { Frame.appendHeader(length: message.count, to: &expected) }
                expected += message
                var rest = message[...]
                var opcode: UInt8 = 1
                repeat {
                    let piece = rest.prefix(Bool.random(using: &generator) ? rest.count : rest.count / 2)
                    rest = rest.dropFirst(piece.count)
                    stream += [(rest.isEmpty ? 0x80 : 0) | opcode]
                    switch piece.count {
                    case ...125: stream.append(UInt8(piece.count))
                    case ...65_535: stream += [126, UInt8(piece.count >> 8), UInt8(piece.count & 255)]
                    default: stream += [127] + (0..<8).map { UInt8(truncatingIfNeeded: piece.count >> (56 - 8 * $0)) }
                    }
                    stream += piece
                    opcode = 0
                    if Bool.random(using: &generator) {
                        stream += [0x89, 2, 1, 2]
                        controls += 1
                    }
                } while !rest.isEmpty
            }
            var reader = ServerFrameReader(limit: 100_000)
            var (output, seen) = (ByteBuffer(), 0)
            var rest = stream[...]
            while !rest.isEmpty {
                let count = [1, 2, 7, 1000, rest.count].randomElement(using: &generator) ?? 1
                var input = ByteBuffer(bytes: rest.prefix(count))
                rest = rest.dropFirst(count)
                try reader.read(&input, into: &output) { opcode, payload in
                    #expect(opcode == .ping && payload == [1, 2])
                    seen += 1
                }
            }
            #expect(output.readBytes(length: output.readableBytes) == expected)
            #expect(seen == controls)
        }
    }

    @Test("whatever bytes come, the reader ends in messages or in an error: 2,000 seeded rounds")
    func garbage() {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<2000 {
            var reader = ServerFrameReader(limit: 1000)
            var output = ByteBuffer()
            for _ in 0..<20 {
                let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator) & (Bool.random(using: &generator) ? 0x8F : 0xFF)
                }
                var input = ByteBuffer(bytes: bytes)
                guard (try? reader.read(&input, into: &output) { _, _ in }) != nil else { break }
            }
        }
    }
}
