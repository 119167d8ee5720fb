import ProxyProtocol
import Testing

@testable import JetDaemon

/// The heads of responses, byte for byte: jetd(8) has them as a stable interface.
@Suite("HTTP: heads of responses", .timeLimit(.minutes(5)))
struct HTTPHeadTests {
    /// What each response ends with.
    private static func tail(resource: String = "same-origin", opener: Bool = true) -> String {
        """
        Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        X-Content-Type-Options: nosniff
        Referrer-Policy: no-referrer
        Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()
        Cross-Origin-Resource-Policy: \(resource)
        """ + (opener ? "\nCross-Origin-Opener-Policy: same-origin" : "")
    }

    private static let hash = "9818d9a1a089202b"

    /// Requests, and the heads of their responses without the common end.
    private static let heads: [(request: String, headers: String, head: String)] = [
        (
            "GET /", "",
            """
            HTTP/1.1 200 OK
            Content-Type: text/html; charset=utf-8
            ETag: "ef1f4691dfea91b0"
            Cache-Control: no-cache
            Content-Length: 97
            """
        ),
        (
            "HEAD /?any#thing", "",
            """
            HTTP/1.1 200 OK
            Content-Type: text/html; charset=utf-8
            ETag: "ef1f4691dfea91b0"
            Cache-Control: no-cache
            Content-Length: 97
            """
        ),
        (
            "GET /", "If-None-Match: \"x\", W/\"ef1f4691dfea91b0\"",
            """
            HTTP/1.1 304 Not Modified
            ETag: "ef1f4691dfea91b0"
            Cache-Control: no-cache
            """
        ),
        (
            "GET /radar/\(hash)/a.css", "Accept-Encoding: gzip",
            """
            HTTP/1.1 200 OK
            Content-Type: text/css; charset=utf-8
            ETag: "e9af44705e38a129"
            Cache-Control: public, max-age=31536000, immutable
            Content-Length: 17
            """
        ),
        (
            "GET /radar/\(hash)/b/c.js", "Accept-Encoding: br, gzip;q=0.5",
            """
            HTTP/1.1 200 OK
            Content-Type: text/javascript; charset=utf-8
            ETag: "6a8031b96ae809e6-gzip"
            Cache-Control: public, max-age=31536000, immutable
            Vary: Accept-Encoding
            Content-Encoding: gzip
            Content-Length: 37
            """
        ),
        (
            "GET /radar/0123456789abcdef/b/c.js", "Accept-Encoding: gzip;q=0",
            """
            HTTP/1.1 200 OK
            Content-Type: text/javascript; charset=utf-8
            ETag: "6a8031b96ae809e6"
            Cache-Control: no-cache
            Vary: Accept-Encoding
            Content-Length: 19
            """
        ),
        (
            "GET /radar/current/b/c.js", "Accept-Encoding: gzip\r\nIf-None-Match: \"6a8031b96ae809e6-gzip\"",
            """
            HTTP/1.1 304 Not Modified
            ETag: "6a8031b96ae809e6-gzip"
            Cache-Control: no-cache
            Vary: Accept-Encoding
            """
        ),
        (
            "GET /radar/\(hash)/d.js", "",
            """
            HTTP/1.1 404 Not Found
            Content-Type: text/plain; charset=utf-8
            Content-Length: 10
            Cache-Control: no-store
            """
        ),
        (
            "GET /healthz", "",
            """
            HTTP/1.1 200 OK
            Content-Type: text/plain; charset=utf-8
            Content-Length: 3
            Cache-Control: no-store
            """
        ),
        (
            "PUT /healthz", "",
            """
            HTTP/1.1 405 Method Not Allowed
            Content-Type: text/plain; charset=utf-8
            Allow: GET, HEAD
            Content-Length: 15
            Cache-Control: no-store
            """
        ),
    ]

