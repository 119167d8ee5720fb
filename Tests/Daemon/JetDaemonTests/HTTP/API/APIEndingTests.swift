import Glibc
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// How requests of the API end: whatever happens, no peer of theirs stays on the bus.
@Suite("API: ends", .timeLimit(.minutes(5)))
struct APIEndingTests {
    private static let john = "john:john's"

    @Test func `A thousand requests leave nothing behind`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let before = try daemon.statistics()
            // A connection has a limit of requests.
            for _ in 0..<5 {
                let client = try APIClient(daemon.webSocket)
                for number in 0..<200 {
                    let target = ["/api/v1/state/s", "/api/v1/state/none", "/api/v1/state?rule={}"][number % 3]
                    let status = try client.ask("GET", target).status
                    #expect(status == (number % 3 == 1 ? 404 : 200))
                }
                for user in [Self.john, "john:wrong"] {
                    _ = try client.ask("PUT", "/api/v1/state/none", body: "1", user: user)
                }
            }
            let after = try daemon.statistics()
            #expect(after.peers == before.peers && after.elements == before.elements)
            #expect(after.pendingRequests == 0 && after.waitingBytes == 0)
        }
    }

    @Test func `A client that disconnects ends its request`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let client = try APIClient(daemon.webSocket)
            try client.send("PUT", "/api/v1/state/s", body: "1", user: Self.john)
            let request = try owner.hearValue()
            try daemon.wait { $0.peers == 2 }
            try client.raw.reset()
            try daemon.wait { $0.peers == 1 }
            try owner.say("{\"id\":\(request["id"] ?? .null),\"result\":true}")
            try daemon.wait { $0.droppedAnswers == 1 }
            try daemon.expectService()
        }
    }

    @Test func `A client that only ends its sending side still gets its answer`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let client = try APIClient(daemon.webSocket)
            try client.send("PUT", "/api/v1/state/s", body: "1", user: Self.john)
            client.raw.endWriting()
            try owner.serve("\"result\":true")
            #expect(try client.response().status == 200)
            try daemon.wait { $0.peers == 1 }
        }
    }

    @Test func `An owner that disconnects, and one that does not answer, fail the request`() async throws {
        try await TestUsers.withAPI({ $0.bus.defaultTimeout = 100_000_000 }) { daemon throws in
            let client = try APIClient(daemon.webSocket)
            let slow = try RawPeer(daemon.unix)
            try slow.add(["path": "slow", "value": 0])
            let late = try client.ask("PUT", "/api/v1/state/slow", body: "1", user: Self.john)
            #expect(late.status == 504)
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "timeout": 60])
            try client.send("PUT", "/api/v1/state/s", body: "1", user: Self.john)
            _ = try owner.hearValue()
            owner.close()
            let gone = try client.response()
            #expect(gone.status == 502 && gone.refusal == ["ownerGone": "s"])
            try daemon.wait { $0.peers == 1 }
        }
    }

    @Test func `A daemon that stops answers what is pending`() async throws {
        try await TestUsers.withAPI({ $0.drainTimeout = 100 }) { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "timeout": 60])
            let client = try APIClient(daemon.webSocket)
            try client.send("PUT", "/api/v1/state/s", body: "1", user: Self.john)
            _ = try owner.hearValue()
            try block { await daemon.daemon.stop() }
            let response = try client.response()
            #expect(response.status == 503 && response.refusal == ["daemonStopping": "s"])
        }
    }

    @Test func `An account has a bounded number of requests at a time`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "timeout": 60])
            var clients: [APIClient] = []
            for _ in 0..<16 {
                let client = try APIClient(daemon.webSocket)
                try client.send("PUT", "/api/v1/state/s", body: "1", user: Self.john)
                clients.append(client)
            }
            let requests = try clients.map { _ in try owner.hearValue()["id"] ?? .null }
            let more = try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/s")
            #expect(more.status == 429 && more.refusal == ["limit": "httpRequests", "max": 16])
            for id in requests { try owner.say("{\"id\":\(id),\"result\":true}") }
            for client in clients { #expect(try client.response().status == 200) }
            #expect(try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/s").status == 200)
        }
    }

    @Test func `Quotas hold for requests`() async throws {
        var limits = Quotas.Limits()
        limits.pendingRequests = 0
        let rule = AccountRule(for: .login("john"), limits)
        try await GatewayDaemon.with({ $0.accounts = [rule] }) { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let client = APIClient(over: try gateway.peer())
            let response = try client.ask(
                "PUT", "/api/v1/state/s", body: "1", user: Self.john, ["Host": "shed.local"])
            #expect(response.status == 429)
            #expect(response.refusal?["limit"] == "pendingRequests" && response.refusal?["account"] == "user john")
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `The peer of a request is shown while it lasts`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "timeout": 60])
            let client = try APIClient(daemon.webSocket)
            try client.send("PUT", "/api/v1/state/s", body: "1", user: "boss:boss's")
            let id = try owner.hearValue()["id"] ?? .null
            let list = try owner.askValue(#"{"id":1,"method":"peers"}"#)["result"]?["peers"]?.array ?? []
            let peer = list.first { $0["name"] == "http" }
            #expect(peer?["user"] == "boss" && peer?["pendingRequests"] == 1)
            try owner.say("{\"id\":\(id),\"result\":true}")
            #expect(try client.response().status == 200)
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `While a client does not read a long answer, its account is charged`() async throws {
        try await withDaemon { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(64, padding: 100_000)
            let client = APIClient(over: try RawPeer(daemon.webSocket, receiveBuffer: 4096))
            try client.send("GET", "/api/v1/state?rule={}")
            func unread() throws -> Int {
                let accounts = try owner.askValue(#"{"id":1,"method":"peers"}"#)["result"]?["accounts"]?.array ?? []
                return accounts.compactMap { $0["unread"]?.int }.max() ?? 0
            }
            try eventually { try unread() > 6_000_000 }
            #expect(try client.response().json?.array?.count == 64)
            try daemon.wait { $0.peers == 1 }
            #expect(try unread() < 100_000)
        }
    }

    @Test func `Random bytes are answered or end the connection, and others are served`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "fetchOnly": true])
            var random = SeededGenerator(seed: 1_411)
            let pieces = [
                "GET", "PUT", "POST", " ", "/api/v1/state/s", "/api/v1/method/", "/metrics", "?rule=", "{}", "%7B", "%",
                "%FF", "&", "=", "only=value", " HTTP/1.1", "\r\n", "\r\n\r\n", "Host: localhost", "Host: x",
                "Authorization: Basic ", "am9objpqb2huJ3M=", "=", "Content-Type: application/json",
                "Content-Length: 3", "123", "Transfer-Encoding: chunked", "Origin: null", "\u{0}", "é", "\"", "[[[",
            ]
            for _ in 0..<400 {
                let client = try RawPeer(daemon.webSocket)
                var text = ""
                if Bool.random(using: &random) { text = "GET /api/v1/state/s?" }
                for _ in 0..<Int.random(in: 1...14, using: &random) {
                    text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
                }
                try? client.write(Array(text.utf8))
                client.endWriting()
                try? client.hearEnd()
            }
            try daemon.wait { $0.peers == 1 }
            #expect(try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/s?only=value").text == "0")
        }
    }
}
