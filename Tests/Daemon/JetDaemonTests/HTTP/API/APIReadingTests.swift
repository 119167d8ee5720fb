import JSONText
import JetDaemon
import JetProtocol
import ProxyProtocol
import TestSupport
import Testing

/// Reading States by HTTP.
@Suite("API: reading", .timeLimit(.minutes(5)))
struct APIReadingTests {
    @Test func `A State is read with its value, and what describes it`() async throws {
        try await withDaemon { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "a/b", "value": ["x": 1.50], "fetchOnly": true, "meta": ["unit": "V"]])
            try owner.add(["path": "plain", "value": nil])
            let client = try APIClient(daemon.webSocket)
            let response = try client.ask("GET", "/api/v1/state/a/b")
            #expect(response.status == 200)
            #expect(
                response.text
                    == #"{"path":"a/b","value":{"x":1.5},"fetchOnly":true,"meta":{"unit":"V"}}"#)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["cache-control"] == "no-store")
            #expect(response.headers["x-content-type-options"] == "nosniff")
            #expect(response.headers["access-control-allow-origin"] == nil)
            #expect(try client.ask("GET", "/api/v1/state/plain").text == #"{"path":"plain","value":null}"#)
            #expect(try client.ask("GET", "/api/v1/state/a/b?only=value").text == "{\"x\":1.5}")
            #expect(try client.ask("GET", "/api/v1/state/a%2Fb?only=value").text == "{\"x\":1.5}")
            let head = try client.ask("HEAD", "/api/v1/state/plain")
            #expect(head.status == 200 && head.headers["content-length"] == "29")
        }
    }

    @Test func `What does not exist, and what the asker may not fetch, is answered alike`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add("hidden", for: "johns")
            let client = try APIClient(daemon.webSocket)
            for user in [nil, "guest:guest's"] {
                for path in ["hidden", "free"] {
                    let response = try client.ask("GET", "/api/v1/state/\(path)", user: user)
                    #expect(response.status == 404)
                    #expect(
                        response.text
                            == #"{"error":{"code":-32602,"message":"Invalid params","data":{"pathNotExists":"\#(path)"}}}"#
                    )
                }
                #expect(try client.ask("GET", "/api/v1/state?rule=%7B%7D", user: user).text == "[]")
            }
            #expect(try client.ask("GET", "/api/v1/state/hidden?only=value", user: "john:john's").text == "1")
        }
    }

    @Test func `A rule selects States, in the form of get`() async throws {
        try await withDaemon { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(3)
            try owner.add(["path": "method"])
            let client = try APIClient(daemon.webSocket)
            let rule = "%7B%22path%22:%7B%22endsWith%22:%221%22%7D%7D"
            for target in ["/api/v1/state?rule=\(rule)", "/api/v1/state/?rule=\(rule)"] {
                let response = try client.ask("GET", target)
                #expect(response.text == #"[{"path":"state/1","event":"add","value":[0]}]"#)
            }
            let sorted = try client.ask(
                "GET", "/api/v1/state?rule=%7B%22sort%22:+%7B%22byPath%22:true,%22from%22:2,%22to%22:2%7D%7D")
            #expect(sorted.json?.array?.count == 1 && sorted.json?[0]?["path"] == "state/0")
            #expect(try client.ask("GET", "/api/v1/state?rule={}").json?.array?.count == 4)
            let bad = try client.ask("GET", "/api/v1/state?rule={%22path%22:{%22equals%22:1}}")
            #expect(bad.status == 400 && bad.refusal?["badRule"]?["at"] == "path.equals")
        }
    }

    @Test(arguments: [
        ("/api/v1/state", "Name a State"), ("/api/v1/state/", "Name a State"),
        ("/api/v1/state?rule=", "not JSON"), ("/api/v1/state?rule=[]", "must begin with {"),
        ("/api/v1/state?rule={}x", "not JSON"), ("/api/v1/state?rule={},%22id%22:2", "not JSON"),
        ("/api/v1/state?rule={}&rule={}", "more than once"), ("/api/v1/state?only=value", "Known are: rule"),
        ("/api/v1/state/a?rule={}", "Known are: only"), ("/api/v1/state/a?only=path", "only=value"),
        ("/api/v1/state/a?only=%F", "escape"), ("/api/v1/state/a?only=%FF", "escape"),
    ])
    func `A request that is wrong is refused with what to do`(target: String, reason: String) async throws {
        try await withDaemon { daemon throws in
            let response = try APIClient(daemon.webSocket).ask("GET", target)
            #expect(response.status == 400)
            #expect(response.json?["error"]?["code"] == -32600)
            #expect(response.refusal?.string?.contains(reason) == true, "\(response.text)")
        }
    }

    @Test func `Any path can be read, whatever is in it`() async throws {
        try await withDaemon { daemon throws in
            let owner = try RawPeer(daemon.unix)
            let client = try APIClient(daemon.webSocket)
            var paths = [
                "/", "//", "a//b", " ", "?", "#x", "%41", "a+b", "ä/ö", "🦆", "\"", "\\", "\u{0}", "a\nb", "../x", ".",
                "e\u{301}", "a&b=c", String(repeating: "x", count: 5000),
            ]
            var random = SeededGenerator(seed: 14)
            for _ in 0..<200 {
                paths.append(
                    String(
                        String.UnicodeScalarView(
                            (0..<Int.random(in: 1...12, using: &random)).map { _ in
                                UnicodeScalar(UInt32.random(in: 0...0x2FF, using: &random)) ?? "x"
                            })))
            }
            for (index, path) in paths.enumerated() {
                guard (try? owner.add(["path": .string(path), "value": .number(index)])) != nil else { continue }
                let escaped = path.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                let entry = try client.ask("GET", "/api/v1/state/\(escaped)")
                #expect(entry.json?["path"] == .string(path), "\(path.debugDescription)")
                #expect(entry.status == 200)
            }
        }
    }

    @Test func `A Method is no State`() async throws {
        try await withDaemon { daemon throws in
            try RawPeer(daemon.unix).add(["path": "m"])
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "method"])
            let response = try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/method")
            #expect(response.status == 409 && response.refusal == ["notAState": "method"])
        }
    }

    @Test func `Strangers of gateways read what anonymous lets them read`() async throws {
        for (access, statuses) in [(.none, [401, 401]), (.read, [200, 404])]
            as [(DaemonConfiguration.AnonymousAccess, [Int])]
        {
            try await GatewayDaemon.with({ $0.anonymous = access }) { gateway throws in
                let owner = try RawPeer(gateway.daemon.unix)
                try owner.addStates(1)
                try owner.add("secret", for: "johns")
                let client = APIClient(over: try gateway.peer())
                let host = ["Host": "shed.local"]
                #expect(try client.ask("GET", "/api/v1/state/state/0", host).status == statuses[0])
                #expect(try client.ask("GET", "/api/v1/state/secret", host).status == statuses[1])
                #expect(try client.ask("GET", "/api/v1/state/secret", user: "john:john's", host).status == 200)
                // The next request of the connection is one of a stranger again.
                #expect(try client.ask("GET", "/api/v1/state/secret", host).status == statuses[1])
            }
        }
    }

    @Test func `The API can be turned off`() async throws {
        try await withDaemon({ $0.hasAPI = false }) { daemon throws in
            let response = try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/a")
            #expect(response.status == 404 && response.text.contains("turned off"))
        }
    }
}
