import JetBus
import JetProtocol
import Testing

/// How a connection to the WebSocket port begins: as a peer, or with plain HTTP, or badly.
@Suite("WebSocket: handshake", .timeLimit(.minutes(5)))
struct WebSocketHandshakeTests {
    @Test(
        "the subprotocol jet is chosen when it is offered, alone or among others",
        arguments: ["jet", "mqtt, jet", "a,jet ,b"])
    func offered(subprotocols: String) async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(raw: daemon.webSocket)
            let response = try peer.request(WebSocketPeer.handshake(subprotocols))
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-accept"] == WebSocketPeer.accept)
            #expect(response.headers["sec-websocket-protocol"] == "jet")
            try expectService(peer)
        }
    }

    @Test("none needs to be offered, and any path will do", arguments: ["/", "/jet", "/a/b?c=d", "/%zz", "*"])
    func notOffered(path: String) async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(raw: daemon.webSocket)
            let response = try peer.request(WebSocketPeer.handshake(nil, path: path))
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-protocol"] == nil)
            try expectService(peer)
        }
    }

    @Test("if only others are offered, that is refused; so is what is no handshake")
    func refused() async throws {
        try await withWitness { daemon in
            let handshake = WebSocketPeer.handshake()
            for (request, status) in [
                (WebSocketPeer.handshake("mqtt"), 400), (WebSocketPeer.handshake("jets, JET"), 400),
                (WebSocketPeer.handshake(version: 8), 426),
                (handshake.replacing("Sec-WebSocket-Key", with: "Sec-WebSocket-Hey"), 400),
                (handshake.replacing(WebSocketPeer.key, with: "short"), 400),
                (handshake.replacing(WebSocketPeer.key, with: String(WebSocketPeer.key.dropFirst(4))), 400),
                (handshake.replacing("GET", with: "POST"), 400), (handshake.replacing("1.1", with: "1.0"), 400),
                (handshake.replacing("keep-alive, Upgrade", with: "keep-alive"), 400),
            ] {
                let peer = try WebSocketPeer(raw: daemon.webSocket)
                let response = try peer.request(request)
                #expect(response.status == status)
                #expect(response.headers["sec-websocket-version"] == (status == 426 ? "13" : nil))
                try peer.raw.hearEnd()
            }
            let statistics = try daemon.statistics()
            #expect(statistics.peers == 1, "the witness")
        }
    }

    @Test("a header that is too long is refused")
    func longHeader() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(raw: daemon.webSocket)
            let filler = String(repeating: "x", count: 20_000)
            let response = try peer.request("GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: \(filler)\r\n\r\n")
            #expect(response.status == 400)
        }
    }

    @Test("who never finishes a header is closed")
    func slowHeader() async throws {
        try await withWitness { daemon in
            let silent = try RawPeer(daemon.webSocket)
            let slow = try RawPeer(daemon.webSocket)
            try slow.write(Array("GET / HTTP/1.1\r\nHost:".utf8))
            try silent.hearEnd()
            try slow.hearEnd()
        }
    }

    private func expectService(_ peer: WebSocketPeer) throws {
        let answer = try peer.ask(#"{"id":1,"method":"echo","params":{}}"#)
        #expect(answer == #"{"id":1,"result":{}}"#)
    }
}
