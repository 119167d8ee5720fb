import Glibc
import JetProtocol
import Testing

/// Peers of other machines: refused as long as the configuration does not do without encryption.
@Suite("jetd: peers of other machines", .timeLimit(.minutes(5)))
struct RemoteTests {
    private func status(at endpoint: Endpoint) throws -> Int {
        try WebSocketPeer(raw: endpoint).request(WebSocketPeer.handshake()).status
    }

    @Test("a remote socket answers 403 without permission, with permission it serves; SIGHUP has either taken up")
    func permission() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                let handover = Handover()
                let remote = try handover.web(name: "remote")
                let unix = try handover.unix("\(folder)/jet.sock")
                let file = "\(folder)/jetd.toml"
                try write("", to: file)
                let jetd = try handover.jetd(["--config", file])
                #expect(jetd.endpoints == [remote, unix])
                #expect(try status(at: remote) == 403)
                let plain = try WebSocketPeer(raw: remote)
                let answer = try plain.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 403)
                let length = Int(answer.headers["content-length"] ?? "") ?? 0
                let reason = String(decoding: try plain.raw.read(length), as: UTF8.self)
                #expect(reason.contains("not encrypted"))
                #expect(jetd.errors.contains("allow-plaintext = true in the section [remote]"))
                try expectService(at: unix)

                try write("[remote]\nallow-plaintext = true\n", to: file)
                jetd.send(SIGHUP)
                try eventually { try status(at: remote) == 101 }
                try write("", to: file)
                jetd.send(SIGHUP)
                try eventually { try status(at: remote) == 403 }
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