    @Test("each kind of path has its head, and that of the library is open to pages of other origins")
    func golden() async throws {
        try await PageFolder.serve { daemon, _ in
            let client = try HTTPClient(daemon)
            for (request, headers, head) in Self.heads {
                let response = headers.isEmpty ? try client.ask(request) : try client.ask(request, headers)
                #expect(response.head.joined(separator: "\n") == head + "\n" + Self.tail(), "\(request)")
            }
            let library = try client.ask("GET /jet.js")
            #expect(
                library.head.joined(separator: "\n") == """
                    HTTP/1.1 200 OK
                    Content-Type: text/javascript; charset=utf-8
                    ETag: "c0d30bab32c5bac3"
                    Cache-Control: no-cache
                    Access-Control-Allow-Origin: *
                    Content-Length: 21

                    """ + Self.tail(resource: "cross-origin"))
            #expect(library.body == "export const jet = 2\n")
        }
    }

    @Test("the page names its files by their hash")
    func bodies() async throws {
        try await PageFolder.serve { daemon, _ in
            let client = try HTTPClient(daemon)
            #expect(
                try client.ask("GET /").body
                    == "<link href=\"/radar/\(Self.hash)/a.css\"><script src=\"/radar/\(Self.hash)/b/c.js\"></script>")
            #expect(try client.ask("GET /radar/\(Self.hash)/b/c.js").body == PageFolder.script)
            #expect(try client.ask("GET /radar/\(Self.hash)/index.html").body == PageFolder.index)
            #expect(try client.ask("GET /healthz").body == "ok\n")
        }
    }

    @Test("a peer of a gateway that has not logged in gets the page, too, and the same headers")
    func gateway() async throws {
        try await withFolder { folder in
            let page = try PageFolder(in: folder)
            try await GatewayDaemon.with({ $0.webFolders.page = page.path }) { gateway in
                for tls in [ProxyHeader.TLS(version: "TLSv1.3"), nil] {
                    let client = HTTPClient(over: try gateway.peer(.peer(tls: tls)))
                    for path in ["/", "/radar/\(Self.hash)/a.css", "/jet.js", "/healthz"] {
                        let response = try client.ask("GET \(path)")
                        #expect(response.status == 200)
                        // Browsers ignore the header, and complain, where nothing is encrypted.
                        #expect(response["cross-origin-opener-policy"] == (tls == nil ? nil : "same-origin"))
                    }
                }
            }
        }
    }

    @Test("without a page, / says why, and the rest goes on")
    func noPage() async throws {
        try await withDaemon { daemon in
            let client = try HTTPClient(daemon)
            #expect(
                try client.ask("GET /").body
                    == "test: a Jet daemon. Peers connect here by WebSocket, subprotocol jet.\n")
            for path in ["/radar/current/app.js", "/jet.js", "/radar", "/radar/", "/x"] {
                #expect(try client.ask("GET \(path)").status == 404)
            }
        }
        try await withDaemon({ $0.webFolders.page = "/nowhere/radar" }) { daemon in
            let line = try HTTPClient(daemon).ask("GET /").body
            #expect(
                line
                    == "test: a Jet daemon. Peers connect here by WebSocket, subprotocol jet. "
                    + "There is no page: the folder /nowhere/radar does not exist.\n")
        }
    }

    @Test(
        "no address leads out of the folder",
        arguments: [
            "/radar/current/../../etc/passwd", "/radar/current/%2e%2e/%2e%2e/etc/passwd", "/radar/current//etc/passwd",
            "/radar/current/b/../a.css", "/radar/current/b%2Fc.js%00", "/radar/current/b", "/radar/current/",
            "/radar/current/b/c.js.gz", "/radar/current/.hidden",
        ])
    func traversal(path: String) async throws {
        try await PageFolder.serve { daemon, page in
            try page.write(".hidden", "x")
            #expect(try HTTPClient(daemon).ask("GET \(path)").status == 404)
        }
    }
}
