import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import TLSGateway

/// Handshakes that are none: the daemon learns nothing of them, and others are served meanwhile.
@Suite("Hostile handshakes", .timeLimit(.minutes(5)))
struct HostileTests {
    /// A client that behaves is served.
    private func isServed(_ scene: Scene) async throws {
        let before = scene.daemon.count
        let client = try await scene.connect()
        try await client.send("honest")
        let peer = try await scene.daemon.peer(before)
        try await peer.waitFor("honest")
        await client.close()
        try await peer.waitForEnd()
        await peer.close()
    }

    @Test func `Garbage is refused at once, and HTTP without TLS gets an answer that says what to use`() async throws {
        let scene = try await Scene()
        try await scene.run {
            for garbage in ["\0\0\0\u{2}{}", "\u{16}\u{3}\u{1}\u{2}", String(repeating: "\u{1}", count: 100_000)] {
                let peer = try await TestPeer.connect(scene.port)
                try? await peer.send(garbage)
                if garbage.utf8.first == 0x16 { try? await peer.end() }
                try await peer.waitForEnd()
                #expect(peer.bytes.isEmpty || peer.bytes == [21, 3, 3, 0, 2, 2, 50])
            }
            let browser = try await TestPeer.connect(scene.port)
            try await browser.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await browser.waitForEnd()
            #expect(browser.text.hasPrefix("HTTP/1.1 400 ") && browser.text.contains("https://"))
            try await scene.waitForConnections(0)
            #expect(scene.daemon.count == 0)
            // Once in a minute for each address.
            #expect(scene.log.count("the handshake of a connection failed") == 1)
            try await isServed(scene)
        }
    }

    @Test func `A giant ClientHello is refused before it is there`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let peer = try await TestPeer.connect(scene.port)
            try await peer.send([22, 3, 1, 0x3F, 0xFF, 1, 0xFF, 0xFF, 0xFF] + Array(repeating: 0, count: 30000))
            try await peer.waitForEnd()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `A handshake that stays half is closed after the timeout`() async throws {
        let scene = try await Scene(changing: { $0.handshakeTimeout = .milliseconds(300) })
        try await scene.run {
            let hello = HelloBuilder.usual(protocols: ["jet"]).records()
            // Nothing, the beginning of a ClientHello, a whole one that BoringSSL waits behind or refuses.
            for bytes in [[], Array(hello.prefix(20)), hello] {
                let peer = try await TestPeer.connect(scene.port)
                if !bytes.isEmpty { try await peer.send(bytes) }
                try await peer.waitForEnd()
            }
            let real = try await Self.realHello()
            let peer = try await TestPeer.connect(scene.port)
            try await peer.send(real)
            try await peer.wait("answer") { $0.count > 100 }
            try await peer.waitForEnd()
            try await scene.waitForConnections(0)
            #expect(try await scene.gateway.counts().handshakes == 0)
            #expect(scene.daemon.count == 0)
        }
    }

    @Test func `A ClientHello can come byte by byte`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let peer = try await TestPeer.connect(scene.port)
            for byte in try await Self.realHello() { try await peer.send([byte]) }
            // The answer of the server.
            try await peer.wait("answer") { $0.bytes.first == 22 }
            await peer.close()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `Renegotiation ends the connection, and no other`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let other = try await scene.connect()
            _ = try await scene.daemon.header(0)
            let openssl = try ChildProcess(
                "/usr/bin/openssl", ["s_client", "-tls1_2", "-connect", "127.0.0.1:\(scene.port)"],
                streams: .terminal(columns: 200, lines: 50))
            let peer = try await scene.daemon.peer(1)
            openssl.type("R\n")
            try await peer.waitForEnd()
            await peer.close()
            #expect(!peer.text.contains("R\n"))
            #expect(try await openssl.end() != 0)
            try await other.send("still here")
            try await scene.daemon.peer(0).waitFor("still here")
        }
    }

    @Test func `Two thousand at once leave room for others, and the daemon alone`() async throws {
        let scene = try await Scene(changing: {
            $0.connectionsPerAddress = 3000
            $0.handshakes = 64
        })
        try await scene.run {
            let real = try await Self.realHello()
            let peers = try await withThrowingTaskGroup(of: TestPeer.self) { group in
                for number in 0..<2000 {
                    group.addTask {
                        let peer = try await TestPeer.connect(scene.port)
                        switch number % 4 {
                        case 0: break
                        case 1: try? await peer.send(Array(real.prefix(40)))
                        case 2: try? await peer.send(real)
                        default: try? await peer.send("garbage")
                        }
                        return peer
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually("the oldest are closed") {
                let counts = try await scene.gateway.counts()
                return counts.handshakes <= 64 && counts.connections <= 64
            }
            #expect(scene.daemon.count == 0)
            try await isServed(scene)
            for peer in peers { await peer.close() }
            try await scene.waitForConnections(0)
        }
    }

    @Test func `An address cannot have more connections than its limit`() async throws {
        let scene = try await Scene(changing: { $0.connectionsPerAddress = 3 })
        try await scene.run {
            var clients: [TestPeer] = []
            for number in 0..<3 {
                clients.append(try await scene.connect())
                _ = try await scene.daemon.header(number)
            }
            for _ in 0..<5 { try await TestPeer.connect(scene.port).waitForEnd() }
            #expect(scene.log.count("limit=connections-per-address") == 1)
            await clients[0].close()
            try await scene.daemon.peer(0).close()
            try await scene.waitForConnections(2)
            _ = try await scene.connect()
            _ = try await scene.daemon.header(3)
        }
    }

    /// The ClientHello of a real client.
    static func realHello() async throws -> [UInt8] {
        let server = Box()
        let listener = try await ServerBootstrap(group: TestPeer.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = TestPeer(channel)
                    try channel.pipeline.syncOperations.addHandler(TestPeer.Handler(peer))
                    server.peers.withLock { $0.append(peer) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await TestPeer.connect(listener.localAddress?.port ?? 0, tls: .makeClientConfiguration())
        try await eventually("connection") { server.peers.withLock { !$0.isEmpty } }
        let peer = server.peers.withLock { $0[0] }
        try await peer.wait("ClientHello") {
            (try? ClientHello.read($0.bytes)).map { if case .complete = $0 { true } else { false } } == true
        }
        await client.close()
        try await listener.close()
        return peer.bytes
    }
}
