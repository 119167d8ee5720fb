import Glibc
import JSONText
import JetProtocol
import JetBus
import NIOCore
import NIOHTTP1
import Testing

@testable import JetDaemon

/// How HTTP connections live: one request after another, limits, clients that misbehave.
@Suite("HTTP: connections", .timeLimit(.minutes(5)))
struct HTTPConnectionTests {
    // MARK: Staying open

    @Test("a connection stays open with HTTP/1.1, and with HTTP/1.0 if the client asks for it")
    func keepAlive() async throws {
        try await withDaemon { daemon in
            let client = try HTTPClient(daemon)
            for _ in 0..<3 { #expect(try client.ask("GET /healthz")["connection"] == nil) }
            #expect(try client.ask("GET /healthz", "Connection: close")["connection"] == "close")
            try client.expectEnd()

            let old = try HTTPClient(daemon)
            try old.write("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try old.response()["connection"] == "keep-alive")
            try old.write("GET /healthz HTTP/1.0\r\n\r\n")
            #expect(try old.response()["connection"] == "close")
            try old.expectEnd()
        }
    }

    @Test("the last request that a connection may have closes it")
    func mostRequests() async throws {
        try await withDaemon { daemon in
            try daemon.withServer { $0.limits.requests = 3 }
            let client = try HTTPClient(daemon)
            for connection in [nil, nil, "close"] { #expect(try client.ask("GET /")["connection"] == connection) }
            try client.expectEnd()
        }
    }

    @Test("requests that are sent in advance are answered in order, also if the answers are late")
    func pipelining() async throws {
        try await withDaemon { daemon in
            try daemon.addLateRoute()
            let client = try HTTPClient(daemon)
            let paths = ["/healthz", "/late/1", "/x", "/late/2", "/healthz"]
            try client.write(paths.map { HTTPClient.request("GET \($0)") }.joined())
            let bodies = try paths.map { _ in try client.response().body }
            #expect(bodies == ["ok\n", "1\n", "not found\n", "2\n", "ok\n"])
        }
    }

    @Test("of too many requests in advance, a part is answered, and the connection is closed")
    func flood() async throws {
        try await withWitness { daemon in
            try daemon.addLateRoute()
            let client = try HTTPClient(daemon)
            // One segment, so that all arrive while the first one is answered.
            try client.write((0..<500).map { HTTPClient.request("GET /late/\($0)") }.joined())
            var bodies: [String] = []
            while bodies.count < 500 {
                let response = try client.response()
                bodies.append(response.body)
                if response["connection"] == "close" { break }
            }
            #expect(bodies == (0..<bodies.count).map { "\($0)\n" })
            #expect((2..<500).contains(bodies.count))
        }
    }

    // MARK: Bodies

    @Test("a route gets the body, sent at once, in chunks, or after 100 Continue")
    func bodies() async throws {
        try await withDaemon { daemon in
            try daemon.addEchoRoute(limit: 20)
            let client = try HTTPClient(daemon)
            try client.write(HTTPClient.request("PUT /echo", "Content-Length: 5") + "hello")
            #expect(try client.response().body == "hello\n")
            try client.write(
                HTTPClient.request("PUT /echo", "Transfer-Encoding: chunked")
                    + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n")
            #expect(try client.response().body == "abcde\n")
            try client.write(HTTPClient.request("PUT /echo", "Content-Length: 4", "Expect: 100-continue"))
            #expect(try client.response().head == ["HTTP/1.1 100 Continue"])
            try client.write("late")
            #expect(try client.response().body == "late\n")
            #expect(try client.ask("GET /healthz").status == 200)
        }
    }

    @Test("a body that is too long, or that nothing expects, is refused before it has arrived")
    func longBodies() async throws {
        try await withWitness { daemon in
            try daemon.addEchoRoute(limit: 20)
            for (request, status) in [
                (HTTPClient.request("PUT /echo", "Content-Length: 21"), 413),
                (HTTPClient.request("PUT /echo", "Content-Length: 99999999999999999999"), 400),
                (HTTPClient.request("PUT /echo", "Content-Length: 21", "Expect: 100-continue"), 413),
                (HTTPClient.request("PUT /echo", "Content-Length: 2", "Expect: tea"), 417),
                (
                    HTTPClient.request("PUT /echo", "Transfer-Encoding: chunked") + "15\r\n"
                        + String(repeating: "x", count: 21), 413
                ),
                (HTTPClient.request("GET /healthz", "Content-Length: 1"), 413),
                (HTTPClient.request("POST /x", "Content-Length: 1000000000"), 404),
                (HTTPClient.request("POST /", "Content-Length: 1000000000"), 405),
            ] {
                let client = try HTTPClient(daemon)
                try client.write(request)
                let response = try client.response()
                #expect(response.status == status, "\(request)")
                #expect(response["connection"] == "close")
                try client.expectEnd()
            }
        }
    }

    // MARK: What is malformed

    @Test("what bodies take of memory is bounded for an account, and in all; what has ended is not counted")
    func bodyMemory() async throws {
        try await withDaemon { daemon in
            try daemon.withServer { server in
                let (one, other) = (AccountName.userID(1), AccountName.userID(2))
                #expect(server.takeBody(HTTPLimits.bodies / 2, of: one))
                #expect(!server.takeBody(1, of: one))
                #expect(server.takeBody(HTTPLimits.bodies / 4, of: other))
                #expect(!server.takeBody(1, of: other))
                server.releaseBody(HTTPLimits.bodies / 2, of: one)
                server.releaseBody(HTTPLimits.bodies / 4, of: other)
            }
            let head = HTTPClient.request(
                "PUT /api/v1/state/a", "Content-Type: application/json", "Content-Length: 1000")
            let body = String(repeating: "1", count: 1000)
            for _ in 0..<3 {
                let client = try HTTPClient(daemon)
                try client.write(head + body)
                #expect(try client.response().status == 401)
                try client.write(head + body.dropFirst())
                client.raw.endWriting()
            }
            try eventually { try daemon.webConnections() == 0 }
            try daemon.withServer { server in
                #expect(server.takeBody(HTTPLimits.bodies / 2, of: .userID(3)), "nothing else is counted")
            }
        }
    }

    @Test("malformed requests are refused, and the connection is closed")
    func malformed() async throws {
        try await withWitness { daemon in
            let filler = String(repeating: "x", count: 17_000)
            for request in [
                "hello\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", HTTPClient.request("GET /%zz"),
                HTTPClient.request("GET /%ff"),
                HTTPClient.request("GET x"), HTTPClient.request("GET /", "X: \(filler)"),
                HTTPClient.request("GET /\(filler)"),
                HTTPClient.request("GET /", "X : y"), HTTPClient.request("OPTIONS *"), "GET / HTTP/1.1\r\nHost: a\r\n",
                "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                HTTPClient.request("PUT /", "Transfer-Encoding: gzip, chunked"),
                HTTPClient.request("PUT /", "Transfer-Encoding: identity", "Transfer-Encoding: chunked"),
                "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                (0..<200).reduce("GET / HTTP/1.1\r\nHost: a\r\n") { "\($0)X-\($1): y\r\n" } + "\r\n",
                "\u{16}\u{3}\u{1}\u{2}",
            ] {
                let client = try HTTPClient(daemon)
                try client.write(request)
                client.raw.endWriting()
                let response = try client.response()
                #expect(response.status == 400, "\(request.prefix(80))")
                #expect(response["connection"] == "close")
                try client.expectEnd()
            }
        }
    }

    @Test("the target may be a whole URL, as proxies send it")
    func absoluteForm() async throws {
        try await withDaemon { daemon in
            let client = try HTTPClient(daemon)
            #expect(try client.ask("GET http://localhost:11123/healthz?x").body == "ok\n")
            #expect(try client.ask("GET HTTP://localhost").status == 200)
            #expect(try client.ask("GET http://localhost?x").status == 200)
        }
    }

    @Test("an offer of another protocol is ignored")
    func otherProtocol() async throws {
        try await withDaemon { daemon in
            let response = try HTTPClient(daemon).ask(
                "GET /healthz", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x")
            #expect(response.body == "ok\n")
        }
    }

    // MARK: Slow clients, and those that leave

    @Test("a client that has closed its sending side gets its answers")
    func halfClosed() async throws {
        try await withDaemon { daemon in
            try daemon.addLateRoute()
            let client = try HTTPClient(daemon)
            try client.write(HTTPClient.request("GET /late/1") + HTTPClient.request("GET /healthz"))
            client.raw.endWriting()
            #expect(try client.response().body == "1\n")
            #expect(try client.response().body == "ok\n")
            try client.expectEnd()
        }
    }

    @Test("a client that sends no further request, or no body, is closed")
    func slowRequests() async throws {
        try await withWitness { daemon in
            try daemon.addEchoRoute(limit: 20)
            try daemon.withServer {
                $0.limits.nextRequest = .milliseconds(50)
                $0.limits.body = .milliseconds(50)
            }
            let idle = try HTTPClient(daemon)
            #expect(try idle.ask("GET /").status == 200)
            try idle.expectEnd()
            let slow = try HTTPClient(daemon)
            try slow.write(HTTPClient.request("PUT /echo", "Content-Length: 5") + "he")
            try slow.expectEnd()
        }
    }

    @Test("a client that does not read the response is closed")
    func slowReader() async throws {
        try await withWitness { daemon in
            let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 20)
            try daemon.withServer {
                $0.limits.slice = .milliseconds(100)
                $0.routes.add(
                    "/long",
                    HTTPRoute { _, answer, _ in answer.send(HTTPResponse(.ok, type: "text/plain", body: body)) })
            }
            let client = try HTTPClient(daemon, receiveBuffer: 4096)
            try client.write(HTTPClient.request("GET /long"))
            // The daemon closes the connection while the client does not read. What the kernel has is then read to its end.
            try eventually { try daemon.webConnections() == 0 }
            _ = try? client.raw.hearEnd()
        }
    }

    @Test("an answer that is late is 504, and what the route sends afterwards is dropped")
    func lateAnswer() async throws {
        try await withDaemon { daemon in
            let answers = NIOLoopBoundBox.makeBoxSendingValue(
                [HTTPAnswer](), eventLoop: daemon.daemon.eventLoop)
            try daemon.withServer {
                $0.limits.answer = .milliseconds(50)
                $0.routes.add("/never", HTTPRoute { _, answer, _ in answers.value.append(answer) })
            }
            let client = try HTTPClient(daemon)
            #expect(try client.ask("GET /never").status == 504)
            try daemon.withServer { _ in
                #expect(answers.value.count == 1)
                #expect(!answers.value[0].isAwaited)
                answers.value[0].send(.text(.ok, "late"))
            }
            #expect(try client.ask("GET /healthz").body == "ok\n")
        }
    }

    @Test("a route learns that its client has left, and nothing is left of the connection")
    func cancelled() async throws {
        try await withDaemon { daemon in
            let state = NIOLoopBoundBox.makeBoxSendingValue(
                (asked: 0, cancelled: 0), eventLoop: daemon.daemon.eventLoop)
            try daemon.withServer {
                $0.routes.add(
                    "/never",
                    HTTPRoute { _, answer, _ in
                        state.value.asked += 1
                        answer.onCancel = { state.value.cancelled += 1 }
                    })
            }
            let client = try HTTPClient(daemon)
            try client.write(HTTPClient.request("GET /never") + HTTPClient.request("GET /never"))
            let loop = daemon.daemon.eventLoop
            try eventually { try loop.submit { state.value.asked == 1 }.wait() }
            try client.raw.reset()
            try eventually { try loop.submit { state.value.cancelled == 1 }.wait() }
            try eventually { try daemon.webConnections() == 0 }
            #expect(try loop.submit { state.value.asked }.wait() == 1, "the second one was not begun")
        }
    }

    // MARK: WebSocket, and stopping

    @Test("a handshake of WebSocket may follow other requests of the connection")
    func handshake() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(raw: daemon.webSocket)
            let client = HTTPClient(over: peer.raw)
            #expect(try client.ask("GET /healthz").status == 200)
            // The first message comes together with the handshake.
            let message = WebSocketPeer.bytes(.text(#"{"id":1,"method":"echo","params":{}}"#))
            try peer.raw.write(
                Array((HTTPClient.request("GET /healthz") + WebSocketPeer.handshake()).utf8) + message)
            #expect(try client.response().status == 200)
            #expect(
                try client.response().head == [
                    "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                    "Sec-WebSocket-Accept: \(WebSocketPeer.accept)", "Sec-WebSocket-Protocol: jet",
                ])
            #expect(try peer.hear() == #"{"id":1,"result":{}}"#)
            #expect(try peer.ask(#"{"id":2,"method":"echo","params":{}}"#) == #"{"id":2,"result":{}}"#)
            #expect(try daemon.webConnections() == 0)
        }
    }

    @Test(
        "a handshake that the parser takes for another request is refused if more follows",
        arguments: ["Upgrade\t", "keep-alive,\tUpgrade\t", "close\r\nConnection: Upgrade", "Upgrade, close"],
        ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u{1}\u{2}\u{3}"])
    func misread(connection: String, rest: String) async throws {
        try await withDaemon { daemon in
            let client = try HTTPClient(daemon)
            let handshake = WebSocketPeer.handshake()
                .replacing("Connection: keep-alive, Upgrade", with: "Connection: \(connection)")
            try client.write(handshake + rest)
            let status = try client.response().status
            #expect([101, 400].contains(status))
            // The daemon serves others.
            #expect(try HTTPClient(daemon).ask("GET /healthz").status == 200)
        }
    }

    @Test("a stopping daemon says so at /healthz, sends what is asked for, and closes the connections")
    func stopping() async throws {
        try await withDaemon({ $0.drainTimeout = 20_000 }) { daemon in
            let client = try HTTPClient(daemon)
            #expect(try client.ask("GET /healthz").body == "ok\n")
            let idle = try HTTPClient(daemon)
            #expect(try idle.ask("GET /").status == 200)
            // A request that is not answered keeps the daemon from closing.
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            let caller = try RawPeer(daemon.unix)
            try caller.say(#"{"id":2,"method":"call","params":{"path":"m","args":[]}}"#)
            let request = try owner.hearValue()
            let stopping = Task { await daemon.daemon.stop() }
            defer { _ = stopping }
            let loop = daemon.daemon.eventLoop, hub = daemon.daemon.hub
            try eventually {
                try loop.submit { if case .serving? = hub.value?.stage { false } else { true } }.wait()
            }
            let response = try client.ask("GET /healthz")
            #expect(response.status == 503)
            #expect(response.body == "stopping\n")
            #expect(response["connection"] == "close")
            try client.expectEnd()
            try owner.say(#"{"id":\#(request["id"] ?? .null),"result":true}"#)
            try idle.expectEnd()
        }
    }
}

extension TestDaemon {
    /// How many connections speak HTTP.
    func webConnections() throws -> Int {
        let hub = daemon.hub
        return try daemon.eventLoop.submit { hub.value?.http.count ?? 0 }.wait()
    }

    /// Adds a route that answers with the last segment of the path, in a later turn of the event loop.
    func addLateRoute() throws {
        try withServer {
            $0.routes.add(
                below: "/late",
                HTTPRoute { request, answer, hub in
                    hub.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
                        answer.send(.text(.ok, request.segments[1]))
                    }
                })
        }
    }

    /// Adds a route that answers with the body.
    func addEchoRoute(limit: Int) throws {
        try withServer {
            $0.routes.add(
                "/echo",
                HTTPRoute(methods: [.PUT], bodyLimit: limit) { request, answer, _ in
                    answer.send(.text(.ok, String(buffer: request.body)))
                })
        }
    }
}
