import JSONText
import JetProtocol
import TestSupport
import Testing

/// However a message is written, its parts are those that a tree of it has: the quick ways of reading what is written as
/// usual have the outcome of the general one.
@Suite("Random messages")
struct MessageRandomTests {
    /// Names of members, those that are looked for and those that look alike.
    private static let names = [
        "id", "method", "params", "result", "error", "jsonrpc", "ids", "Method", "methods", "param", "id\"", "", "path",
    ]
    private static let paramNames = [
        "path", "value", "fetchOnly", "timeout", "valueAsResult", "paths", "valu", "é", "",
    ]

    /// What a reader makes of a text: the parts as texts, or why it refuses.
    private struct Reading: Equatable {
        var parts: [String: String] = [:]
        var params: [String: String] = [:]
        var length = 0
    }

    // MARK: Writing

    /// A message as somebody might write it: plainly or with white space and escapes, with members in any order and
    /// some of them twice.
    private static func message(using generator: inout ValueGenerator) -> [UInt8] {
        let isPlain = Bool.random(using: &generator.random)
        var usual = ["id", "method", "params"].filter { _ in Int.random(in: 0..<4, using: &generator.random) > 0 }
        usual.shuffle(using: &generator.random)
        for _ in 0..<Int.random(in: 0...2, using: &generator.random) {
            usual.append(names.randomElement(using: &generator.random) ?? "")
        }
        return object(usual, isPlain, using: &generator) { name, generator in
            switch Int.random(in: 0..<6, using: &generator.random) {
            case 0: text(generator.value(depth: 2), isPlain, &generator)
            case 1...4 where name == "params": params(isPlain, &generator)
            default:
                text(
                    .string(["add", "change", "a\"b", "é"][Int.random(in: 0..<4, using: &generator.random)]), isPlain,
                    &generator)
            }
        }
    }

    private static func params(_ isPlain: Bool, _ generator: inout ValueGenerator) -> [UInt8] {
        let names = (0..<Int.random(in: 0...4, using: &generator.random)).map { _ in
            paramNames.randomElement(using: &generator.random) ?? ""
        }
        return object(names, isPlain, using: &generator) { _, generator in
            text(generator.value(depth: 2), isPlain, &generator)
        }
    }

    private static func text(_ value: JSON, _ isPlain: Bool, _ generator: inout ValueGenerator) -> [UInt8] {
        isPlain ? value.text : generator.freely(value)
    }

    private static func object(
        _ names: [String], _ isPlain: Bool, using generator: inout ValueGenerator,
        _ value: (String, inout ValueGenerator) -> [UInt8]
    ) -> [UInt8] {
        var members: [[UInt8]] = []
        for name in names {
            members.append(text(.string(name), isPlain, &generator) + ":".utf8 + value(name, &generator))
        }
        return "{".utf8 + Array(members.joined(separator: ",".utf8)) + "}".utf8
    }

    // MARK: Reading

    private static func read(_ text: [UInt8]) -> Result<Reading, JSONError> {
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        var reading = Reading()
        func value(_ range: ByteRange?) -> String? {
            range.flatMap { try? JSON(parsing: $0.of(bytes)) }?.description
        }
        do throws(JSONError) {
            guard let message = try scanner.message(params: &members) else {
                try scanner.end()
                return .success(reading)
            }
            try scanner.end()
            reading.length = message.whole.end - message.whole.start
            reading.parts["id"] = value(message.id)
            reading.parts["method"] =
                message.method.map { JSON.string($0.string(in: bytes)).description } ?? value(message.otherMethod)
            reading.parts["params"] = value(message.params)
            reading.parts["result"] = value(message.result)
            reading.parts["error"] = value(message.error)
        } catch {
            return .failure(error)
        }
        reading.params["path"] = value(members.value("path", in: bytes))
        reading.params["value"] = value(members.value("value", in: bytes))
        reading.params["fetchOnly"] = value(members.value("fetchOnly", in: bytes))
        reading.params["timeout"] = value(members.value("timeout", in: bytes))
        reading.params["valueAsResult"] = value(members.value("valueAsResult", in: bytes))
        reading.params["é"] = value(members.value("é", in: bytes))
        reading.params[""] = value(members.value("", in: bytes))
        return .success(reading)
    }

