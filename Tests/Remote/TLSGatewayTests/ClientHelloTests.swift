import TestSupport
import Testing

@testable import TLSGateway

/// The reader of what a TLS client begins with.
@Suite("ClientHello", .timeLimit(.minutes(2)))
struct ClientHelloTests {
    private typealias Problem = ClientHello.Problem

    @Test func `It names the protocols and the server that a client asks for`() throws {
        let bytes = HelloBuilder.usual(protocols: ["jet-key", "http/1.1"], serverName: "shed.local").records()
        let expected = ClientHello(protocols: ["jet-key", "http/1.1"], serverName: "shed.local")
        #expect(try ClientHello.read(bytes) == .complete(expected))
        #expect(try ClientHello.read(HelloBuilder.usual().records()) == .complete(ClientHello()))
        var builder = HelloBuilder()
        builder.hasExtensions = false
        #expect(try ClientHello.read(builder.records()) == .complete(ClientHello()))
    }

    @Test func `It can be divided between reads at each byte`() throws {
        let bytes = HelloBuilder.usual(protocols: ["jet-key", "jet"], serverName: "shed").records(of: 50)
        let whole = try ClientHello.read(bytes)
        for count in 0..<bytes.count {
            guard case .incomplete(let needed) = try ClientHello.read(Array(bytes[..<count])) else {
                Issue.record("complete after \(count) bytes")
                continue
            }
            #expect(needed > count && needed <= bytes.count)
        }
        #expect(try ClientHello.read(bytes + [1, 2, 3]) == whole)
    }

    @Test(arguments: 1...60)
    func `It can be divided between records of each size`(size: Int) throws {
        let builder = HelloBuilder.usual(protocols: ["jet-key"], serverName: "shed")
        #expect(
            try ClientHello.read(builder.records(of: size))
                == .complete(ClientHello(protocols: ["jet-key"], serverName: "shed")))
    }

    @Test func `What is no TLS is refused at its first bytes`() {
        for text in ["GET / HTTP/1.1\r\n", "\0\0\0\u{2}{}", "\u{16}\u{2}"] {
            #expect(throws: Problem.noHandshake) { try ClientHello.read(Array(text.utf8)) }
        }
        #expect(throws: Problem.noClientHello) { try ClientHello.read([22, 3, 1, 0, 100, 2]) }
        #expect(throws: Problem.noClientHello) { try ClientHello.read(HelloBuilder.records([2, 0, 0, 1, 0])) }
    }

    @Test func `A giant one is refused before it has arrived`() {
        // By the size of its records, by its own, and by those together.
        #expect(throws: Problem.malformed) { try ClientHello.read([22, 3, 1, 0x40, 1]) }
        #expect(throws: Problem.tooLong) { try ClientHello.read([22, 3, 1, 0, 5, 1, 0xFF, 0xFF, 0xFF, 0]) }
        var builder = HelloBuilder.usual()
        builder.extensions.append((21, Array(repeating: 0, count: 17 << 10)))
        #expect(throws: Problem.tooLong) { try ClientHello.read(builder.records(of: 4096)) }
        // A record of 4 bytes needs 9: the records alone are too long.
        builder.extensions[2].content = Array(repeating: 0, count: 9000)
        #expect(throws: Problem.tooLong) { try ClientHello.read(builder.records(of: 4)) }
    }

    @Test func `What does not have exactly the form is refused`() throws {
        let name = HelloBuilder.vector
        var wrong: [[(type: Int, content: [UInt8])]] = [
            // Twice the same, an empty list, an empty protocol, a length beyond the end, bytes behind the list.
            [(16, [0, 2, 1, 65]), (16, [0, 2, 1, 65])], [(16, [0, 0])], [(16, [0, 1, 0])], [(16, [0, 3, 1, 65])],
            [(16, [0, 2, 1, 65, 0])], [(16, [])],
            // An unknown type of name, an empty name, two names, characters that no name has.
            [(0, name(2, [1] + name(2, [65])))], [(0, name(2, [0] + name(2, [])))],
            [(0, name(2, [0] + name(2, [65]) + [0] + name(2, [66])))], [(0, name(2, [0] + name(2, [0])))],
        ]
        wrong.append([(0, name(2, [0] + name(2, Array(repeating: 65, count: 256))))])
        for extensions in wrong {
            var builder = HelloBuilder()
            builder.extensions = extensions
            #expect(throws: Problem.malformed, "\(extensions)") { try ClientHello.read(builder.records()) }
        }
        var builder = HelloBuilder()
        builder.suites = [1]
        #expect(throws: Problem.malformed) { try ClientHello.read(builder.records()) }
        builder = HelloBuilder()
        builder.sessionID = Array(repeating: 1, count: 33)
        #expect(throws: Problem.malformed) { try ClientHello.read(builder.records()) }
        // Another message in the record, and an empty record.
        let message = HelloBuilder().message
        #expect(throws: Problem.malformed) { try ClientHello.read(HelloBuilder.records(message + [0])) }
        #expect(throws: Problem.malformed) { try ClientHello.read([22, 3, 1, 0, 0]) }
    }

    @Test(arguments: TestEnvironment.seeds([1, 2, 3, 4]))
    func `Damaged ones are refused or read, and never anything else`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let original = HelloBuilder.usual(protocols: ["jet-key", "http/1.1"], serverName: "shed.local")
        for _ in 0..<TestEnvironment.steps(3000) {
            var bytes = original.records(of: .random(in: 1...300, using: &random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes.removeSubrange(place..<min(place + 3, bytes.count - 1))
                default: bytes.insert(.random(in: 0...255, using: &random), at: place)
                }
            }
            // Whatever they are: with more bytes, what was refused stays refused, and what was complete stays the same.
            var last: Result<ClientHello.Progress, Problem>?
            for count in stride(from: 0, through: bytes.count, by: Int.random(in: 1...40, using: &random)) {
                let result = Result { () throws(Problem) in try ClientHello.read(Array(bytes[..<count])) }
                switch (last, result) {
                case (.failure, .success): Issue.record("accepted after it was refused: \(bytes)")
                case (.success(.complete(let before)), _): #expect(result == .success(.complete(before)))
                case (_, .success(.incomplete(let needed))): #expect(needed > count && needed <= ClientHello.longest)
                default: break
                }
                last = result
            }
        }
    }
}
