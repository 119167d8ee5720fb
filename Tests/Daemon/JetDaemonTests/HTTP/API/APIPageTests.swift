import JSONText
import JetDaemon
import JetProtocol
import ProxyProtocol
import Testing

/// Which web pages may use the API.
@Suite("API: pages", .timeLimit(.minutes(5)))
struct APIPageTests {
    private static let john = "john:john's"

    /// The statuses of reading and of setting, by a client with these headers. Both are refused before the bus is asked.
    private func statuses(_ client: APIClient, _ headers: [String: String]) throws -> [Int] {
        [
            try client.ask("GET", "/api/v1/state/s", headers).status,
            try client.ask("PUT", "/api/v1/state/s", body: "1", user: Self.john, headers).status,
        ]
    }

    @Test func `Pages of other origins and sites are refused, the daemon's own are not`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "fetchOnly": true])
            let client = try APIClient(daemon.webSocket)
            let (open, closed) = ([200, 405], [403, 403])
            #expect(try statuses(client, [:]) == open)
            #expect(try statuses(client, ["Host": "127.0.0.1:1", "Origin": "http://127.0.0.1:1"]) == open)
            #expect(try statuses(client, ["Sec-Fetch-Site": "same-origin"]) == open)
            #expect(try statuses(client, ["Sec-Fetch-Site": "none"]) == open)
            for origin in ["https://evil.example", "null", "http://192.0.2.9", "x", "http://evil.example:11123"] {
                #expect(try statuses(client, ["Origin": origin]) == closed, "\(origin)")
            }
            for site in ["cross-site", "same-site", "Cross-Site", "anything"] {
                #expect(try statuses(client, ["Sec-Fetch-Site": site]) == closed, "\(site)")
            }
            // A link is followed, a form is not sent, a frame is not filled.
            var link = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"]
            #expect(try statuses(client, link) == [200, 403])
            link["Sec-Fetch-Dest"] = "iframe"
            #expect(try statuses(client, link) == closed)
        }
    }

    @Test func `A page that may connect may use the API, and read the answers`() async throws {
        try await TestUsers.withAPI({ _ = $0.origins.allow("https://panel.example") }) { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0, "fetchOnly": true])
            let client = try APIClient(daemon.webSocket)
            let page = ["Origin": "https://panel.example", "Sec-Fetch-Site": "cross-site"]
            #expect(try statuses(client, page) == [200, 405])
            let response = try client.ask("GET", "/api/v1/state/s", page)
            #expect(response.headers["access-control-allow-origin"] == "https://panel.example")
            #expect(response.headers["vary"] == "Origin")
            #expect(response.headers["cross-origin-resource-policy"] == "cross-origin")
            #expect(response.headers["access-control-allow-credentials"] == nil)
            let question = page.merging(["Access-Control-Request-Method": "PUT"]) { $1 }
            let preflight = try client.ask("OPTIONS", "/api/v1/state/s", question)
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-methods"] == "GET, HEAD, PUT")
            #expect(preflight.headers["access-control-allow-headers"] == "Authorization, Content-Type")
            let foreign = try client.ask("OPTIONS", "/api/v1/state/s", ["Origin": "https://evil.example"])
            #expect(foreign.status == 403)
            #expect(!foreign.headers.keys.contains { $0.hasPrefix("access-control") })
        }
    }

    @Test func `A name of an attacker that resolves to this machine is refused`() async throws {
        try await withDaemon({ _ = $0.origins.allow("https://panel.example") }) { daemon throws in
            try RawPeer(daemon.unix).addStates(1)
            let client = try APIClient(daemon.webSocket)
            for (host, status) in [
                ("localhost", 404), ("127.0.0.1:11123", 404), ("[::1]:11123", 404), ("192.0.2.1", 404),
                ("panel.example", 404), ("evil.example", 421), ("evil.example:11123", 421), ("localhost.evil", 421),
            ] {
                #expect(try client.ask("GET", "/api/v1/state/none", ["Host": host]).status == status, "\(host)")
                let metrics = try client.ask("GET", "/metrics", ["Host": host])
                #expect(metrics.status == (status == 404 ? 200 : status), "\(host)")
            }
        }
    }

    @Test func `A foreign page cannot use the certificate of a browser`() async throws {
        try await GatewayDaemon.with({
            $0.subjects = ["CN=ann": "john"]
            _ = $0.origins.allow("*")
        }) { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add(["path": "s", "value": 0, "fetchOnly": true])
            func client() throws -> APIClient { APIClient(over: try gateway.peer(.peer(tls: .certificate("ann")))) }
            let host = ["Host": "shed.local"]
            func status(_ headers: [String: String]) throws -> Int {
                try client().ask("PUT", "/api/v1/state/s", body: "1", headers.merging(host) { $1 }).status
            }
            #expect(try status([:]) == 405)
            #expect(try status(["Origin": "https://shed.local"]) == 405)
            #expect(try status(["Origin": "https://evil.example"]) == 403)
            #expect(try status(["Origin": "http://shed.local"]) == 403)
            #expect(try status(["Sec-Fetch-Site": "cross-site"]) == 403)
        }
    }
}
