import Glibc
import JetProtocol
import ProxyProtocol
import Testing

/// Peers of other machines: refused without encryption, unless the configuration permits it; served through gateways.
@Suite("jetd: peers of other machines", .timeLimit(.minutes(5)))
struct RemoteTests {
    private func status(at endpoint: Endpoint) throws -> Int {
        try WebSocketPeer(raw: endpoint).request(WebSocketPeer.handshake()).status
    }

    @Test
    func `A socket that other machines can reach answers 403 without permission, and serves with it; a reload applies`()
        async throws
    {
        try await withFolder { folder in
            try await onOwnThread {
                let handover = Handover()
                let port = try handover.port(of: "0.0.0.0", name: "web")
                let web = Endpoint.webSocket(host: "127.0.0.1", port: port)
                let unix = try handover.unix("\(folder)/jet.sock")
                let file = "\(folder)/jetd.toml"
                try write("", to: file)
                let jetd = try handover.jetd(["--config", file])
                #expect(try status(at: web) == 403)
                let plain = try WebSocketPeer(raw: web)
                let answer = try plain.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 403)
                let length = Int(answer.headers["content-length"] ?? "") ?? 0
                let reason = String(decoding: try plain.raw.read(length), as: UTF8.self)
                #expect(reason.contains("not encrypted"))
                #expect(jetd.errors.contains("allow-plaintext = true in the section [remote]"))
                try expectService(at: unix)

                try write("[remote]\nallow-plaintext = true\n", to: file)
                jetd.send(SIGHUP)
                try eventually { try status(at: web) == 101 }
                try write("", to: file)
                jetd.send(SIGHUP)
                try eventually { try status(at: web) == 403 }
            }
        }
    }

    @Test func `jetd serves the socket of gateways that [remote] names, and no longer after a reload`() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                let handover = Handover()
                let gateway = try handover.unix("\(folder)/gateway.sock", name: "gateway")
                let file = "\(folder)/jetd.toml"
                try write("[remote]\ngateways = [\"user:\(geteuid())\"]\nanonymous = \"read\"\n", to: file)
                let jetd = try handover.jetd(["--config", file])
                func isServed() throws -> Bool {
                    let peer = try RawPeer(gateway)
                    guard (try? peer.write(ProxyHeader.peer().bytes + RawPeer.framed(JetdTests.echo))) != nil else {
                        return false
                    }
                    return (try? peer.hear()) == JetdTests.answer
                }
                #expect(try isServed())
                try write("[remote]\ngateways = []\n", to: file)
                jetd.send(SIGHUP)
                try eventually { try !isServed() }
            }
        }
    }

    @Test("sockets of other names that other machines can reach need the same permission", arguments: ["tcp", "web"])
    func open(name: String) async throws {
        try await onOwnThread {
            let handover = Handover()
            let port = try handover.port(of: "0.0.0.0", name: name)
            let jetd = try handover.jetd()
            #expect(jetd.errors.contains("connections from other machines are refused"))
            if name == "web" {
                #expect(try status(at: .webSocket(host: "127.0.0.1", port: port)) == 403)
            } else {
                let isAtEnd = try RawPeer(.tcp(host: "127.0.0.1", port: port)).isAtEnd()
                #expect(isAtEnd)
            }
        }
    }
}
