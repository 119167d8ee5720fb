import JSONText
import JetBus
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// What a peer can send that is no message. It costs that message or that connection, never another one.
@Suite("Faulty input", .timeLimit(.minutes(5)))
struct FaultTests {
    static let parseError = #"{"error":{"code":-32700,"message":"Parse error","data":"no json"}}"#

    @Test("a text that is no JSON costs that text; after 15 in a row the connection still serves")
    func fifteenTexts() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.unix)
            for _ in 1...2 {
                for _ in 1...15 { try peer.say("no json") }
                let answer = try peer.ask(#"{"id":1,"method":"echo"}"#, after: 15, of: Self.parseError)
                // One good message, and the count starts anew.
                #expect(answer == #"{"id":1,"result":true}"#)
            }
        }
    }

    @Test("with the 16th in a row the connection is closed, after it has been told why")
    func sixteenTexts() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.tcp)
            try peer.write((1...20).flatMap { _ in RawPeer.framed("no json") })
            for _ in 1...16 {
                let error = try peer.hear()
                #expect(error == Self.parseError)
            }
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a header that claims 4 GB is refused, and the connection closed")
    func fourGigabytes() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.tcp)
            try peer.write([0xFF, 0xFF, 0xFF, 0xFF] + Array(#"{"id":1,"method":"echo"}"#.utf8))
            let error = try peer.hear()
            #expect(error == Self.tooLong(16 << 20))
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a message may be as long as the limit", arguments: [false, true])
    func atTheLimit(inPieces: Bool) async throws {
        try await withWitness({ $0.messageLimit = 1024 }) { daemon in
            let peer = try RawPeer(daemon.unix)
            let message = Self.echo(length: 1024)
            if inPieces {
                for byte in RawPeer.framed(message) { try peer.write([byte]) }
            } else {
                try peer.say(message)
            }
            let answer = try peer.hear()
            #expect(answer.hasPrefix(#"{"id":1,"result":["aaaa"#))
        }
    }

    @Test("and no longer", arguments: [false, true])
    func beyondTheLimit(inPieces: Bool) async throws {
        try await withWitness({ $0.messageLimit = 1024 }) { daemon in
            let peer = try RawPeer(daemon.unix)
            let frame = RawPeer.framed(Self.echo(length: 1025))
            if inPieces {
                for byte in frame.prefix(4) { try peer.write([byte]) }
            } else {
                try peer.write(frame)
            }
            let error = try peer.hear()
            #expect(error == Self.tooLong(1024))
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("what came before a header that is too long is answered")
    func goodThenTooLong() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.unix)
            try peer.write(RawPeer.framed(#"{"id":1,"method":"echo"}"#) + [0x7F, 0, 0, 0])
            let answers = [try peer.hear(), try peer.hear()]
            #expect(answers == [#"{"id":1,"result":true}"#, Self.tooLong(16 << 20)])
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("another protocol's greeting is a frame that is too long")
    func otherProtocol() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.tcp)
            try peer.write(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            let error = try peer.hear()
            #expect(error == Self.tooLong(16 << 20))
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("100,000 nested arrays are a parse error")
    func nested() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.unix)
            let arrays = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            let answer = try peer.askValue(arrays)
            #expect(answer["error"]?["code"] == -32700)
            #expect(answer["error"]?["data"]?.string?.utf8.count == 1024)
            let next = try peer.ask(#"{"id":1,"method":"echo","params":{}}"#)
            #expect(next == #"{"id":1,"result":{}}"#)
        }
    }

    @Test("a frame that ends in its middle is nothing", arguments: 1...8)
    func truncated(length: Int) async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.tcp)
            try peer.write(Array(RawPeer.framed(#"{"id":1,"method":"echo"}"#).prefix(length)))
            peer.endWriting()
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a conversation may come byte by byte")
    func byteByByte() async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(daemon.tcp)
            for message in [
                #"{"id":1,"method":"add","params":{"path":"a","value":[1,"ä"]}}"#, "", #"[{"id":2,"method":"echo"}]"#,
            ] {
                for byte in RawPeer.framed(message) { try peer.write([byte]) }
            }
            let answers = [try peer.hear(), try peer.hear()]
            #expect(answers == [#"{"id":1,"result":true}"#, #"{"id":2,"result":true}"#])
        }
    }

    @Test("random bytes end their own connection at most", arguments: 1...20)
    func garbage(seed: UInt64) async throws {
        try await withWitness { daemon in
            var random = SeededGenerator(seed: seed)
            let peer = try RawPeer(daemon.unix)
            // Half of them in good frames, so that the scanner is reached, too.
            for _ in 0..<20 {
                let bytes = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
                if seed.isMultiple(of: 2) {
                    try? peer.write(bytes)
                } else {
                    try? peer.write([0, 0, 0, UInt8(bytes.count)] + bytes)
                }
            }
            peer.endWriting()
            try peer.hearEnd()
        }
    }

    private static func tooLong(_ limit: Int) -> String {
        #"{"error":{"code":-32010,"message":"Limit exceeded","data":{"limit":"messageSize","max":\#(limit)}}}"#
    }

    /// An echo request of so many bytes.
    private static func echo(length: Int) -> String {
        let (head, tail) = (#"{"id":1,"method":"echo","params":[""#, #""]}"#)
        return head + String(repeating: "a", count: length - head.utf8.count - tail.utf8.count) + tail
    }
}

extension RawPeer {
    /// Asks, and reads `count` messages like `earlier` before the response.
    fileprivate func ask(_ message: String, after count: Int, of earlier: String) throws -> String {
        try say(message)
        for _ in 0..<count {
            let heard = try hear()
            #expect(heard == earlier)
        }
        return try hear()
    }
}
