import JetBus
import JetProtocol
import TestSupport
import Testing

@testable import JetDaemon

/// Which pages may connect by WebSocket.
@Suite("WebSocket: origins", .timeLimit(.minutes(5)))
struct OriginTests {
    /// Whether a handshake with these headers is accepted by a machine called `kitchen.example`.
    private func isAdmitted(_ origin: String?, host: String = "127.0.0.1:11123", allowed: [String] = []) -> Bool {
        var rule = OriginRule()
        rule.allowsAll = allowed.contains("*")
        rule.allowed = Set(allowed.compactMap(OriginRule.Origin.init))
        return rule.admits(origins: origin.map { [$0] } ?? [], hosts: [host], hostName: "kitchen.example")
    }

    @Test("who is no page sends no origin, and is welcome")
    func none() {
        #expect(isAdmitted(nil))
        #expect(isAdmitted(nil, host: "evil.example"))
    }

    @Test(
        "pages that this machine has served may connect, whatever their port",
        arguments: [
            "http://localhost", "http://localhost:3000", "HTTP://LOCALHOST:3000", "https://127.0.0.1",
            "http://[::1]:80",
            "http://127.8.9.10:1", "http://[0:0:0:0:0:0:0:1]",
        ])
    func loopback(origin: String) { #expect(isAdmitted(origin)) }

    @Test(
        "pages from elsewhere may not, whatever they are called",
        arguments: [
            "https://evil.example", "http://evil.example:11123", "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://127.evil.example", "http://192.0.2.1", "http://[2001:db8::1]", "http://evil.example/localhost",
            "null", "", " ",
            "http://", "://localhost", "localhost", "http://localhost http://evil.example",
            "http://evil.example@localhost",
            "http://localhost:", "http://localhost:x", "http://0x7f.1", "http://[::ffff:192.0.2.1]",
            "http://kitchen.example",
        ])
    func foreign(origin: String) { #expect(!isAdmitted(origin)) }

    @Test(
        "pages of the daemon itself may: it was reached by an address or by a name of this machine",
        arguments: [
            "192.0.2.1:11123", "[2001:db8::1]:11123", "kitchen.example:11123", "kitchen.local:11123", "kitchen.local",
            "Kitchen.Example.local",
        ])
    func itself(host: String) {
        #expect(isAdmitted("http://\(host)", host: host))
        #expect(!isAdmitted("http://\(host)", host: "192.0.2.2"))
    }

    @Test("a name that is not this machine's may be anybody's, though page and daemon seem to be one (DNS rebinding)")
    func rebinding() {
        for host in ["evil.example:11123", "evil.example", "kitchen:11123", "kitchen.evil.example"] {
            #expect(!isAdmitted("http://\(host)", host: host))
        }
    }

    @Test("origins that were allowed by name may, and no others")
    func allowed() {
        let allowed = ["https://Panel.example", "null"]
        #expect(isAdmitted("https://panel.example", allowed: allowed))
        #expect(isAdmitted("null", allowed: allowed))
        #expect(!isAdmitted("http://panel.example", allowed: allowed))
        #expect(!isAdmitted("https://panel.example:444", allowed: allowed))
        #expect(!isAdmitted("https://evil.example", allowed: allowed))
        // Its host is now known not to be an attacker's.
        #expect(isAdmitted("http://panel.example:11123", host: "panel.example:11123", allowed: allowed))
        #expect(isAdmitted("https://evil.example", allowed: ["*"]))
    }

    @Test("two origins are none, and so are two hosts")
    func twice() {
        let rule = OriginRule()
        #expect(!rule.admits(origins: ["http://localhost", "http://evil.example"], hosts: ["a"], hostName: "a"))
        #expect(!rule.admits(origins: ["http://192.0.2.1"], hosts: ["192.0.2.1", "192.0.2.2"], hostName: "a"))
        #expect(!rule.admits(origins: ["http://192.0.2.1"], hosts: [], hostName: "a"))
    }

    @Test("on the wire: a foreign page gets 403 and a sentence, one of this machine is served")
    func handshake() async throws {
        try await withWitness { daemon in
            func handshake(_ origin: String) throws -> (WebSocketPeer, WebSocketPeer.Response) {
                let peer = try WebSocketPeer(raw: daemon.webSocket)
                let request = WebSocketPeer.handshake().replacing("Upgrade: ", with: "Origin: \(origin)\r\nUpgrade: ")
                return (peer, try peer.request(request))
            }
            let (foreign, refusal) = try handshake("https://evil.example")
            #expect(refusal.status == 403)
            let length = Int(refusal.headers["content-length"] ?? "") ?? 0
            let text = String(decoding: try foreign.raw.read(length), as: UTF8.self)
            #expect(text.contains("allow-origins"))
            try foreign.raw.hearEnd()
            let (own, response) = try handshake("http://localhost:8080")
            #expect(response.status == 101)
            let answer = try own.ask(#"{"id":1,"method":"echo","params":{}}"#)
            #expect(answer == #"{"id":1,"result":{}}"#)
        }
    }

    @Test("jetd --ws-allow-origin lets pages in, and a refusal is logged")
    func program() async throws {
        try await withJetd(["--ws-port", "0", "--ws-allow-origin", "https://panel.example"]) { jetd in
            for (origin, status) in [("https://panel.example", 101), ("https://evil.example", 403)] {
                let peer = try WebSocketPeer(raw: jetd.endpoints[2])
                let request = WebSocketPeer.handshake().replacing("Upgrade: ", with: "Origin: \(origin)\r\nUpgrade: ")
                let response = try peer.request(request)
                #expect(response.status == status)
            }
            try eventually { jetd.errors.contains("https://evil.example") }
        }
    }
}
