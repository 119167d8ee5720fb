import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// Damaged messages, thrown at the bus: it never traps, what it says stays well-formed, and when all are gone nothing
/// is left behind.
@Suite("Fuzz")
struct FuzzTests {
    /// Messages of every kind, with what is tricky about each.
    private static let corpus: [String] = [
        #"{"id":1,"method":"add","params":{"path":"a","value":1.50}}"#,
        #"{"id":"x","method":"add","params":{"path":"a\u0000\u0041\ud83d\ude00","fetchOnly":true,"timeout":0.5}}"#,
        #"{"method":"add","params":{"path":"b","value":{"a":[1,{"b":null}]},"meta":{"unit":"°C"}}}"#,
        #"{"id":2,"method":"add","params":{"path":"c","access":{"fetchGroups":["x"],"setGroups":[],"callGroups":["y"]}}}"#,
        #"{"id":3,"method":"remove","params":{"path":"a"}}"#, #"{"method":"remove","params":{"path":"b"}}"#,
        #"{"id":-0.1e+3,"method":"change","params":{"path":"a","value":"\"\\\/\b"}}"#,
        #"{"method":"change","params":{"value":[],"path":"b"}}"#,
        #"{"id":4,"method":"set","params":{"path":"a","value":false,"timeout":1,"valueAsResult":true}}"#,
        #"{"method":"set","params":{"path":"b","value":null}}"#,
        #"{"id":5,"method":"call","params":{"path":"c","args":[1,2]}}"#,
        #"{"id":"5","method":"call","params":{"path":"a","args":{"x":1e400},"timeout":1e308}}"#,
        #"{"id":6,"method":"fetch","params":{"id":"f","path":{"startsWith":"a","caseInsensitive":true}}}"#,
        #"{"id":7,"method":"fetch","params":{"id":1,"path":{"equalsOneOf":["a","b"],"containsNot":"x"}}}"#,
        #"{"method":"fetch","params":{"id":1.0}}"#, #"{"id":8,"method":"unfetch","params":{"id":"f"}}"#,
        #"{"id":20,"method":"fetch","params":{"id":"v","value":{"lessThan":2.5,"equalsNot":null,"isType":"number"}}}"#,
        #"{"id":21,"method":"fetch","params":{"id":"w","valueField":{"a[1].b":{"hasOneOf":[null]},"n":{"greaterThan":"a"}}}}"#,
        #"{"id":22,"method":"fetch","params":{"id":"s","sort":{"byValue":"number","descending":true,"from":1,"to":3}}}"#,
        #"{"id":23,"method":"get","params":{"sort":{"byValueField":{"a[0]":"number"},"from":2,"to":1e15}}}"#,
        #"{"method":"change","params":{"path":"b","value":{"a":[3,{"b":[null]}],"n":"b"}}}"#,
        #"{"method":"unfetch","params":{"id":1}}"#, #"{"id":9,"method":"get","params":{"path":{"contains":""}}}"#,
        #"{"id":10,"method":"config","params":{"name":"n","debug":false,"encoding":"json"}}"#,
        #"{"id":11,"method":"info"}"#, #"{"id":12,"method":"echo","params":[[[[[[[[1]]]]]]]]}"#,
        #"{"id":13,"method":"authenticate","params":{"user":"u","password":"p"}}"#,
        #"{"id":14,"method":"passwd","params":{"user":"u","password":"p"}}"#,
        #"{"id":"16777216","result":true}"#, #"{"id":"16777217","error":{"code":1,"message":"no"}}"#,
        #"{"id":"33554432","result":{"a":1}}"#, #"{"jsonrpc":"2.0","id":15,"method":"nonsense"}"#, "[]", "{}", "null",
        #"[{"id":16,"method":"echo"},{"method":"change","params":{"path":"a","value":2}},7,[],{"id":"16777218","result":1}]"#,
        #"[{"id":17,"method":"add","params":{"path":"a","value":1}},{"id":18,"method":"remove","params":{"path":"a"}}]"#,
    ]

