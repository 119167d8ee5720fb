import Digests
import NIOCore
import NIOSSL
import ProxyProtocol
import TestSupport
import Testing

@testable import TLSGateway

/// Other certificates and another configuration while connections exist; and no daemon.
@Suite("The gateway's reload, and a daemon that is away", .timeLimit(.minutes(5)))
struct ReloadTests {
    @Test func `New connections get the new certificate, and the others stay`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let client = try await scene.connect()
            _ = try await scene.daemon.header(0)
            let files = scene.files
            try await files.leaf("renewed", of: "ca", "/CN=renewed", ["subjectAltName=DNS:localhost,IP:127.0.0.1"])
            let renewed = try GatewayCredentials(
                certificate: files.bytes("renewed.pem") + files.bytes("ca.pem"), key: files.bytes("renewed.key"))
            #expect(try renewed.fingerprint == Scene.credentials(files).fingerprint)
            var configuration = GatewayConfiguration(daemon: scene.daemon.path)
            configuration.connectionsPerAddress = 2
            try await scene.gateway.reload(configuration, renewed)
            let subject = try await files.output(
                "openssl s_client -connect 127.0.0.1:\(scene.port) -CAfile ca.pem </dev/null | openssl x509 -noout -subject"
            )
            #expect(subject.contains("renewed"))
            try await client.send("still here")
            try await scene.daemon.peer(0).waitFor("still here")
            // The new limits apply, too.
            try await scene.daemon.peer(1).close()
            try await scene.waitForConnections(1)
            _ = try await scene.connect()
            try await TestPeer.connect(scene.port).waitForEnd()
        }
    }

    @Test func `A certificate and a key that do not fit together change nothing`() async throws {
        let scene = try await Scene()
        try await scene.run {
            let files = scene.files
            let wrong = try GatewayCredentials(
                certificate: files.bytes("certificate.pem"), key: files.bytes("peer.key"))
            let configuration = GatewayConfiguration(daemon: scene.daemon.path)
            #expect(throws: GatewayError.self) { try Gateway.check(configuration, wrong) }
            await #expect(throws: GatewayError.self) { try await scene.gateway.reload(configuration, wrong) }
            _ = try await scene.connect()
            _ = try await scene.daemon.header()
        }
    }

    @Test func `What is no certificate or no key says so, without quoting it`() async throws {
        let files = try await TestCertificates.shared.value
        let (good, key) = (try files.bytes("certificate.pem"), try files.bytes("certificate.key"))
        for (certificate, key, word) in [
            ([], key, "certificate"), (Array("x".utf8), key, "certificate"), (key, key, "certificate"),
            (good, [], "key"), (good, good, "key"), (good, Array("secret".utf8), "key"),
        ] {
            let error = #expect(throws: GatewayError.self) {
                try GatewayCredentials(certificate: certificate, key: key)
            }
            #expect(error?.description.contains(word) == true && error?.description.contains("secret") == false)
        }
    }

    @Test func `A client whose CA is no longer configured is closed, and no other`() async throws {
        let scene = try await Scene(authority: "both.pem")
        try await scene.run {
            var clients: [String: TestPeer] = [:]
            for (number, name) in ["press", "other"].enumerated() {
                clients[name] = try await scene.connect(certificate: name)
                #expect(try await scene.daemon.header(number).header.tls?.isVerified == true)
            }
            clients["key"] = try await scene.connect(protocols: ["jet-key"], certificate: "peer")
            _ = try await scene.daemon.header(2)
            clients["none"] = try await scene.connect()
            _ = try await scene.daemon.header(3)
            let configuration = GatewayConfiguration(daemon: scene.daemon.path)
            try await scene.gateway.reload(configuration, Scene.credentials(scene.files, "fleet.pem"))
            try await clients["other"]?.waitForEnd()
            try await scene.daemon.peer(1).waitForEnd()
            #expect(scene.log.count("no longer trusted") == 1)
            for (number, name) in [(0, "press"), (2, "key"), (3, "none")] {
                try await clients[name]?.send("still here")
                try await scene.daemon.peer(number).waitFor("still here")
            }
            try await scene.connect(certificate: "other").waitForEnd()
            // Without any client CA.
            try await scene.gateway.reload(configuration, Scene.credentials(scene.files))
            try await clients["press"]?.waitForEnd()
        }
    }

    @Test func `A certificate that expires within two weeks is in the log at the start and at a reload`() async throws {
        // Those of the tests are valid for 100 days.
        let files = try await TestCertificates.shared.value
        let expiry = try Scene.credentials(files).expiry
        let scene = try await Scene(now: { expiry - 13 * 86400 })
        try await scene.run {
            try await eventually("warning") { scene.log.count("warning: the certificate expires soon") == 1 }
            let configuration = GatewayConfiguration(daemon: scene.daemon.path)
            try await scene.gateway.reload(configuration, Scene.credentials(files))
            #expect(scene.log.count("warning: the certificate expires soon") == 2)
        }
        let other = try await Scene(now: { expiry - 15 * 86400 })
        try await other.run {
            _ = try await other.gateway.counts()
            #expect(other.log.count("expires soon") == 0)
        }
    }

    @Test func `Without a daemon, who speaks HTTP gets 503, and others are closed`() async throws {
        let scene = try await Scene(hasDaemon: false)
        try await scene.run {
            let web = try await scene.connect(protocols: ["http/1.1"])
            try await web.waitForEnd()
            #expect(web.text.hasPrefix("HTTP/1.1 503 "))
            let silent = try await scene.connect(protocols: ["jet"])
            try await silent.waitForEnd()
            #expect(silent.bytes.isEmpty)
            // Those that have not said what they speak are recognized by what they send.
            for (text, isHTTP) in [("GET / HTTP/1.1\r\n\r\n", true), ("\0\0\0\u{2}{}", false)] {
                let client = try await scene.connect(protocols: [])
                try await client.send(text)
                try await client.waitForEnd()
                #expect(client.text.hasPrefix("HTTP/1.1 503 ") == isHTTP)
            }
            #expect(scene.log.count("jetd cannot be reached") == 1)
            // One that sends nothing is not waited for without end.
            let daemon = try await FakeDaemon(at: scene.daemon.path)
            _ = try await scene.connect()
            _ = try await daemon.header()
            try await eventually("notice") { scene.log.count("jetd can be reached again") == 1 }
            await daemon.close()
        }
    }

    @Test func `Who says nothing to a gateway without a daemon is closed after the timeout`() async throws {
        let scene = try await Scene(hasDaemon: false, changing: { $0.handshakeTimeout = .milliseconds(500) })
        try await scene.run {
            let client = try await scene.connect(protocols: [])
            try await client.waitForEnd()
            await client.close()
            try await scene.waitForConnections(0)
        }
    }
}
