import JSONText
import JetProtocol
import Testing

/// What a WebSocket peer says and hears: the same messages as everybody, one in each text frame.
@Suite("WebSocket: messages", .timeLimit(.minutes(5)))
struct WebSocketConversationTests {
    @Test("a peer by WebSocket and one by TCP fetch and set each other's States")
    func conversation() async throws {
        try await withDaemon { daemon in
            let browser = try WebSocketPeer(daemon.webSocket)
            let lamp = try RawPeer(daemon.tcp)
            var heard = try lamp.ask(#"{"id":1,"method":"add","params":{"path":"lamp","value":false}}"#)
            #expect(heard == #"{"id":1,"result":true}"#)
            heard = try browser.ask(#"{"id":"f","method":"fetch","params":{"id":"all"}}"#)
            #expect(heard == #"{"id":"f","result":true}"#)
            heard = try browser.hear()
            #expect(heard == #"{"method":"all","params":{"path":"lamp","event":"add","value":false}}"#)

            try browser.say(#"{"id":"s","method":"set","params":{"path":"lamp","value":true}}"#)
            let request = try lamp.hearValue()
            #expect(request["method"] == "lamp")
            #expect(request["params"] == ["value": true])
            try lamp.say(#"{"method":"change","params":{"path":"lamp","value":true}}"#)
            try lamp.say(#"{"id":"\#(request["id"]?.string ?? "")","result":true}"#)
            heard = try browser.hear()
            #expect(heard == #"{"method":"all","params":{"path":"lamp","event":"change","value":true}}"#)
            heard = try browser.hear()
            #expect(heard == #"{"id":"s","result":true}"#)

            // And the other way round.
            try browser.say(#"{"method":"add","params":{"path":"page","value":1}}"#)
            heard = try browser.hear()
            #expect(heard == #"{"method":"all","params":{"path":"page","event":"add","value":1}}"#)
            heard = try lamp.ask(#"{"id":2,"method":"get","params":{"path":{"equals":"page"}}}"#)
            #expect(heard == #"{"id":2,"result":[{"path":"page","event":"add","value":1}]}"#)
        }
    }

    @Test(
        "a message may be of any length, both ways",
        arguments: [24, 125, 126, 127, 65_535, 65_536, 65_537, 1 << 20])
    func lengths(of length: Int) async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            // The request is as long as that, and then the response.
            for head in [#"{"id":1,"method":"echo","params":["#, #"{"id":1,"result":["#] {
                let text = String(repeating: "a", count: max(length - head.utf8.count - 4, 0))
                let heard = try peer.ask(#"{"id":1,"method":"echo","params":["\#(text)"]}"#)
                #expect(heard == #"{"id":1,"result":["\#(text)"]}"#)
            }
        }
    }

    @Test("a message may come in fragments, with pings between them", arguments: [2, 3, 30])
    func fragments(count: Int) async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let message = #"{"id":1,"method":"echo","params":["ä\#(String(repeating: "é", count: 300))"]}"#
            try peer.send(message, inFragments: count)
            let heard = try peer.hear()
            #expect(heard == message.replacing(#""method":"echo","params""#, with: #""result""#))
            try peer.send(message, inFragments: 2, betweenThem: .ping("inside"))
            let pong = try peer.hearFrame()
            #expect(pong == .pong("inside"))
            let again = try peer.hear()
            #expect(again == heard)
        }
    }

    @Test("a message may come in a binary frame, or byte by byte, and empty ones say nothing")
    func forms() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let message = Array(#"{"id":1,"method":"echo"}"#.utf8)
            try peer.send(.init(first: 0x82, payload: message))
            try peer.say("")
            for byte in WebSocketPeer.bytes(.init(first: 0x81, payload: message)) { try peer.raw.write([byte]) }
            try peer.send("", inFragments: 3)
            for _ in 1...2 {
                let heard = try peer.hear()
                #expect(heard == #"{"id":1,"result":true}"#)
            }
        }
    }

    @Test("messages may come at once, and in batches; each is answered in a frame of its own")
    func batches() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            let batch = "[" + (1...20).map { #"{"id":\#($0),"method":"echo"}"# }.joined(separator: ",") + "]"
            let single = WebSocketPeer.bytes(.text(#"{"id":21,"method":"echo"}"#))
            // The first messages may come together with the handshake.
            let early = try WebSocketPeer(raw: daemon.webSocket)
            let bytes = WebSocketPeer.bytes(.text(batch)) + single
            try early.raw.write(Array(WebSocketPeer.handshake().utf8) + bytes)
            _ = try early.response()
            try peer.raw.write(bytes)
            for peer in [peer, early] {
                for id in 1...21 {
                    let heard = try peer.hear()
                    #expect(heard == #"{"id":\#(id),"result":true}"#)
                }
            }
        }
    }

    @Test("20,000 changes reach a WebSocket peer in their order, also one that hesitates to read")
    func stream() async throws {
        try await withDaemon { daemon in
            let publisher = try RawPeer(daemon.unix)
            _ = try publisher.ask(#"{"id":1,"method":"add","params":{"path":"a","value":0}}"#)
            let subscriber = try WebSocketPeer(daemon.webSocket)
            _ = try subscriber.ask(#"{"id":1,"method":"fetch","params":{"id":"f","path":{"equals":"a"}}}"#)
            _ = try subscriber.hear()
            try publisher.write(
                (1...20_000).flatMap { RawPeer.framed(#"{"method":"change","params":{"path":"a","value":\#($0)}}"#) })
            _ = try publisher.ask(#"{"id":2,"method":"echo"}"#)
            try subscriber.send(.ping("in the midst"))
            var pongs = 0
            var value = 0
            while value < 20_000 {
                let frame = try subscriber.hearFrame()
                if frame.first == 0x8A {
                    pongs += 1
                    continue
                }
                value += 1
                let expected = #"{"method":"f","params":{"path":"a","event":"change","value":\#(value)}}"#
                guard frame == .text(expected) else {
                    Issue.record("\(frame) instead of \(value)")
                    break
                }
            }
            if pongs == 0 {
                let pong = try subscriber.hearFrame()
                #expect(pong == .pong("in the midst"))
            }
        }
    }

    @Test("a text that is no JSON costs that text; one that is no UTF-8 closes the connection")
    func noJSON() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            var heard = try peer.ask("no json")
            #expect(heard == FaultTests.parseError)
            heard = try peer.ask(#"{"id":1,"method":"echo"}"#)
            #expect(heard == #"{"id":1,"result":true}"#)
            try peer.send(.init(first: 0x81, payload: [0x22, 0xFF, 0x22]))
            let frame = try peer.hearFrame()
            #expect(frame == .init(first: 0x88, payload: [0x03, 0xEF]))
        }
    }
}
