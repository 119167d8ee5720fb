import Glibc
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Testing

/// Which connections the daemon keeps, over sockets.
@Suite("Connections: quota, reserves and silence", .timeLimit(.minutes(5)))
struct AdmittedPeersTests {
    @Test(
        "at a limit of 256 descriptors, 400 silent TCP peers do not lock an administrator out",
        .enabled(if: getuid() == 0, "root has the right"))
    func administrator() async throws {
        try await withJetd(by: ["/usr/bin/prlimit", "--nofile=256:256"]) { jetd in
            let peers = try (0..<400).map { _ in try RawPeer(jetd.endpoints[1]) }
            try expectService(at: jetd.endpoints[0])
            let administrators = try (0..<10).map { _ in try RawPeer(jetd.endpoints[0]) }
            for peer in administrators {
                let answer = try peer.ask(#"{"id":1,"method":"echo"}"#)
                #expect(answer == #"{"id":1,"result":true}"#)
            }
            try eventually { jetd.errors.contains("connection refused: its account has as many as it may have") }
            #expect(!jetd.errors.contains("cannot accept connections"))
            // Those that were accepted first are served.
            let answer = try peers[0].ask(#"{"id":1,"method":"echo"}"#)
            #expect(answer == #"{"id":1,"result":true}"#)
        }
    }

    @Test("a refused peer is told the quota, how much it may have and who; when others leave, it may connect")
    func refused() async throws {
        try await withDaemon({ $0.connections = 16 }) { daemon in
            var peers: [RawPeer] = []
            var error: JSON?
            while error == nil {
                let peer = try RawPeer(daemon.tcp)
                try peer.say(#"{"id":1,"method":"echo"}"#)
                let message = try peer.hearValue()
                if let refusal = message["error"] {
                    error = refusal
                    try peer.hearEnd()
                } else {
                    peers.append(peer)
                }
            }
            #expect(error?["code"] == -32010)
            #expect(error?["data"]?["limit"] == "connections")
            #expect(error?["data"]?["max"] == .number(peers.count) && error?["data"]?["used"] == .number(peers.count))
            #expect(error?["data"]?["account"]?.string?.isEmpty == false)
            let page = try WebSocketPeer(raw: daemon.webSocket).request(WebSocketPeer.handshake())
            #expect(page.status == 503)
            try daemon.expectService()
            peers.removeAll()
            try daemon.wait { $0.peers == 0 }
            let peer = try RawPeer(daemon.tcp)
            let answer = try peer.ask(#"{"id":1,"method":"echo"}"#)
            #expect(answer == #"{"id":1,"result":true}"#)
        }
    }

    @Test(
        "a TCP peer that sends no whole message is closed; one that has sent one stays, and so do those on the unix socket"
    )
    func silence() async throws {
        try await withDaemon({ $0.silence = 2000 }) { daemon in
            let talking = try RawPeer(daemon.tcp)
            _ = try talking.ask(#"{"id":1,"method":"echo"}"#)
            let unix = try RawPeer(daemon.unix)
            let silent = try RawPeer(daemon.tcp)
            let halting = try RawPeer(daemon.tcp)
            try halting.write([0, 0, 0, 9, 0x7B])
            try silent.hearEnd()
            try halting.hearEnd()
            for peer in [talking, unix] {
                let answer = try peer.ask(#"{"id":2,"method":"echo"}"#)
                #expect(answer == #"{"id":2,"result":true}"#)
            }
        }
    }
}
