import Glibc
import JSONText
import JetBus
import JetProtocol
import NIOCore
import ProxyProtocol
import TestSupport
import Testing

@testable import JetDaemon

/// Connections that a gateway forwards: their headers, and what they are afterwards.
@Suite("Gateways: connections", .timeLimit(.minutes(5)))
struct GatewayTests {
    private static let echo = #"{"id":1,"method":"echo"}"#
    private static let answer = #"{"id":1,"result":true}"#

    @Test func `Both protocols are served on the one socket, told apart by the first byte`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let stream = try gateway.peer()
            #expect(try stream.ask(Self.echo) == Self.answer)
            let web = try gateway.webSocket()
            #expect(try web.ask(Self.echo) == Self.answer)
            let page = try WebSocketPeer(over: gateway.peer()).request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(page.status == 200)
        }
    }

    @Test func `What follows the header in the same write is not lost`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let stream = try RawPeer(gateway.endpoint)
            try stream.write(ProxyHeader.peer().bytes + RawPeer.framed(Self.echo) + RawPeer.framed(Self.echo))
            for _ in 0..<2 { #expect(try stream.hear() == Self.answer) }
            let web = WebSocketPeer(over: try RawPeer(gateway.endpoint))
            try web.raw.write(
                ProxyHeader.peer().bytes + Array(WebSocketPeer.handshake().utf8)
                    + WebSocketPeer.bytes(.text(Self.echo)))
            #expect(try web.response().status == 101)
            #expect(try web.hear() == Self.answer)
        }
    }

    @Test func `A long message that follows the header in the same write arrives whole`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let text = String(repeating: "x", count: 300_000)
            let peer = try RawPeer(gateway.endpoint)
            let message = RawPeer.framed(#"{"id":1,"method":"echo","params":["\#(text)"]}"#)
            try peer.write(ProxyHeader.peer().bytes + message)
            #expect(try peer.hear() == #"{"id":1,"result":["\#(text)"]}"#)
        }
    }

    @Test func `A header may be cut at each of its bytes`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let bytes = ProxyHeader.peer(tls: .key(.test())).bytes
            for cut in 1...bytes.count {
                let peer = try RawPeer(gateway.endpoint)
                try peer.write(Array(bytes[..<cut]))
                // Without a pause, both parts could arrive as one.
                usleep(500)
                try peer.write(Array(bytes[cut...]) + RawPeer.framed(Self.echo))
                #expect(try peer.hear() == Self.answer, "cut at \(cut)")
            }
            let slow = try RawPeer(gateway.endpoint)
            for byte in bytes + RawPeer.framed(Self.echo) { try slow.write([byte]) }
            #expect(try slow.hear() == Self.answer)
        }
    }

    @Test func `Garbage, other versions and headers that are too long close the connection, and are logged`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let header = ProxyHeader.peer().bytes
            var version = header
            version[12] = 0x11
            var length = header
            (length[14], length[15]) = (0xFF, 0xFF)
            for bytes in [
                Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n".utf8), [0],
                RawPeer.framed(Self.echo), version, length,
            ] {
                let peer = try RawPeer(gateway.endpoint)
                try peer.write(bytes)
                // With bytes that the daemon has not read, the connection is reset.
                #expect((try? peer.isAtEnd()) != false, "\(bytes.prefix(16))")
            }
            let entries = gateway.log.all(.badHeader)
            #expect(entries.count == 1, "once per minute and user")
            #expect(entries.first?.metadata["uid"] == "\(geteuid())")
            #expect(entries.first?.metadata["reason"]?.contains("does not begin with a header") == true)
            #expect(try gateway.peer().ask(Self.echo) == Self.answer)
        }
    }

    @Test func `A header that does not come, or is not complete, closes the connection after five seconds`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let silent = try RawPeer(gateway.endpoint)
            let halting = try RawPeer(gateway.endpoint)
            try halting.write(Array(ProxyHeader.peer().bytes.dropLast()))
            #expect(try silent.isAtEnd())
            #expect(try halting.isAtEnd())
            #expect(gateway.log.all(.badHeader).first?.metadata["reason"]?.contains("5 seconds") == true)
        }
    }

    @Test func `A gateway that connects and closes, or sends a header without an address, is no peer and no error`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let check = try gateway.peer(ProxyHeader(source: nil, destination: nil, tls: nil))
            #expect(try check.isAtEnd())
            let probe = try RawPeer(gateway.endpoint)
            probe.endWriting()
            #expect(try probe.isAtEnd())
            #expect(gateway.log.all(.badHeader).isEmpty)
            #expect(try gateway.daemon.statistics().peers == 0)
        }
    }

    @Test func `A peer that sends nothing after the header is closed like a silent peer over TCP`() async throws {
        try await GatewayDaemon.with({ $0.silence = 500 }) { gateway throws in
            let silent = try gateway.peer()
            #expect(try silent.isAtEnd())
            let halting = try gateway.peer()
            try halting.write([0, 0, 0, 9])
            try halting.hearEnd()
            let entries = gateway.log.all(.peerSilent)
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0.metadata["address"] == "192.0.2.7:50312" })
        }
    }

    @Test func `Programs of other users are closed, and logged once per minute and user`() async throws {
        try await GatewayDaemon.with({ $0.gateways = [.user("4711"), .group("4712")] }) { gateway throws in
            for _ in 0..<10 {
                let peer = try RawPeer(gateway.endpoint)
                _ = try? peer.write(ProxyHeader.peer().bytes + RawPeer.framed(Self.echo))
                try? peer.hearEnd()
            }
            let entries = gateway.log.all(.gatewayRefused)
            #expect(entries.count == 1)
            #expect(entries.first?.metadata["uid"] == "\(geteuid())")
            #expect(entries.first?.metadata["pid"] == "\(getpid())")
        }
    }

    @Test func `A group of the system can be a gateway, and a reload changes who is`() async throws {
        try await GatewayDaemon.with({ $0.gateways = [.group("\(getegid())")] }) { gateway throws in
            #expect(try gateway.peer().ask(Self.echo) == Self.answer)
            var changed = gateway.configuration
            changed.gateways = []
            try gateway.reload(changed)
            let refused = try RawPeer(gateway.endpoint)
            _ = try? refused.write(ProxyHeader.peer().bytes)
            #expect(throws: RawPeer.Failure.self) {
                _ = try refused.ask(Self.echo)
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `Logs, peers and the caller show the address of the peer`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "ops")
            let six: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9]
            let stranger = try gateway.peer(.peer(six))
            #expect(try !stranger.authenticate("john", "wrong"))
            #expect(gateway.log.all(.wrongPassword).first?.metadata["address"] == "[2001:db8:0:7::9]:50312")
            let mapped = try gateway.peer(.peer([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 8]))
            _ = try mapped.ask(Self.echo)
            let known = try gateway.peer(withKey: .test())
            _ = try known.ask(Self.echo)
            let peers = try gateway.reported()
            #expect(
                Set(peers.compactMap { $0["address"]?.string })
                    == ["[2001:db8:0:7::/64]:50312", "192.0.2.8:50312", "192.0.2.7:50312"])
            #expect(
                Set(peers.compactMap { $0["account"]?.string })
                    == ["address 2001:db8:0:7::/64", "address 192.0.2.8", "user ops", "uid \(geteuid())"])
        }
    }

    @Test func `The connections of one address, and those of one user, are bounded; the unix socket stays open`()
        async throws
    {
        try await GatewayDaemon.with({ $0.connections = 128 }) { gateway throws in
            try gateway.add(.test(), to: "john")
            for header in [ProxyHeader.peer(), .peer([192, 0, 2, 9], tls: .key(.test()))] {
                var refusals: [JSON] = []
                var open: [RawPeer] = []
                for _ in 0..<1000 {
                    let peer = try gateway.peer(header)
                    // The daemon may have closed the connection, beyond sixteen that wait for their reason.
                    guard (try? peer.say(Self.echo)) != nil, let answer = try? peer.hearValue() else { continue }
                    if answer["result"] == true { open.append(peer) } else { refusals.append(answer) }
                }
                #expect((1...64).contains(open.count))
                let data = refusals.first?["error"]?["data"]
                #expect(data?["limit"] == "connections")
                #expect(["address 192.0.2.7", "user john"].contains(data?["account"]?.string))
                try eventually {
                    let web = WebSocketPeer(over: try gateway.peer(header))
                    return (try? web.request(WebSocketPeer.handshake()).status) == 503
                }
                try gateway.daemon.expectService()
            }
        }
    }

    @Test func `When the protocol is known, a connection has the same handlers as one on the unix socket`() async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let unix = try RawPeer(gateway.daemon.unix)
            _ = try unix.ask(Self.echo)
            let forwarded = try gateway.peer()
            _ = try forwarded.ask(Self.echo)
            let (hub, eventLoop) = (gateway.daemon.daemon.hub, gateway.daemon.daemon.eventLoop)
            let pipelines = try block {
                try await eventLoop.submit {
                    (hub.value?.connections ?? []).compactMap { connection in
                        // Without the addresses of objects.
                        (connection?.context?.pipeline.debugDescription).map {
                            String(
                                $0.split(separator: "\n").dropFirst().joined(separator: "\n").filter { !$0.isNumber })
                        }
                    }
                }.get()
            }
            #expect(pipelines.count == 2)
            #expect(pipelines.first == pipelines.last, "\(pipelines)")
        }
    }

    @Test func `Limits of an address and of a user in [accounts] apply to peers of gateways`() async throws {
        try await GatewayDaemon.with({
            $0.accounts = [
                AccountRule(for: .address("192.0.2.7"), .init(), connections: 2),
                AccountRule(for: .login("john"), .init(), connections: 1),
            ]
        }) { gateway throws in
            try gateway.add(.test(), to: "john")
            let open = [try gateway.peer(), try gateway.peer(), try gateway.peer(withKey: .test())]
            for peer in open { #expect(try peer.ask(Self.echo) == Self.answer) }
            for (header, max) in [(ProxyHeader.peer(), 2), (.peer([192, 0, 2, 8], tls: .key(.test())), 1)] {
                let peer = try gateway.peer(header)
                try peer.say(Self.echo)
                #expect(try peer.hearValue()["error"]?["data"]?["max"] == .number(max))
            }
        }
    }

    @Test func `Whatever the bytes of a header, the daemon goes on`() async throws {
        try await GatewayDaemon.with { gateway throws in
            var random = SeededGenerator(seed: 13)
            let whole = ProxyHeader.peer(tls: .certificate("press", subject: "CN=press,O=Example")).bytes
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    // Most changes are behind the signature.
                    bytes[Int.random(in: 10..<bytes.count, using: &random)] = .random(in: .min ... .max, using: &random)
                }
                let peer = try RawPeer(gateway.endpoint)
                try? peer.write(Array(bytes.prefix(.random(in: 1...bytes.count, using: &random))))
                try? peer.write(RawPeer.framed(Self.echo))
                peer.endWriting()
                try? peer.hearEnd()
            }
            #expect(try gateway.peer().ask(Self.echo) == Self.answer)
            try gateway.daemon.expectService()
        }
    }

    @Test func `Half-closed connections and pauses work as over TCP`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.addStates(1)
            try gateway.add(.test(), to: "john")
            let peer = try RawPeer(gateway.endpoint)
            let request = RawPeer.framed(#"{"id":2,"method":"set","params":{"path":"state/0","value":1}}"#)
            try peer.write(ProxyHeader.peer(tls: .key(.test())).bytes + RawPeer.framed(Self.echo) + request)
            peer.endWriting()
            #expect(try peer.hear() == Self.answer)
            let routed = try owner.hearValue()
            try owner.say("\(["id": routed["id"] ?? .null, "result": 7] as JSON)")
            #expect(try peer.hear() == #"{"id":2,"result":7}"#)
            #expect(try peer.isAtEnd())
        }
    }
}
