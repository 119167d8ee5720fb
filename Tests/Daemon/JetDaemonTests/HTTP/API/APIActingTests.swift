import Digests
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import ProxyProtocol
import Testing

/// Setting States and calling Methods by HTTP.
@Suite("API: setting and calling", .timeLimit(.minutes(5)))
struct APIActingTests {
    private static let john = "john:john's"

    @Test func `A State is set with a login, and the owner sees who asks`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "led/1", "value": 0, "caller": true])
            let client = try APIClient(daemon.webSocket)
            try client.send("PUT", "/api/v1/state/led/1", body: " {\"a\": [1.0]} ", user: Self.john)
            let request = try owner.serve("\"result\":{\"value\":7}")
            #expect(request["method"] == "led/1" && request["params"] == ["value": ["a": [1.0]]])
            #expect(request["caller"]?["user"] == "john" && request["caller"]?["peer"] == "http")
            let response = try client.response()
            #expect(response.status == 200 && response.text == "{\"result\":{\"value\":7}}")
        }
    }

    @Test func `A Method is called with and without arguments, and with a timeout`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "a/m"])
            let client = try APIClient(daemon.webSocket)
            for (body, params) in [("", "{}"), ("[1,2]", "[1,2]"), ("{\"x\":null}", "{\"x\":null}")] {
                try client.send("POST", "/api/v1/method/a/m", body: body, user: Self.john)
                #expect(try owner.serve("\"result\":null")["params"]?.description == params)
                #expect(try client.response().text == "{\"result\":null}")
            }
            let late = try client.ask("POST", "/api/v1/method/a/m?timeout=0.05", body: "", user: Self.john)
            #expect(late.status == 504 && late.json?["error"]?["code"] == -32001)
            for timeout in ["0", "x", "-1", "60", "1e9", "[1]"] {
                let response = try client.ask(
                    "POST", "/api/v1/method/a/m?timeout=\(timeout)", body: "", user: Self.john)
                #expect(response.status == 400, "\(timeout)")
            }
        }
    }

    @Test func `No request without a login reaches an owner`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let client = try APIClient(daemon.webSocket)
            let response = try client.ask("PUT", "/api/v1/state/s", body: "1")
            #expect(response.status == 401 && response.refusal == ["loginRequired": true])
            #expect(response.headers["www-authenticate"] == nil)
            for user in ["john:wrong", "stranger:x"] {
                let response = try client.ask("PUT", "/api/v1/state/s", body: "1", user: user)
                #expect(response.status == 401 && response.headers["www-authenticate"] == nil, "\(user)")
            }
            for header in ["Bearer x", "Basic", "Basic !!!!", "Basic am9obg==", "Basic /w==", "basic  "] {
                let response = try client.ask("PUT", "/api/v1/state/s", body: "1", ["Authorization": header])
                #expect(response.status == 400, "\(header)")
            }
            // Nothing has arrived before this.
            #expect(try owner.ask(#"{"id":5,"method":"echo"}"#) == #"{"id":5,"result":true}"#)
        }
    }

    @Test func `The statuses say what the error objects say`() async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "state", "value": 0])
            try owner.add(["path": "fixed", "value": 0, "fetchOnly": true])
            try owner.add(["path": "method"])
            try owner.add(["path": "theirs", "value": 0, "access": ["setGroups": ["ops"]]])
            try owner.add(["path": "hidden", "value": 0, "access": ["fetchGroups": ["ops"]]])
            let client = try APIClient(daemon.webSocket)
            func put(_ path: String) throws -> APIClient.Response {
                try client.ask("PUT", "/api/v1/state/\(path)", body: "1", user: Self.john)
            }
            for path in ["none", "hidden"] {
                let response = try put(path)
                #expect(response.status == 404 && response.refusal == ["pathNotExists": .string(path)])
            }
            #expect(try put("method").status == 409)
            #expect(try put("theirs").status == 403)
            let fixed = try put("fixed")
            #expect(fixed.status == 405 && fixed.headers["allow"] == "GET, HEAD")
            #expect(try client.ask("POST", "/api/v1/method/state", body: "", user: Self.john).status == 409)
            let deleted = try client.ask("DELETE", "/api/v1/state/state")
            #expect(deleted.status == 405 && deleted.headers["allow"]?.contains("PUT") == true)
            #expect(try client.ask("GET", "/api/v1/method/method").status == 405)
            #expect(try client.ask("GET", "/api/v1/other").status == 404)
            for (answer, status) in [
                (#""error":{"code":-32602,"message":"too hot","data":{"max":9}}"#, 422),
                (#""error":{"code":17,"message":"no"}"#, 422), (#""error":"strange""#, 502),
                (#""error":{"code":-32603,"message":"x"}"#, 502),
                (#""error":{"code":-32010,"message":"x","data":{"limit":"waitingRequests","max":1}}"#, 503),
            ] {
                try client.send("PUT", "/api/v1/state/state", body: "1", user: Self.john)
                try owner.serve(answer)
                let response = try client.response()
                #expect(response.status == status, "\(answer)")
                #expect(response.text == "{\(answer)}")
            }
        }
    }

    @Test(arguments: [
        ("", 400), ("x", 400), ("1 2", 400), ("[1", 400), ("\u{FEFF}1", 400),
        (String(repeating: "[", count: 127) + String(repeating: "]", count: 127), 400),
    ])
    func `A body that is not one JSON value is refused`(body: String, status: Int) async throws {
        try await TestUsers.withAPI { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s", "value": 0])
            let client = try APIClient(daemon.webSocket)
            #expect(try client.ask("PUT", "/api/v1/state/s", body: body, user: Self.john).status == status)
            #expect(try client.ask("POST", "/api/v1/method/s", body: "7", user: Self.john).status == 400)
            #expect(try owner.ask(#"{"id":5,"method":"echo"}"#) == #"{"id":5,"result":true}"#)
        }
    }

    @Test func `A body of another type, and one that is too long, is refused`() async throws {
        try await TestUsers.withAPI { daemon throws in
            for type in [nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "a/json"] {
                let response = try APIClient(daemon.webSocket).ask(
                    "PUT", "/api/v1/state/s", body: "1", type: type, user: Self.john)
                #expect(response.status == 415, "\(type ?? "none")")
            }
            let fine = try APIClient(daemon.webSocket).ask(
                "PUT", "/api/v1/state/s", body: "1", type: "Application/JSON; charset=utf-8", user: Self.john)
            #expect(fine.status == 404)
            let body = String(repeating: " ", count: 1 << 20) + "1"
            let long = try APIClient(daemon.webSocket).ask("PUT", "/api/v1/state/s", body: body, user: Self.john)
            #expect(long.status == 413)
        }
    }

    @Test func `A key logs in, a stranger does not, and passwords are refused where they could be read`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "john")
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add(["path": "s", "value": 0, "access": ["setGroups": ["johns"]]])
            let host = ["Host": "192.0.2.1"]
            let client = APIClient(over: try gateway.peer(withKey: .test()))
            try client.send("PUT", "/api/v1/state/s", body: "1", host)
            try owner.serve("\"result\":true")
            #expect(try client.response().status == 200)
            let stranger = APIClient(over: try gateway.peer())
            #expect(try stranger.ask("PUT", "/api/v1/state/s", body: "1", host).status == 401)
            let plain = APIClient(over: try gateway.peer(.peer(tls: nil)))
            let response = try plain.ask("PUT", "/api/v1/state/s", body: "1", user: Self.john, host)
            #expect(response.status == 403 && response.refusal == ["unencrypted": true])
            #expect(!gateway.log.text.contains("john's"))
            #expect(!gateway.log.text.contains(APIClient.base64(Array(Self.john.utf8))))
        }
    }

    @Test func `Wrong passwords wait in the queue of all logins`() async throws {
        try await TestUsers.withAPI({ $0.loginDelay = 16_000 }) { daemon throws in
            let client = try APIClient(daemon.webSocket)
            #expect(try client.ask("GET", "/api/v1/state/s", user: "john:wrong").status == 401)
            // The next one for this user waits, of this account; another user does not.
            try client.send("GET", "/api/v1/state/s", user: "john:wrong")
            #expect(try APIClient(daemon.webSocket).ask("GET", "/api/v1/state/s", user: "ops:ops's").status == 404)
            try eventually { try daemon.statistics().peers == 1 }
            try client.raw.reset()
            try daemon.wait { $0.peers == 0 }
        }
    }
}
