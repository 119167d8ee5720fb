import JSONText
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// A peer that switches to MessagePack, byte by byte. The bytes are those of an implementation that is not ours.
@Suite("MessagePack on the wire", .timeLimit(.minutes(5)))
struct EncodingTests {
    /// What is said (`>`) and heard (`<`) after the switch: the message in JSON for the reader, and its bytes.
    static let conversation: [(direction: Character, json: String, bytes: String)] = [
        (
            ">", #"{"id":1,"method":"add","params":{"path":"lamp","value":{"level":0.5,"on":false}}}"#,
            "83a2696401a66d6574686f64a3616464a6706172616d7382a470617468a46c616d70a576616c756582a56c6576656ccb3fe0000000000000a26f6ec2"
        ),
        ("<", #"{"id":1,"result":true}"#, "82a2696401a6726573756c74c3"),
        (
            ">", #"{"id":"f","method":"fetch","params":{"id":300}}"#,
            "83a26964a166a66d6574686f64a56665746368a6706172616d7381a26964cd012c"
        ),
        ("<", #"{"id":"f","result":true}"#, "82a26964a166a6726573756c74c3"),
        (
            "<", #"{"method":300,"params":{"path":"lamp","event":"add","value":{"level":0.5,"on":false}}}"#,
            "82a66d6574686f64cd012ca6706172616d7383a470617468a46c616d70a56576656e74a3616464a576616c756582a56c6576656ccb3fe0000000000000a26f6ec2"
        ),
        (
            ">",
            #"[{"method":"change","params":{"path":"lamp","value":-70000}},{"id":2,"method":"echo","params":null}]"#,
            "9282a66d6574686f64a66368616e6765a6706172616d7382a470617468a46c616d70a576616c7565d2fffeee9083a2696402a66d6574686f64a46563686fa6706172616d73c0"
        ),
        (
            "<", #"{"method":300,"params":{"path":"lamp","event":"change","value":-70000}}"#,
            "82a66d6574686f64cd012ca6706172616d7383a470617468a46c616d70a56576656e74a66368616e6765a576616c7565d2fffeee90"
        ),
        ("<", #"{"id":2,"result":null}"#, "82a2696402a6726573756c74c0"),
        // JSON is no MessagePack: its bytes come back in hexadecimal digits.
        (">", "", #"7b7d"#),
        (
            "<", #"{"error":{"code":-32700,"message":"Parse error","data":"7b7d"}}"#,
            "81a56572726f7283a4636f6465d18044a76d657373616765ab5061727365206572726f72a464617461a437623764"
        ),
        (
            ">", #"{"id":3,"method":"config","params":{"encoding":"json"}}"#,
            "83a2696403a66d6574686f64a6636f6e666967a6706172616d7381a8656e636f64696e67a46a736f6e"
        ),
        ("<", #"{"id":3,"result":true}"#, "82a2696403a6726573756c74c3"),
    ]

    static let config = #"{"id":0,"method":"config","params":{"encoding":"msgpack"}}"#

    @Test("is the same on a unix socket and on TCP, each message behind its length", arguments: [true, false])
    func stream(byUnixSocket: Bool) async throws {
        try await withDaemon { daemon in
            let peer = try RawPeer(byUnixSocket ? daemon.unix : daemon.tcp)
            var heard = try peer.ask(Self.config)
            #expect(heard == #"{"id":0,"result":true}"#)
            for line in Self.conversation {
                let bytes = [UInt8](hex: line.bytes)
                if line.direction == ">" {
                    try peer.write([0, 0, 0, UInt8(bytes.count)] + bytes)
                } else {
                    let message = try peer.hearBytes()
                    #expect(message.hex == line.bytes, "\(line.json)")
                }
            }
            heard = try peer.ask(#"{"id":4,"method":"get","params":{}}"#)
            #expect(heard == #"{"id":4,"result":[{"path":"lamp","event":"add","value":-70000}]}"#)
        }
    }

    @Test("MessagePack in a text frame of a WebSocket closes the connection, since it is no UTF-8")
    func textFrame() async throws {
        try await withWitness { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            _ = try peer.ask(Self.config)
            let line = try #require(Self.conversation.first { $0.direction == ">" })
            try peer.send(.init(first: 0x81, payload: [UInt8](hex: line.bytes)))
            let frame = try peer.hearFrame()
            #expect(frame == .init(first: 0x88, payload: [0x03, 0xEF]))
        }
    }

    @Test("is a binary frame on a WebSocket, in both directions")
    func webSocket() async throws {
        try await withDaemon { daemon in
            let peer = try WebSocketPeer(daemon.webSocket)
            var heard = try peer.ask(Self.config)
            #expect(heard == #"{"id":0,"result":true}"#)
            for line in Self.conversation {
                let bytes = [UInt8](hex: line.bytes)
                if line.direction == ">" {
                    try peer.send(.init(first: 0x82, payload: bytes))
                } else {
                    let frame = try peer.hearFrame()
                    #expect(frame == .init(first: 0x82, payload: bytes), "\(line.json)")
                }
            }
            // Text frames again.
            heard = try peer.ask(#"{"id":4,"method":"echo"}"#)
            #expect(heard == #"{"id":4,"result":true}"#)
        }
    }

    @Test("what follows the switch in the same write is MessagePack already")
    func pipelined() async throws {
        try await withDaemon { daemon in
            let peer = try RawPeer(daemon.tcp)
            let echo = [UInt8](hex: "82a2696405a66d6574686f64a46563686f")
            try peer.write(RawPeer.framed(Self.config) + [0, 0, 0, UInt8(echo.count)] + echo)
            let response = try peer.hear()
            #expect(response == #"{"id":0,"result":true}"#)
            let heard = try peer.hearBytes()
            #expect(heard.hex == "82a2696405a6726573756c74c3")
        }
    }

    @Test("a peer in JSON hears what one in MessagePack publishes, 5,000 times")
    func stream() async throws {
        try await withWitness { daemon in
            let publisher = try RawPeer(daemon.unix)
            _ = try publisher.ask(Self.config)
            let subscriber = try RawPeer(daemon.tcp)
            _ = try subscriber.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
            func message(_ method: String, _ value: Int) -> [UInt8] {
                let packed = PlainMessagePack.pack([
                    "method": .string(method), "params": ["path": "a", "value": .number(value)],
                ])
                return [0, 0, 0, UInt8(packed.count)] + packed
            }
            try publisher.write(message("add", 0) + (1...5000).flatMap { message("change", $0) })
            for value in 0...5000 {
                let heard = try subscriber.hear()
                let event = value == 0 ? "add" : "change"
                #expect(heard == #"{"method":"f","params":{"path":"a","event":"\#(event)","value":\#(value)}}"#)
            }
        }
    }

    @Test("a message that would be longer than the limit in JSON closes its connection, and says why")
    func tooLong() async throws {
        try await withWitness {
            $0.messageLimit = 1000
        } _: { daemon in
            let peer = try RawPeer(daemon.tcp)
            _ = try peer.ask(Self.config)
            // 500 times null: 502 bytes here, 2,501 there.
            let message = [0xDC, 0x01, 0xF4] + [UInt8](repeating: 0xC0, count: 500)
            try peer.write([0, 0, UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message)
            let heard = PlainMessagePack.unpack(try peer.hearBytes())
            #expect(heard?["error"]?["data"] == ["limit": "messageSize", "max": 1000])
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }
}

extension RawPeer {
    /// Reads one message, in whatever encoding.
    fileprivate func hearBytes() throws -> [UInt8] {
        let length = try read(Frame.headerLength).reduce(0) { $0 << 8 | Int($1) }
        return Array(try read(length))
    }
}
