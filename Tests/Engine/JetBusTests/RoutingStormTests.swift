import JSONText
import JetBus
import TestSupport
import Testing

/// Thousands of requests at once, all under one id, and answers of every kind: jet-protocol(7) §3.
@Suite("jet-protocol(7) §3: thousands of requests under one id")
struct RoutingStormTests {
    @Test(
        "each caller gets the owner's answer to each of its requests, once, whoever else answers what",
        arguments: [(#""same""#, 1), ("7", 2), (#""16777216""#, 3), ("-0.0e1", 4)] as [(String, UInt64)])
    func storm(id: String, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bus = TestBus()
        let (owner, stranger) = (bus.connect(), bus.connect())
        owner.ask("add", ["path": "m"])
        let callers = (0..<3).map { _ in bus.connect() }
        var expected = [[String]](repeating: [], count: callers.count)
        var dropped: UInt64 = 0
        var earlier: [JSON] = []
        for round in 0..<4 {
            for number in 0..<1500 {
                let caller = number % callers.count
                callers[caller].send(
                    #"{"id":\#(id),"method":"call","params":{"path":"m","args":[\#(caller),\#(number)]}}"#)
            }
            #expect(bus.statistics.pendingRequests == 1500)
            let routed = owner.received().shuffled(using: &random)
            #expect(Set(routed.compactMap { $0["id"] }).count == 1500)
            for request in routed {
                // Answers of those who were not asked, unknown ones, and ones to requests that are long over.
                if Bool.random(using: &random) {
                    stranger.answer(request, ["result": "foreign"])
                    callers[0].answer(request, ["error": ["code": 1]])
                    owner.answer(["id": .string("\(random.next())")], ["result": "unknown"])
                    owner.answer(["id": .string("9\(request["id"]?.string ?? "")")], ["result": "unknown"])
                    if let old = earlier.randomElement(using: &random) { owner.answer(old, ["result": "late"]) }
                    dropped += earlier.isEmpty ? 4 : 5
                }
                let caller = request["params"]?[0]?.int ?? 0
                let answer = request["params"]?[1] ?? nil
                owner.answer(request, ["result": answer])
                owner.answer(request, ["result": "repeated"])
                dropped += 1
                // The id comes back byte for byte.
                expected[caller].append(#"{"id":\#(id),"result":\#(answer)}"#)
            }
            earlier = routed
            #expect(bus.statistics.pendingRequests == 0, "round \(round)")
        }
        for (caller, texts) in zip(callers, expected) { #expect(caller.receivedTexts() == texts) }
        #expect(owner.received() == [])
        #expect(stranger.received() == [])
        #expect(bus.statistics.droppedAnswers == dropped)
    }

    @Test("those that nobody answers expire one by one, each with its own params; the others are not concerned")
    func expiry() {
        let bus = TestBus()
        let (owner, caller) = (bus.connect(), bus.connect())
        owner.ask("add", ["path": "m"])
        for number in 0..<2000 {
            let params: JSON = ["path": "m", "args": [.number(number)], "timeout": .number(number % 2 == 0 ? 1 : 3)]
            caller.send(["id": "x", "method": "call", "params": params])
        }
        let routed = owner.received()
        bus.pass(seconds: 1)
        let expired = caller.received()
        #expect(expired.allSatisfy { $0["id"] == "x" && $0["error"]?["code"] == -32001 })
        let numbers = expired.compactMap { $0["error"]?["data"]?["args"]?[0]?.int }
        #expect(numbers.sorted() == Array(stride(from: 0, to: 2000, by: 2)))
        for request in routed { owner.answer(request, ["result": request["params"] ?? nil]) }
        #expect(caller.received() == stride(from: 1, to: 2000, by: 2).map { ["id": "x", "result": [.number($0)]] })
        #expect(bus.statistics.droppedAnswers == 1000)
    }
}