    /// Pieces that are put where they do not belong.
    private static let pieces: [String] = [
        "null", "true", "-1", "1e999", "18446744073709551616", "\"\"", "{}", "[]", "\"path\"", "\"id\":", "\\u0000",
        "\\ud800", "\"__proto__\"", ",", ":", "}", "]", "{", "[", "\"", "\\", "\u{0}", "é", "😀", "\"timeout\":-1,",
        "\"method\":\"fetch\",", String(repeating: "[", count: 130),
    ]

    private static func damaged(_ random: inout SeededGenerator) -> [UInt8] {
        var text = Array((corpus.randomElement(using: &random) ?? "").utf8)
        // Some pass unharmed, so that there is something to be damaged.
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let start = Int.random(in: 0...text.count, using: &random)
            let end = min(start + Int.random(in: 0...12, using: &random), text.count)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where start < text.count: text[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where start < text.count: text[start] = UInt8.random(in: .min ... .max, using: &random)
            case 2: text.removeSubrange(start..<end)
            case 3: text.insert(contentsOf: text[start..<end], at: start)
            case 4: text.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: start)
            case 5: text.replaceSubrange(start..<end, with: (pieces.randomElement(using: &random) ?? "").utf8)
            case 6:
                let other = Array((corpus.randomElement(using: &random) ?? "").utf8)
                text.replaceSubrange(start..., with: other[min(start, other.count)...])
            default: text.removeSubrange(start...)
            }
        }
        return text
    }

    /// What is wrong with the shape of something that the bus has said; `nil` if nothing is.
    private static func fault(of message: JSON) -> String? {
        guard let object = message.object else { return "is no object" }
        let names = Set(object.map(\.name))
        if let method = object["method"] {
            guard names.isSubset(of: ["id", "method", "params"]) else { return "has strange members" }
            if object["id"] != nil {
                return object["id"]?.string == nil ? "is routed under an id that is no string" : nil
            }
            switch method {
            case .string, .number: return object["params"] == nil ? "has no params" : nil
            default: return "has a method of a wrong type"
            }
        }
        guard names.isSubset(of: ["id", "result", "error"]) else { return "has strange members" }
        guard names.contains("result") != names.contains("error") else { return "is no response" }
        switch object["id"] {
        case .string, .number: return nil
        case nil:
            let isError = object["error"]?["code"]?.int != nil && object["error"]?["message"]?.string != nil
            return isError ? nil : "is no error and has no id"
        default: return "has an id of a wrong type"
        }
    }

    @Test("damaged messages trap nothing, and each answer is well-formed", arguments: TestEnvironment.seeds([1, 2, 3]))
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bus = TestBus {
            $0.seed = seed
            $0.outboxLimit = 1500
            $0.snapshotChunk = 300
            $0.pendingRequestLimit = 20
        }
        var peers: [TestPeer] = []
        for step in 0..<TestEnvironment.steps(20_000) {
            while peers.count < 4 {
                peers.append(
                    bus.connect(
                        groups: step % 2 == 0 ? Groups(fetch: ["x"], set: ["x"], call: ["y"]) : Groups(),
                        permission: step % 7 == 0 ? .read : .all))
                peers.last?.isReading = Int.random(in: 0..<3, using: &random) > 0
            }
            let index = Int.random(in: 0..<peers.count, using: &random)
            peers[index].send(bytes: Self.damaged(&random))
            if Int.random(in: 0..<50, using: &random) == 0 { bus.pass(seconds: 0.5) }
            for peer in peers {
                if Int.random(in: 0..<20, using: &random) == 0 { peer.read() }
                for message in peer.received() {
                    if let fault = Self.fault(of: message) {
                        Issue.record("seed \(seed), step \(step): \(message) \(fault)")
                    }
                }
            }
            // Closed for too many errors, or for asking too much; or it just goes.
            if peers[index].isClosing || Int.random(in: 0..<500, using: &random) == 0 {
                peers.remove(at: index).disconnect()
            }
        }
        for peer in peers { peer.disconnect() }
        bus.pass(seconds: 32_000_000)
        let statistics = bus.statistics
        #expect(
            [statistics.peers, statistics.elements, statistics.fetchers, statistics.pendingRequests] == [0, 0, 0, 0])
        #expect((bus.bus.fetchers.liveInterests, bus.bus.fetchers.deadInterests) == (0, 0))
        #expect(statistics.notifications > 1000)
    }
}
