import NIOCore
import NIOHTTP1
import Testing

@testable import JetDaemon

/// Which route a request leads to, and what its target means.
@Suite("HTTP: routes")
struct HTTPRoutesTests {
    private func request(_ target: String) throws -> HTTPRequest {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: ["Host": "a"])
        return try HTTPRequest(head, identity: PeerIdentity(of: -1, isUnix: false, owners: nil))
    }

    @Test(
        "the path is cut at slashes, and then decoded",
        arguments: [
            ("/", [""]), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("//a", ["", "a"]),
            ("/a%2Fb/c%20d?e=f?g", ["a/b", "c d"]),
            ("/%C3%A4+%00", ["ä+\0"]), ("http://host/x", ["x"]), ("https://host", [""]),
        ])
    func segments(target: String, segments: [String]) throws {
        #expect(try request(target).segments == segments)
    }

    @Test(
        "the query stays as it was sent",
        arguments: [("/", nil), ("/?", ""), ("/a?b=%20?c", "b=%20?c"), ("http://h?q", "q")])
    func query(target: String, query: String?) throws { #expect(try request(target).query == query) }

    @Test("malformed targets are refused", arguments: ["a", "*", "", "/%", "/%4", "/%G0", "/%80", "/%C3", "ftp://a/"])
    func malformed(target: String) { #expect(throws: HTTPRequest.Malformed.self) { try request(target) } }

    @Test("the exact path comes before the longest one above it")
    func precedence() throws {
        var routes = HTTPRoutes()
        func route(_ limit: Int, _ methods: [HTTPMethod] = [.GET]) -> HTTPRoute {
            HTTPRoute(methods: methods, bodyLimit: limit) { _, _, _ in }
        }
        routes.add("/a", route(1))
        routes.add(below: "/a", route(2))
        routes.add("/a/b", route(3, [.PUT]))
        routes.add("/a/b", route(4, [.POST, .GET]))
        routes.add(below: "/a/b", route(5))
        func limit(_ path: String, _ method: HTTPMethod = .GET) throws -> Int? {
            switch try routes.match(method, request(path).segments) {
            case .found(let route): route.bodyLimit
            case .otherMethods, .none: nil
            }
        }
        #expect(try limit("/a") == 1)
        #expect(try limit("/a/") == 2)
        #expect(try limit("/a/x/y/z") == 2)
        #expect(try limit("/a/b", .PUT) == 3)
        #expect(try limit("/a/b", .HEAD) == 4)
        #expect(try limit("/a/b/") == 5)
        #expect(try limit("/a/b/c/d") == 5)
        #expect(try limit("/") == nil)
        #expect(try limit("/b") == nil)
        guard case .otherMethods(let methods) = try routes.match(.DELETE, request("/a/b").segments) else {
            Issue.record("there are other methods")
            return
        }
        #expect(methods == [.PUT, .POST, .GET, .HEAD])
    }

    @Test("line ends in the headers of a response cannot begin another header")
    func injection() {
        let head = HTTPResponse(.ok, headers: [("X", "a\r\nSet-Cookie: b"), ("Y\n", "\u{7F}")]).head(.init())
        let lines = String(buffer: head).split(separator: "\r\n")
        #expect(lines[1] == "X: a  Set-Cookie: b")
        #expect(lines[2] == "Y :  ")
    }

    @Test(
        "Host must name this machine where an answer is not for everybody",
        arguments: [
            (["localhost:11123"], true), (["127.0.0.1"], true), (["[::1]:1"], true), (["192.0.2.1:80"], true),
            (["shed"], true),
            (["SHED.local:11123"], true), (["panel.example"], true), ([], true), (["evil.example:11123"], false),
            (["shed.evil.example"], false), ([""], false), (["a", "b"], false), (["localhost.evil.example"], false),
        ])
    func hosts(hosts: [String], isKnown: Bool) {
        var rule = OriginRule()
        _ = rule.allow("https://panel.example")
        #expect(rule.knowsHost(hosts, hostName: "shed") == isKnown)
        let tls = PeerIdentity.Forwarding(isEncrypted: true, hasCertificate: false, subject: nil)
        #expect(rule.knowsHost(hosts, through: tls, hostName: "shed"), "a browser has compared it with the certificate")
    }
}

/// The same over a connection.
@Suite("HTTP: unknown hosts", .timeLimit(.minutes(5)))
struct HTTPHostTests {
    @Test("a route that is not for everybody refuses other names with 421; the page and /healthz do not")
    func misdirected() async throws {
        try await withDaemon { daemon in
            try daemon.withServer {
                $0.routes.add("/secret", HTTPRoute { _, answer, _ in answer.send(.text(.ok, "secret")) })
            }
            let client = try HTTPClient(daemon)
            for (path, host, status) in [
                ("/secret", "localhost", 200), ("/secret", "evil.example", 421), ("/", "evil.example", 200),
                ("/healthz", "evil.example", 200),
            ] {
                try client.write("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                let response = try client.response()
                #expect(response.status == status)
                #expect(!response.body.contains("secret") || status == 200)
            }
        }
    }
}
