import JetBus
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// How WebSockets end: with two close frames if both sides keep to the rules, and with a code that says why.
@Suite("WebSocket: ends", .timeLimit(.minutes(5)))
struct WebSocketEndingTests {
    static let echo = #"{"id":1,"method":"echo"}"#
    static let answer = #"{"id":1,"result":true}"#

    @Test("a peer's close is answered with its code, after what was due to it", arguments: [1000, 1001, 4999, nil])
    func close(code: Int?) async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            try peer.raw.write(
                WebSocketPeer.bytes(.text(Self.echo)) + WebSocketPeer.bytes(.close(code))
                    + WebSocketPeer.bytes(.text(Self.echo)))
            let heard = try peer.hear()
            #expect(heard == Self.answer)
            try peer.expectEnd(code)
            try daemon.wait { $0.peers == 1 }
        }
    }

    @Test("with the daemon's end every peer is told that it goes away")
    func daemonEnds() async throws {
        try await onOwnThread {
            let jetd = try Jetd(["--tcp-port", "0", "--ws-port", "0", "--ws-ping-ms", "0"])
            #expect(jetd.output.contains("listening ws://127.0.0.1:"))
            let peer = try WebSocketPeer(jetd.endpoints[1])
            let heard = try peer.ask(Self.echo)
            #expect(heard == Self.answer)
            jetd.send(15)
            try peer.expectEnd(1001)
            let status = try jetd.end()
            #expect(status == 0)
        }
    }

    @Test("a peer that hangs up without a close frame is answered, and told that all is said")
    func halfClosed() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            try peer.say(Self.echo)
            peer.raw.endWriting()
            let heard = try peer.hear()
            #expect(heard == Self.answer)
            try peer.expectEnd(1000)
        }
    }

    // MARK: Pings

    @Test("a ping is answered with what it holds")
    func ping() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            for text in ["", "x", String(repeating: "y", count: 125)] {
                try peer.send(.ping(text))
                let pong = try peer.hearFrame()
                #expect(pong == .pong(text))
            }
        }
    }

    @Test("who answers the daemon's pings stays; who answers neither of two is closed")
    func unansweredPings() async throws {
        try await withWitness({ $0.pingInterval = 800 }) { daemon in
            let polite = try WebSocketPeer(daemon.webSocket)
            for _ in 1...5 {
                let frame = try polite.hearFrame()
                #expect(frame == .ping(""))
                try polite.send(.pong(""))
            }
            let deaf = try WebSocketPeer(daemon.webSocket)
            for _ in 1...2 {
                let frame = try deaf.hearFrame()
                #expect(frame == .ping(""))
            }
            let isAtEnd = try deaf.raw.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a flood of pings that nobody waits for gathers nothing")
    func pingFlood() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let pings = (0..<1000).flatMap { _ in WebSocketPeer.bytes(.ping(String(repeating: "z", count: 120))) }
            for _ in 0..<20 { try peer.raw.write(pings) }
            try peer.say(Self.echo)
            var frame = try peer.hearFrame()
            var count = 0
            while frame.first == 0x8A {
                count += 1
                frame = try peer.hearFrame()
            }
            #expect(frame == .text(Self.answer))
            #expect(count < 20_000)
        }
    }

    // MARK: Rules

    @Test(
        "who breaks a rule of the WebSocket is closed with 1002",
        arguments: [
            ("not masked", [0x81, 0x02, 0x7B, 0x7D]), ("an extension", [0xC1, 0x80]),
            ("an unknown kind", [0x83, 0x80]), ("a continuation of nothing", [0x80, 0x80]),
            ("a message inside a message", [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80]),
            ("a ping in fragments", [0x09, 0x80]), ("a long ping", [0x89, 0xFE, 0, 126]),
            ("half a close code", [0x88, 0x81, 0, 0, 0, 0, 3]), ("no close code", [0x88, 0x82, 0, 0, 0, 0, 3, 0xED]),
            ("a negative length", [0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("16 bits for 5 bytes", [0x81, 0xFE, 0, 5, 0, 0, 0, 0, 0x22, 0x61, 0x62, 0x63, 0x22]),
            ("64 bits for 5 bytes", [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0]),
        ] as [(String, [UInt8])])
    func violation(rule: String, bytes: [UInt8]) async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            // What came before is answered.
            try peer.raw.write(WebSocketPeer.bytes(.text(Self.echo)) + bytes)
            let heard = try peer.hear()
            #expect(heard == Self.answer)
            try peer.expectEnd(1002)
        }
    }

    @Test("a text message that is not UTF-8 closes the connection with 1007, in one frame or in fragments")
    func invalidText() async throws {
        try await withWitness { daemon in
            let text = Array(#"{"id":"@","method":"info"}"#.utf8).map { $0 == UInt8(ascii: "@") ? 0x80 : $0 }
            let whole = try WebSocketPeer(daemon.webSocket)
            // What came before is answered.
            try whole.say(Self.echo)
            try whole.send(.init(first: 0x81, payload: text))
            let heard = try whole.hear()
            #expect(heard == Self.answer)
            try whole.expectEnd(1007)
            let split = try WebSocketPeer(daemon.webSocket)
            try split.send(.init(first: 0x01, payload: Array(text[..<7])))
            try split.send(.ping("between"))
            let pong = try split.hearFrame()
            #expect(pong == .pong("between"))
            try split.send(.init(first: 0x80, payload: Array(text[7...])))
            try split.expectEnd(1007)
        }
    }

    @Test("a character that is split across fragments is read, with control frames between them")
    func splitCharacter() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let message = #"{"id":1,"method":"echo","params":["😀é日本"]}"#
            try peer.send(message, inFragments: message.utf8.count, betweenThem: .pong(""))
            let heard = try peer.hear()
            #expect(heard == #"{"id":1,"result":["😀é日本"]}"#)
        }
    }

    @Test("a close whose reason is no UTF-8 is answered with 1007")
    func invalidReason() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            try peer.send(.init(first: 0x88, payload: [3, 0xE8, 0xFF]))
            try peer.expectEnd(1007)
        }
    }

    @Test("a message may be as long as the limit, in however many fragments, and no longer", arguments: [1, 2, 100])
    func tooLong(fragments: Int) async throws {
        try await withWitness({ $0.messageLimit = 1024 }) { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let (head, tail) = (#"{"id":1,"method":"echo","params":[""#, #""]}"#)
            let filler = String(repeating: "a", count: 1024 - head.utf8.count - tail.utf8.count)
            try peer.send(head + filler + tail, inFragments: fragments)
            let heard = try peer.hear()
            #expect(heard.hasPrefix(#"{"id":1,"result":["aaaa"#))
            try peer.send(head + filler + "a" + tail, inFragments: fragments)
            let error = try peer.hear()
            #expect(error.contains(#""code":-32010,"#))
            #expect(error.contains(#"{"limit":"messageSize","max":1024}"#))
            try peer.expectEnd(1009)
        }
    }

    @Test("a header that claims more than there can be costs nothing but its connection")
    func claims() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            try peer.raw.write([0x81, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 11))
            let error = try peer.hear()
            #expect(error.contains(#"{"limit":"messageSize","max":16777216}"#))
            try peer.expectEnd(1009)
        }
    }

    @Test("with the 16th text in a row that will not parse the connection is closed with 1008")
    func sixteenTexts() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            for _ in 1...16 {
                let error = try peer.ask("no json")
                #expect(error == FaultTests.parseError)
            }
            try peer.expectEnd(1008)
        }
    }

    @Test("random bytes end their own connection at most", arguments: 1...20)
    func garbage(seed: UInt64) async throws {
        try await withWitness { daemon in
            var random = SeededGenerator(seed: seed)
            let peer = try WebSocketPeer(daemon.webSocket)
            for _ in 0..<20 {
                let bytes = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
                // Half of them as messages, so that the scanner is reached, too.
                if seed.isMultiple(of: 2) {
                    try? peer.raw.write(bytes)
                } else {
                    try? peer.send(.init(first: 0x82, payload: bytes))
                }
            }
            peer.raw.endWriting()
            try? peer.raw.hearEnd()
        }
    }
}