    /// The same from a tree.
    private static func readTree(_ text: [UInt8]) -> Result<Reading, JSONError> {
        do throws(JSONError) {
            let tree = try JSON(parsing: text)
            var reading = Reading()
            guard tree.object != nil else { return .success(reading) }
            reading.length = text.count
            for name in ["id", "method", "params", "result", "error"] {
                reading.parts[name] = tree[name]?.description
            }
            for name in ["path", "value", "fetchOnly", "timeout", "valueAsResult", "é", ""] {
                reading.params[name] = tree["params"]?[name]?.description
            }
            return .success(reading)
        } catch {
            return .failure(error)
        }
    }

    // MARK: Tests

    @Test("the parts are those of the tree", arguments: TestEnvironment.seeds([1, 2, 3, 4]))
    func parts(seed: UInt64) {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<2000 {
            let text = Self.message(using: &generator)
            #expect(Self.read(text) == Self.readTree(text), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("cut anywhere, a message is refused as any text is, at the same place", arguments: [5, 6] as [UInt64])
    func truncated(seed: UInt64) {
        var generator = ValueGenerator(seed: seed)
        for _ in 0..<60 {
            let text = Self.message(using: &generator)
            for length in 0..<text.count {
                let cut = Array(text[..<length])
                let (reading, tree) = (Self.read(cut), Self.readTree(cut))
                #expect(reading == tree, "\(String(decoding: cut, as: UTF8.self))")
            }
        }
    }

    @Test("with a byte changed, a message is read or refused as any text is", arguments: [7, 8] as [UInt64])
    func damaged(seed: UInt64) {
        var generator = ValueGenerator(seed: seed)
        let bytes = Array("\"\\{}[]:, \n0-ae\0\u{7F}".utf8) + [0xC3, 0xFF]
        for _ in 0..<4000 {
            var text = Self.message(using: &generator)
            let place = Int.random(in: 0..<text.count, using: &generator.random)
            text[place] = bytes.randomElement(using: &generator.random) ?? 0
            #expect(Self.read(text) == Self.readTree(text), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test(
        "names and colons that begin like the usual ones are read for what they are",
        arguments: [
            #"{"params":{"path":"a","path":1}}"#, #"{"params":{"path":1,"path":"a"}}"#,
            #"{"params":{"path":"a"},"params":[]}"#, #"{"params":[],"params":{"value":1}}"#,
            #"{"params":{"value":1},"params":{"path":"b"}}"#, #"{"method":1,"method":"a"}"#,
            #"{"method":"a","method":1}"#, #"{"id":1,"id" :"x"}"#, #"{"id":}"#, #"{"id": }"#, #"{"id":1"#,
            #"{"id":1,}"#, #"{"params":{"value":}}"#, #"{"params":{"value":1,}}"#, #"{"params":{"path":"}}"#,
            #"{"params":{"path":"a""value":1}}"#, #"{"params"x{}}"#, #"{"method""a"}"#, #"{"method":"a"x}"#,
            #"{"p\u0061rams":{"p\u0061th":"x","valu\u0065":2}}"#, #"{"\u0069d":7,"\u006dethod":"m"}"#,
            #"{"params":{"path":"\u0000"},"id":"\ud800"}"#, #"{"params":{"path":"\ud83d\ude00"}}"#, "{}", "{} ", "{ }",
            #"{"params":{}}"#, #"{"params":{ }}"#, #"{"params":{"value":{"path":"x","value":1},"path":"y"}}"#,
        ])
    func lookAlikes(text: String) {
        let bytes = Array(text.utf8)
        guard case .success(var expected) = Self.readTree(bytes) else {
            #expect(Self.read(bytes) == Self.readTree(bytes))
            return
        }
        // White space behind the message is no part of it.
        if text.hasSuffix(" ") { expected.length -= 1 }
        #expect(Self.read(bytes) == .success(expected))
    }

    @Test(
        "128 levels are read, the message's own included, the 129th is refused", arguments: ["value", "other", "path"])
    func depth(name: String) {
        for levels in [1, 61, 62, 63, 64, 65, 66, 125, 126, 127, 128] {
            let nested = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            for (text, room) in [
                (#"{"params":{"\#(name)":\#(nested)}}"#, 126), (#"{"params" :{"\#(name)" :\#(nested)}}"#, 126),
                (#"{"params":\#(nested)}"#, 127), (#"{"id":\#(nested)}"#, 127), (#"{"\#(name)":\#(nested)}"#, 127),
            ] {
                let reading = Self.read(Array(text.utf8))
                #expect(reading == Self.readTree(Array(text.utf8)), "\(levels)")
                let isRead = (try? reading.get()) != nil
                #expect(isRead == (levels <= room), "\(levels)")
            }
        }
    }
}
