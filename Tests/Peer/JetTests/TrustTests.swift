import Digests
import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import Jet

/// Peers that are connected with TLS, and which daemons they trust.
@Suite("Peers over TLS", .timeLimit(.minutes(2)))
struct TrustTests {
    private func configuration(_ trust: Peer.Trust, _ encoding: Encoding = .json) -> Peer.Configuration {
        var configuration = Peer.Configuration.patient
        configuration.security.trust = trust
        configuration.encoding = encoding
        configuration.connectTimeout = .seconds(30)
        return configuration
    }

    private func endpoint(_ front: TLSFront, webSocket: Bool = false, host: String = "127.0.0.1") -> Endpoint {
        webSocket ? .secureWebSocket(host: host, port: front.port) : .tls(host: host, port: front.port)
    }

    private func pins(_ names: String...) async throws -> Peer.Trust {
        var fingerprints: [Fingerprint] = []
        for name in names { fingerprints.append(try await TestCertificates.fingerprint(name)) }
        return .fingerprints(fingerprints)
    }

    /// The error of a connection to a daemon with this certificate.
    private func refusal(
        _ certificate: String, _ trust: Peer.Trust, host: String = "127.0.0.1"
    ) async throws -> JetError {
        try await withTLS(certificate) { front in
            let error = await #expect(throws: JetError.self) {
                try await Peer.connect(to: endpoint(front, host: host), configuration: configuration(trust))
            }
            #expect(front.seen.handshakes == 0 || error?.certificateProblem != nil)
            return try #require(error)
        }
    }

    @Test(
        "set, call and fetch as over any connection",
        arguments: [false, true], [Encoding.json, .msgpack])
    func works(webSocket: Bool, encoding: Encoding) async throws {
        try await withTLS(webSocket: webSocket) { front in
            let configuration = configuration(try await pins("ca.pem"), encoding)
            let provider = try await Peer.connect(
                to: endpoint(front, webSocket: webSocket), configuration: configuration)
            let user = try await Peer.connect(to: endpoint(front, webSocket: webSocket), configuration: configuration)
            try await provider.addState("led", 0) { _ in .accept }
            let fetcher = try await user.fetch(.path("led"), as: Int.self)
            var events = fetcher.makeAsyncIterator()
            #expect(try await events.next()?.value == 0)
            try await user.set("led", to: 12)
            #expect(try await events.next()?.value == 12)
            let value = JSON.string(String(repeating: "x", count: 300_000))
            #expect(try await user.echo(value) == value)
            #expect(front.seen.protocolName == (webSocket ? "http/1.1" : "jet"))
            await user.close()
            await provider.close()
        }
    }

    // MARK: Good ones

    @Test("the authorities of a file, for the name and the address of the host", arguments: ["localhost", "127.0.0.1"])
    func authorities(host: String) async throws {
        try await withTLS { front in
            let trust = Peer.Trust.authorities(file: try await TestCertificates.path("ca.pem"))
            let peer = try await Peer.connect(to: endpoint(front, host: host), configuration: configuration(trust))
            #expect(try await peer.echo(1) == 1)
            await peer.close()
        }
    }

    @Test("a pinned authority is fetched once by a process, and verifies every connection from then on")
    func pinnedAuthority() async throws {
        let trust = try await pins("ca.pem")
        guard case .fingerprints(let fingerprints) = trust else { return }
        try await withTLS("named") { front in
            TLSContexts.shared.forget(fingerprints)
            let first = try await Peer.connect(to: endpoint(front), configuration: configuration(trust))
            #expect(try await first.echo(1) == 1)
            let second = try await Peer.connect(to: endpoint(front), configuration: configuration(trust))
            #expect(try await second.echo(1) == 1)
            #expect(front.seen.handshakes == 2)
            await second.close()
            await first.close()
        }
    }

    @Test("a pinned key of the device itself, with or without its authority", arguments: ["leaf", "alone"])
    func pinnedLeaf(certificate: String) async throws {
        try await withTLS(certificate) { front in
            let trust = try await pins(certificate + ".pem", "other-ca.pem")
            let peer = try await Peer.connect(to: endpoint(front), configuration: configuration(trust))
            #expect(try await peer.echo(1) == 1)
            #expect(front.seen.connections == 1)
            await peer.close()
        }
    }

    @Test("after a reconnect the daemon is verified again")
    func reconnect() async throws {
        try await withTLS { front in
            var configuration = configuration(try await pins("ca.pem"))
            configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
            let peer = try await Peer.connect(to: endpoint(front), configuration: configuration)
            let before = front.seen.handshakes
            front.hangUp()
            try await eventually("it is connected again") {
                let answer = try? await peer.echo(1)
                return front.seen.handshakes > before && answer == 1
            }
            await peer.close()
        }
    }

    // MARK: Bad ones

    @Test("another key than the pinned one: the error has both fingerprints")
    func otherKey() async throws {
        let error = try await refusal("other", pins("ca.pem"))
        let (expected, presented) = try await (
            TestCertificates.fingerprint("ca.pem"), TestCertificates.fingerprint("other-ca.pem")
        )
        #expect(error.code == .notTrusted)
        #expect(error.certificateProblem == .otherKey(expected: [expected], presented: presented))
        #expect(error.message.contains("\(expected)") && error.message.contains("\(presented)"))
    }

    @Test("a chain with the pinned authority in it, which has signed nothing of it")
    func forged() async throws {
        let error = try await refusal("forged", pins("ca.pem"))
        let presented = try await TestCertificates.fingerprint("forged.pem")
        #expect(error.certificateProblem == .unknownAuthority(presented: presented))
        #expect(error.message.contains("\(presented)"))
    }

    @Test("a certificate that has expired, under a pinned authority, a pinned key and a trusted authority")
    func expired() async throws {
        #expect(try await refusal("expired", pins("ca.pem")).certificateProblem == .expired)
        #expect(try await refusal("expired", pins("expired.pem")).certificateProblem == .expired)
        let file = Peer.Trust.authorities(file: try await TestCertificates.path("ca.pem"))
        #expect(try await refusal("expired", file).certificateProblem == .expired)
    }

    @Test("a certificate that is not valid yet")
    func future() async throws {
        #expect(try await refusal("future", pins("ca.pem")).certificateProblem == .notYetValid)
        let file = Peer.Trust.authorities(file: try await TestCertificates.path("ca.pem"))
        #expect(try await refusal("future", file).certificateProblem == .notYetValid)
    }

    @Test("a certificate of an authority that is not trusted", arguments: [true, false])
    func unknownAuthority(system: Bool) async throws {
        let trust =
            system ? .systemAuthorities : Peer.Trust.authorities(file: try await TestCertificates.path("ca.pem"))
        let error = try await refusal("other", trust)
        #expect(
            error.certificateProblem
                == .unknownAuthority(presented: try await TestCertificates.fingerprint("other-ca.pem")))
    }

    @Test(
        "a certificate for another host: the error has the names that it is for", arguments: ["localhost", "127.0.0.1"])
    func otherName(host: String) async throws {
        let file = Peer.Trust.authorities(file: try await TestCertificates.path("ca.pem"))
        let error = try await refusal("named", file, host: host)
        #expect(
            error.certificateProblem == .otherName(host: host, names: ["elsewhere.example", "192.0.2.1"]))
        #expect(error.message.contains("elsewhere.example"))
    }

    @Test("a pinned authority that is not of one device does not vouch for another host")
    func sharedAuthority() async throws {
        let trust = try await pins("shared-ca.pem")
        try await withTLS("shared") { front in
            let peer = try await Peer.connect(to: endpoint(front), configuration: configuration(trust))
            #expect(try await peer.echo(1) == 1)
            await peer.close()
        }
        // The authority is known to the process now, and for the second one it is not.
        for isKnown in [true, false] {
            if !isKnown, case .fingerprints(let fingerprints) = trust { TLSContexts.shared.forget(fingerprints) }
            #expect(
                try await refusal("shared-elsewhere", trust).certificateProblem
                    == .otherName(host: "127.0.0.1", names: ["elsewhere.example", "192.0.2.1"]))
        }
    }

    @Test(
        "a daemon is known by the key of its own authority, and by its certificate's if others use the authority, too")
    func identity() async throws {
        for (certificate, known) in [("leaf", "ca.pem"), ("shared", "shared.pem"), ("alone", "alone.pem")] {
            try await withTLS(certificate) { front in
                let presented = try await Peer.presentedCertificates(at: endpoint(front), timeout: .seconds(30))
                #expect(presented.identity == (try await TestCertificates.fingerprint(known)))
            }
        }
    }

    @Test("no pins trust nothing")
    func noPins() async throws {
        #expect(try await refusal("leaf", .fingerprints([])).code == .notTrusted)
    }

    // MARK: Keys of peers

    @Test(
        "the key of the peer is shown to the daemon, after the key of the daemon was verified",
        arguments: ["ca.pem", "leaf.pem"])
    func key(pinned: String) async throws {
        try await withTLS(asksForKey: true) { front in
            var configuration = configuration(try await pins(pinned))
            configuration.security.key = try await TestCertificates.clientKey()
            configuration.security.logsIn = false
            let peer = try await Peer.connect(to: endpoint(front), configuration: configuration)
            #expect(try await peer.echo(1) == 1)
            #expect(front.seen.key == (try await TestCertificates.fingerprint("peer.crt")))
            await peer.close()
        }
    }

    @Test("a file that is missing or wrong is named in the error")
    func files() async throws {
        try await withTLS { front in
            var configuration = configuration(try await pins("ca.pem"))
            configuration.security.key = Peer.ClientKey(certificateFile: "/nowhere/a.crt", keyFile: "/nowhere/a.key")
            let error = await #expect(throws: JetError.self) {
                try await Peer.connect(to: endpoint(front), configuration: configuration)
            }
            #expect(error?.code == .invalidSecurity)
            #expect(error?.message.contains("/nowhere/a.crt") == true)
            configuration.security = Peer.Security(
                trust: .authorities(file: try await TestCertificates.path("leaf.key")))
            let other = await #expect(throws: JetError.self) {
                try await Peer.connect(to: endpoint(front), configuration: configuration)
            }
            #expect(other?.code == .invalidSecurity)
        }
    }

    // MARK: Looking first

    @Test("the certificates that a daemon presents can be looked at, and nothing is sent")
    func presented() async throws {
        try await withTLS { front in
            let presented = try await Peer.presentedCertificates(at: endpoint(front), timeout: .seconds(30))
            let (device, authority) = try await (
                TestCertificates.fingerprint("leaf.pem"), TestCertificates.fingerprint("ca.pem")
            )
            #expect(presented.identity == authority)
            #expect(presented.fingerprints == [device, authority])
            #expect(presented.names == ["localhost", "127.0.0.1"])
            #expect(presented.notBefore == 1_577_836_800)
            #expect(presented.notAfter == 2_524_607_999)
            #expect(front.seen.handshakes == 0)
        }
        try await withTLS("alone") { front in
            let presented = try await Peer.presentedCertificates(at: endpoint(front), timeout: .seconds(30))
            #expect(presented.identity == presented.fingerprints[0], "without an authority it is the device's own key")
        }
        await #expect(throws: JetError.self) {
            try await Peer.presentedCertificates(at: .unix(path: "/nowhere"))
        }
    }

    @Test("whatever a certificate's bytes are, reading them does not trap: 5,000 seeded rounds")
    func damaged() async throws {
        let pem = String(decoding: try SecurityFile.read(await TestCertificates.path("leaf.crt")), as: UTF8.self)
        let der = try #require(
            Base64.decode(pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()))
        #expect(CertificateContents(der: der)?.fingerprint == (try await TestCertificates.fingerprint("leaf.pem")))
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            var bytes = der
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...20, using: &generator))
            _ = CertificateContents(der: bytes)
        }
        for count in der.indices { #expect(CertificateContents(der: Array(der[..<count])) == nil) }
    }
}
