import JSONText
import JetProtocol
import Testing

@testable import Jet

/// Each way in which a connection fails has a text of its own, which says what to do.
@Suite("Errors of connecting", .timeLimit(.minutes(2)))
struct ConnectErrorTests {
    private func error(_ endpoint: Endpoint, timeout: Duration = .seconds(30)) async throws -> JetError {
        var configuration = Peer.Configuration.patient
        configuration.connectTimeout = timeout
        let error = await #expect(throws: JetError.self) {
            let peer = try await Peer.connect(to: endpoint, configuration: configuration)
            try await peer.echo(1)
        }
        return try #require(error)
    }

    /// Expects that connecting fails, and that the text says where and why.
    private func expect(
        _ endpoint: Endpoint, fails words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = try await error(endpoint)
        #expect(error.code == .notConnected, sourceLocation: sourceLocation)
        for word in ["\(endpoint)"] + words {
            #expect(error.message.contains(word), sourceLocation: sourceLocation)
        }
    }

    @Test("an unknown name")
    func unknownName() async throws {
        for endpoint in [Endpoint.tcp(host: "nowhere.invalid", port: 1), .tls(host: "nowhere.invalid", port: 1)] {
            try await expect(endpoint, fails: "unknown host")
        }
    }

    @Test("a port where nothing listens")
    func refused() async throws {
        let closed = try ClosedPort()
        try await expect(.tcp(host: "127.0.0.1", port: closed.port), fails: "is jetd running?")
        try await expect(.webSocket(host: "127.0.0.1", port: closed.port), fails: "is jetd running?")
        try await expect(.secureWebSocket(host: "127.0.0.1", port: closed.port), fails: "jet remote enable")
    }

    @Test("no answer to a handshake")
    func silent() async throws {
        try await withStub { _ in
            nil
        } _: { port in
            for endpoint in [
                Endpoint.webSocket(host: "127.0.0.1", port: port), .tls(host: "127.0.0.1", port: port),
                .secureWebSocket(host: "127.0.0.1", port: port),
            ] {
                let error = try await error(endpoint, timeout: .milliseconds(200))
                #expect(error.message.contains("no answer in time"))
            }
        }
    }

    @Test("plain bytes where TLS is expected", arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\u{2}{}"])
    func noTLS(answer: String) async throws {
        try await withStub(hangsUp: true) { _ in
            Array(answer.utf8)
        } _: { port in
            for endpoint in [
                Endpoint.tls(host: "127.0.0.1", port: port), .secureWebSocket(host: "127.0.0.1", port: port),
            ] { try await expect(endpoint, fails: "there is no TLS at this port") }
            await #expect(throws: JetError.self) {
                try await Peer.presentedCertificates(at: .tls(host: "127.0.0.1", port: port), timeout: .seconds(30))
            }
        }
    }

    @Test("a daemon's own port without TLS")
    func daemonWithoutTLS() async throws {
        for endpoint in [Endpoint.tcp(host: "127.0.0.1", port: 0), .webSocket(host: "127.0.0.1", port: 0)] {
            try await withDaemon(at: endpoint) { endpoint in
                let port = endpoint.address?.port ?? 0
                try await expect(.tls(host: "127.0.0.1", port: port), fails: "TLS")
            }
        }
    }

    @Test("TLS where plain bytes are expected")
    func onlyTLS() async throws {
        try await withTLS { front in
            try await expect(
                .tcp(host: "127.0.0.1", port: front.port),
                fails: "the daemon expects TLS at this port; use jets:// or wss://")
            try await expect(
                .webSocket(host: "127.0.0.1", port: front.port), fails: "does the daemon expect TLS at this port?")
        }
    }

    @Test("no Jet daemon: the status of its HTTP response is in the error")
    func noJet() async throws {
        try await withStub { _ in
            Array("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc".utf8)
        } _: { port in
            try await expect(
                .webSocket(host: "127.0.0.1", port: port), fails: "it is not a Jet daemon", "HTTP/1.1 404 Not Found")
            try await expect(.tcp(host: "127.0.0.1", port: port), fails: "it answers in HTTP")
        }
        try await withStub(hangsUp: true) { _ in
            Array("HTTP/1.1 200 OK\r\n\r\n<html>".utf8)
        } _: { port in
            try await expect(.webSocket(host: "127.0.0.1", port: port), fails: "HTTP/1.1 200 OK")
        }
        try await withStub { _ in
            Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)
        } _: { port in
            try await expect(.webSocket(host: "127.0.0.1", port: port), fails: "does not answer in HTTP")
        }
        try await withStub { _ in
            Array("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n".utf8)
        } _: { port in
            try await expect(.webSocket(host: "127.0.0.1", port: port), fails: "subprotocol 'jet'")
        }
        try await withStub { _ in
            Array("HTTP/1.1 ".utf8) + Array(repeating: 0x61, count: 20_000)
        } _: { port in
            try await expect(.webSocket(host: "127.0.0.1", port: port), fails: "too long")
        }
    }

    @Test("a gateway whose daemon is not running")
    func unavailable() async throws {
        let page = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
        try await withStub { _ in
            Array(page.utf8)
        } _: { port in
            try await expect(
                .webSocket(host: "127.0.0.1", port: port), fails: "503 Service Unavailable", "is jetd running there?")
        }
    }

    @Test("a connection that is closed in the handshake")
    func hungUp() async throws {
        try await withStub(hangsUp: true) { _ in
            nil
        } _: { port in
            try await expect(.webSocket(host: "127.0.0.1", port: port), fails: "handshake of the WebSocket")
            try await expect(.tls(host: "127.0.0.1", port: port), fails: "handshake of TLS", "no more connections")
        }
    }

    @Test("too many connections: the daemon's reason, whatever carries it")
    func tooMany() async throws {
        let body = #"{"error":{"code":-32010,"message":"Limit exceeded","data":{"limit":"connections","max":5}}}"#
        let page = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        try await withStub { _ in
            Array(page.utf8)
        } _: { port in
            let error = try await error(.webSocket(host: "127.0.0.1", port: port))
            #expect(error.refusal == .limit("connections", max: 5))
            #expect(error.message.contains("the limit 'connections' of 5 is reached"))
        }
        try await withStub(hangsUp: true) { _ in
            FakeDaemon.frame(Array(body.utf8))
        } _: { port in
            let error = try await error(.tcp(host: "127.0.0.1", port: port))
            #expect(error.refusal == .limit("connections", max: 5))
            #expect(error.message.contains("the limit 'connections' of 5 is reached"))
            #expect(error.description.components(of: "is reached") == 1)
        }
    }

    @Test("what a login or a missing one leads to is said in words")
    func logins() throws {
        for (data, words): (JSON, String) in [
            (["loginRequired": true], "log in first"), (["unencrypted": true], "use jets:// or wss://"),
            (["invalidKey": true], "the daemon does not know this key"), (["invalidPassword": true], "wrong password"),
            (["invalidUser": true], "unknown user"), (["invalidCode": "wrong"], "the code is wrong"),
            (["invalidCode": "used"], "used already"), (["invalidCode": "expired"], "has expired"),
        ] {
            let error = JetError(.invalidParams, "Invalid params", data: data)
            #expect(error.description.contains(words))
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
