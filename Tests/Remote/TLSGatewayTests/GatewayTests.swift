import Digests
import Glibc
import NIOCore
import NIOSSL
import ProxyProtocol
import TestSupport
import Testing

@testable import TLSGateway

/// What the gateway passes on, and what it tells the daemon.
@Suite("The gateway", .timeLimit(.minutes(5)))
struct GatewayTests {
    @Test func `Bytes go both ways, behind a header that says from where they come`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect()
            try await client.send("hello")
            let daemon = try await scene.daemon.peer()
            try await daemon.waitFor("hello")
            try await daemon.send("good day")
            try await client.waitFor("good day")
            let (header, rest) = try await scene.daemon.header()
            #expect(String(decoding: rest, as: UTF8.self) == "hello")
            #expect(header.source?.bytes == [127, 0, 0, 1])
            #expect(header.source?.port == client.channel.localAddress?.port.map(UInt16.init))
            #expect(header.destination == .init(bytes: [127, 0, 0, 1], port: UInt16(scene.port)))
            #expect(header.tls == .init(version: "TLSv1.3"))
        }
    }

    @Test(arguments: [["jet-key", "jet"], ["http/1.1", "jet-key"], ["jet-key"]])
    func `A client that offers jet-key is known by the fingerprint of its key`(protocols: [String]) async throws {
        let scene = try await Scene(authority: "fleet.pem")
        try await scene.run {
            let client = try await scene.connect(protocols: protocols, certificate: "peer")
            try await client.send("x")
            let key = try NIOSSLCertificate.fromPEMFile(scene.files.path("peer.pem"))[0].extractPublicKey()
                .toSPKIBytes()
            let tls = try #require(await scene.daemon.header().header.tls)
            #expect(tls.hasCertificate && !tls.isVerified)
            #expect(tls.keyFingerprint == Fingerprint(ofKey: key).bytes)
            #expect(tls.commonName == "Jet peer key" && tls.subject == "CN=Jet peer key")
            #expect(tls.version == "TLSv1.3")
        }
    }

    @Test func `A certificate of the client CA is verified, and named by its subject`() async throws {
        let scene = try await Scene(authority: "fleet.pem")
        try await scene.run {
            _ = try await scene.connect(protocols: ["http/1.1"], certificate: "press")
            let tls = try #require(await scene.daemon.header().header.tls)
            #expect(tls.isVerified && tls.commonName == "press-7" && tls.subject == "CN=press-7,O=Example")
            #expect(tls.keyFingerprint?.count == 32)
        }
    }

    @Test func `With a client CA a client may have no certificate, but none of another CA`() async throws {
        let scene = try await Scene(authority: "fleet.pem")
        try await scene.run {
            _ = try await scene.connect()
            #expect(try await scene.daemon.header().header.tls == .init(version: "TLSv1.3"))
            for certificate in ["other", "peer"] {
                try await scene.connect(certificate: certificate).waitForEnd()
            }
            #expect(scene.daemon.count == 1)
            #expect(scene.log.count("certificate verify failed") == 1)
        }
    }

    @Test func `Without a client CA, who does not offer jet-key is not asked for a certificate`() async throws {
        let scene = try await Scene()
        try await scene.run {
            _ = try await scene.connect(protocols: ["http/1.1"], certificate: "peer")
            #expect(try await scene.daemon.header().header.tls == .init(version: "TLSv1.3"))
        }
    }

    @Test func `A client that offers jet-key without showing a certificate is a stranger`() async throws {
        let scene = try await Scene()
        try await scene.run {
            _ = try await scene.connect(protocols: ["jet-key"])
            #expect(try await scene.daemon.header().header.tls == .init(version: "TLSv1.3"))
        }
    }

    @Test(arguments: [["http/1.1", "jet-key"], ["jet-key", "jet"]])
    func `A resumed session has the client's certificate, too`(protocols: [String]) async throws {
        let scene = try await Scene()
        try await scene.run {
            for version in ["-tls1_2", "-tls1_3"] {
                let session = scene.folder.path + "/session"
                let common =
                    "exec openssl s_client \(version) -connect 127.0.0.1:\(scene.port) -CAfile ca.pem -alpn \(protocols.joined(separator: ",")) -cert peer.pem -key peer.key -ign_eof"
                let before = scene.daemon.count
                for (index, option) in ["-sess_out", "-sess_in"].enumerated() {
                    async let output = scene.files.output("\(common) \(option) \(session) </dev/null")
                    let peer = try await scene.daemon.peer(before + index)
                    let tls = try await scene.daemon.header(before + index).header.tls
                    #expect(tls?.keyFingerprint != nil && tls?.commonName == "Jet peer key")
                    // The ticket has arrived before this byte.
                    try await peer.send("x")
                    await peer.close()
                    #expect(try await output.contains("\nReused, ") == (index == 1), "\(version)")
                }
            }
        }
    }

    @Test func `A verified certificate that has expired since is not accepted from a resumed session`() async throws {
        let scene = try await Scene(authority: "fleet.pem", now: { 1 << 40 })
        try await scene.run {
            try await scene.connect(certificate: "press").waitForEnd()
            // A key does not expire.
            _ = try await scene.connect(protocols: ["jet-key"], certificate: "peer")
            #expect(try await scene.daemon.header().header.tls?.keyFingerprint != nil)
            #expect(scene.daemon.count == 1)
        }
    }

    @Test func `The client's end of input reaches the daemon, and its answer the client`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect()
            try await client.send("question")
            try await client.end()
            let daemon = try await scene.daemon.peer()
            try await daemon.waitFor("question")
            try await daemon.waitForEnd()
            try await daemon.send("answer")
            try await client.waitFor("answer")
            await daemon.close()
            try await client.waitForEnd()
            await client.close()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `The daemon's end of output reaches the client, which can still send`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect()
            let daemon = try await scene.daemon.peer()
            try await daemon.send("last words")
            try await daemon.end()
            try await client.waitFor("last words")
            try await client.waitForEnd()
            try await client.send("farewell")
            try await daemon.waitFor("farewell")
            await client.close()
            try await daemon.waitForEnd()
            await daemon.close()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `A long answer reaches a client that has ended its output, although the daemon closes behind it`()
        async throws
    {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect(counts: true)
            let daemon = try await scene.daemon.peer()
            try await client.setReading(false)
            try await client.send("question")
            try await client.end()
            try await daemon.waitForEnd()
            let answer = Task {
                try await daemon.send([UInt8](repeating: 7, count: 16 << 20))
                await daemon.close()
            }
            try await client.setReading(true)
            try await eventually("answer: \(client.count)") { client.count == 16 << 20 }
            try await client.waitForEnd()
            try await answer.value
            await client.close()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `What a client has sent before it closes reaches the daemon`() async throws {
        let scene = try await Scene(daemonCounts: true)
        try await scene.run {
            let client = try await scene.connect()
            try await client.send([UInt8](repeating: 7, count: 4 << 20))
            await client.close()
            try await scene.daemon.peer().wait("all") { $0.count > 4 << 20 && $0.hasEnded }
            try await scene.daemon.peer().close()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `A client that vanishes ends the connection to the daemon`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect()
            let daemon = try await scene.daemon.peer()
            try await client.reset()
            try await daemon.waitForEnd()
            try await scene.waitForConnections(0)
        }
    }

    @Test func `What a client cannot read waits at the daemon, and not in the gateway`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect(counts: true)
            let daemon = try await scene.daemon.peer()
            try await client.setReading(false)
            let total = 64 << 20
            let sent = Task { try await daemon.send([UInt8](repeating: 7, count: total)) }
            // Nothing moves any more: the daemon has far more to send than all sockets and the gateway keep.
            let kept = try await Self.standstill { try await daemon.channel.unsent() }
            #expect(kept > 40 << 20)
            try await client.setReading(true)
            try await client.wait("all") { $0.count == total }
            try await sent.value
        }
    }

    @Test func `What the daemon does not read waits at the client, and not in the gateway`() async throws {
        let scene = try await Scene(daemonReads: false, daemonCounts: true)
        try await scene.run {
            let client = try await scene.connect()
            let daemon = try await scene.daemon.peer()
            let total = 64 << 20
            let sent = Task { try await client.send([UInt8](repeating: 7, count: total)) }
            let kept = try await Self.standstill { try await client.channel.unsent() }
            #expect(kept > 40 << 20)
            try await daemon.setReading(true)
            try await daemon.wait("all") { $0.count > total }
            try await sent.value
        }
    }

    /// Waits until a number that falls no longer changes.
    private static func standstill(_ number: () async throws -> Int) async throws -> Int {
        var (last, repeats) = (-1, 0)
        try await eventually("standstill") {
            let now = try await number()
            repeats = now == last && now > 0 ? repeats + 1 : 0
            last = now
            return repeats >= 40
        }
        return last
    }

    @Test func `TLS 1.3 alone can be demanded`() async throws {
        let scene = try await Scene(changing: { $0.minimumVersion = .tls13 })
        try await scene.run {
            let old = try scene.tls(changing: { $0.maximumTLSVersion = .tlsv12 })
            try await TestPeer.connect(scene.port, tls: old).waitForEnd()
            _ = try await scene.connect()
            #expect(try await scene.daemon.header().header.tls?.version == "TLSv1.3")
        }
    }

    @Test(arguments: [
        "-tls1 -cipher DEFAULT@SECLEVEL=0", "-tls1_1 -cipher DEFAULT@SECLEVEL=0", "-tls1_2 -cipher AES256-SHA",
        "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA",
    ])
    func `Old versions, and ciphers without forward secrecy or authentication, are refused`(options: String)
        async throws
    {
        let scene = try await Scene()
        try await scene.run {
            let output = try await scene.files.output(
                "openssl s_client \(options) -connect 127.0.0.1:\(scene.port) -CAfile ca.pem </dev/null || echo refused"
            )
            #expect(output.contains("refused"))
            #expect(scene.daemon.count == 0)
        }
    }
}

extension TestPeer {
    /// Closes the socket without a word: the other side gets a reset.
    func reset() async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            var option = linger(l_onoff: 1, l_linger: 0)
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                _ = setsockopt($0, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            }
            let handler = try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
            handler.close(promise: nil)
        }.get()
    }
}

extension Channel {
    /// How many bytes it still has to send, including those in its handlers.
    func unsent() async throws -> Int {
        try await eventLoop.submit { try self.syncOptions?.getOption(.bufferedWritableBytes) ?? 0 }.get()
    }
}

extension TestCertificates {
    /// What a command in the folder of the files prints.
    func output(_ script: String) async throws -> String {
        let process = try ChildProcess(
            "/bin/sh", ["-c", #"cd "$0" && "# + script, path(".")], environment: ["PATH": "/usr/bin:/bin"])
        try await process.end()
        return process.text() + process.text(.error)
    }
}
