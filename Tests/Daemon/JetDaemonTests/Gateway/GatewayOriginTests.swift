import Digests
import JSONText
import JetDaemon
import JetProtocol
import ProxyProtocol
import Testing

/// Which web pages may connect through a gateway.
@Suite("Gateways: origins", .timeLimit(.minutes(5)))
struct GatewayOriginTests {
    private func status(
        _ gateway: GatewayDaemon, origin: String?, host: String = "shed.local:11124",
        _ tls: ProxyHeader.TLS? = .init(version: "TLSv1.3")
    ) throws -> Int {
        let peer = WebSocketPeer(over: try gateway.peer(.peer(tls: tls)))
        return try peer.request(WebSocketPeer.handshake(host: host, origin: origin)).status
    }

    @Test func `Pages of the gateway's own origin may connect, under any name, by https only`() async throws {
        try await GatewayDaemon.with { gateway throws in
            #expect(try status(gateway, origin: nil) == 101)
            #expect(try status(gateway, origin: "https://shed.local:11124") == 101)
            #expect(try status(gateway, origin: "https://192.0.2.1:11124", host: "192.0.2.1:11124") == 101)
            #expect(try status(gateway, origin: "https://Panel.Example", host: "panel.example") == 101)
            #expect(try status(gateway, origin: "http://shed.local:11124") == 403)
            #expect(try status(gateway, origin: "https://shed.local") == 403)
            #expect(try status(gateway, origin: "https://evil.example") == 403)
            #expect(try status(gateway, origin: "null") == 403)
            let entries = gateway.log.all(.originRefused)
            #expect(entries.first?.metadata["address"] == "192.0.2.7")
        }
    }

    @Test func `A page of the browser's own machine is a foreign page`() async throws {
        try await GatewayDaemon.with { gateway throws in
            for origin in ["http://localhost:3000", "https://localhost", "http://127.0.0.1", "https://[::1]:8443"] {
                #expect(try status(gateway, origin: origin) == 403)
            }
            #expect(try status(gateway, origin: "https://localhost:11124", host: "localhost:11124") == 101)
        }
    }

    @Test func `A foreign page cannot use the certificate of a browser, even if all pages may connect`() async throws {
        try await GatewayDaemon.with({
            $0.subjects = ["CN=ann": "john"]
            _ = $0.origins.allow("*")
        }) { gateway throws in
            let certificate = ProxyHeader.TLS.certificate("ann")
            #expect(try status(gateway, origin: "https://evil.example", certificate) == 403)
            #expect(try status(gateway, origin: "https://evil.example") == 101, "as a stranger")
            #expect(try status(gateway, origin: "https://shed.local:11124", certificate) == 101)
            #expect(try status(gateway, origin: nil, certificate) == 101)
            // The refused connection was never logged in. The others are just after the response to their handshake.
            try eventually { gateway.log.all(.keyAccepted).count >= 2 }
            #expect(gateway.log.all(.keyAccepted).count == 2)
        }
    }

    @Test func `An origin that is listed may connect with a certificate`() async throws {
        try await GatewayDaemon.with({
            $0.subjects = ["CN=ann": "john"]
            _ = $0.origins.allow("https://panel.example")
        }) { gateway throws in
            #expect(try status(gateway, origin: "https://panel.example", .certificate("ann")) == 101)
        }
    }
}
