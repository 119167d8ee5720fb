import JSONText
import JetBus
import Testing

/// jet-protocol(7) §3, and the rows `set` and `call` of 2.
@Suite("jet-protocol(7) §3: routing of set and call")
struct RoutingTests {
    let bus = TestBus()
    let owner: TestPeer
    let caller: TestPeer

    init() {
        owner = bus.connect()
        caller = bus.connect()
        owner.ask("add", ["path": "s", "value": 1])
        owner.ask("add", ["path": "m"])
    }

    // MARK: What the owner gets

    @Test("the owner gets id (a string), method (the path) and params; nothing else")
    func routed() throws {
        caller.ask("set", ["path": "s", "value": 2])
        let routed = try #require(owner.takeRouted())
        #expect(routed["id"]?.string?.isEmpty == false)
        #expect(routed.without("id") == ["method": "s", "params": ["value": 2]])
    }

    @Test("set: value, and valueAsResult if it was given", arguments: [true, false, 1] as [JSON])
    func valueAsResult(flag: JSON) {
        caller.notify("set", ["path": "s", "value": [1], "valueAsResult": flag, "timeout": 3])
        #expect(owner.received() == [["method": "s", "params": ["value": [1], "valueAsResult": flag]]])
        caller.notify("set", ["path": "s", "value": nil])
        #expect(owner.received() == [["method": "s", "params": ["value": nil]]])
    }

    @Test(
        "call: args as they are (array or object), {} when absent",
        arguments: ["[1.50, 2]", "[]", #"{ "a" : "\u0041" }"#, "{}"])
    func arguments(args: String) {
        caller.send(#"{"method":"call","params":{"path":"m","args":\#(args)}}"#)
        #expect(owner.receivedTexts() == [#"{"method":"m","params":\#(args)}"#])
        caller.send(#"{"method":"call","params":{"path":"m"}}"#)
        #expect(owner.receivedTexts() == [#"{"method":"m","params":{}}"#])
    }

    @Test("call: args of another type are refused", arguments: [1, "a", true] as [JSON])
    func wrongArguments(args: JSON) {
        let params: JSON = ["path": "m", "args": args]
        #expect(caller.ask("call", params) == .refused(["wrongType": "args", "got": params]))
        #expect(owner.received() == [])
    }

    @Test("set: the value passes as it was written", arguments: ["1.50", #""\u0041\/""#, "{ \"b\":1 }", "null"])
    func verbatimSet(value: String) {
        caller.send(#"{"method":"set","params":{"path":"s","value":\#(value)}}"#)
        #expect(owner.receivedTexts() == [#"{"method":"s","params":{"value":\#(value)}}"#])
    }

    @Test("a notification is forwarded without id, and nobody waits for an answer")
    func notification() {
        caller.notify("set", ["path": "s", "value": 2])
        caller.notify("call", ["path": "m", "args": [1]])
        #expect(owner.received() == [["method": "s", "params": ["value": 2]], ["method": "m", "params": [1]]])
        #expect(bus.statistics.pendingRequests == 0)
        #expect(bus.bus.nextDeadline == nil)
    }

    @Test("a path that needs escapes is the method as it must be written")
    func escapedPath() {
        owner.send(#"{"method":"add","params":{"path":"a\u0000\u0022\u0041"}}"#)
        caller.send(#"{"method":"call","params":{"path":"a\u0000\"A"}}"#)
        #expect(owner.receivedTexts() == [#"{"method":"a\u0000\"A","params":{}}"#])
    }

    @Test("an owner may set and call what it owns: it gets the request and answers itself")
    func self_() {
        caller.ask("add", ["path": "own"])
        #expect(caller.ask("call", ["path": "own"]) == nil)
        let routed = caller.takeRouted()
        caller.answer(routed, ["result": 7])
        #expect(caller.received() == [["id": "ask 2", "result": 7]])
    }

    // MARK: What the caller gets

    @Test(
        "result (any value, false and null included) or error pass unchanged to the caller under its own id",
        arguments: [
            #""result":true"#, #""result":false"#, #""result":null"#, #""result":1.50"#, #""result":{ "a":"\u0041" }"#,
            #""error":{"code":1.0,"message":"\u006eo","more":[ ]}"#, #""error":"not even an object""#, #""error":null"#,
        ])
    func answers(member: String) throws {
        for id in ["1", #""\u0041""#, "-0.0"] {
            caller.send(#"{"id":\#(id),"method":"set","params":{"path":"s","value":2}}"#)
            let routed = try #require(owner.takeRouted()?["id"])
            owner.send(#"{"jsonrpc":"2.0","extra":[1],\#(member),"id":\#(routed)}"#)
            #expect(caller.receivedTexts() == [#"{"id":\#(id),\#(member)}"#])
        }
    }

    @Test("the owner is told nothing about its answer")
    func ownerHearsNothing() {
        caller.ask("call", ["path": "m"])
        owner.answer(owner.takeRouted(), .done)
        #expect(owner.received() == [])
    }

    @Test("answers may come in any order; each finds its request")
    func anyOrder() {
        for number in 0..<5 {
            caller.send(["id": .number(number), "method": "call", "params": ["path": "m", "args": [.number(number)]]])
        }
        let routed = owner.received()
        for request in routed.reversed() { owner.answer(request, ["result": request["params"] ?? nil]) }
        let expected: [JSON] = (0..<5).reversed().map { ["id": .number($0), "result": [.number($0)]] }
        #expect(caller.received() == expected)
    }

    @Test("routed ids never collide, whatever ids callers choose")
    func collidingIDs() {
        let callers = (0..<10).map { _ in bus.connect() }
        for (number, one) in callers.enumerated() {
            // All use the same id, twice, which looks like an id of the daemon.
            for round in 0..<2 {
                let args: JSON = [.number(number), .number(round)]
                one.send(["id": "16777216", "method": "call", "params": ["path": "m", "args": args]])
            }
        }
        let routed = owner.received()
        #expect(Set(routed.compactMap { $0["id"] }).count == 20)
        for request in routed { owner.answer(request, ["result": request["params"] ?? nil]) }
        for (number, one) in callers.enumerated() {
            #expect(one.received() == (0..<2).map { ["id": "16777216", "result": [.number(number), .number($0)]] })
        }
    }

    @Test("thousands of requests may wait for their answers, all under one id")
    func thousands() {
        for number in 0..<5000 {
            caller.send(["id": 1, "method": "call", "params": ["path": "m", "args": [.number(number)]]])
        }
        #expect(bus.statistics.pendingRequests == 5000)
        let routed = owner.received()
        #expect(Set(routed.compactMap { $0["id"] }).count == 5000)
        for request in routed { owner.answer(request, ["result": request["params"]?[0] ?? nil]) }
        #expect(caller.received() == (0..<5000).map { ["id": 1, "result": .number($0)] })
        #expect(bus.statistics.pendingRequests == 0)
    }

    @Test("a State's value changes only by its owner's change")
    func setChangesNothing() {
        caller.ask("set", ["path": "s", "value": 2])
        owner.answer(owner.takeRouted(), .done)
        #expect(caller.ask("get", ["path": ["equals": "s"]]) == .result([.entry("add", "s", 1)]))
    }

    // MARK: Answers that nobody waits for

    @Test(
        "unknown answers are dropped silently and counted",
        arguments: [
            #""1""#, #""16777216""#, #""99999999999999999999999999""#, #""-1""#, #""x""#, #""""#, "1", "16777216",
            #""1677721\u0036""#, #""18446744073709551615""#,
        ])
    func unknownAnswer(id: String) {
        owner.send(#"{"id":\#(id),"result":true}"#)
        owner.send(#"{"id":\#(id),"error":{}}"#)
        #expect(owner.received() == [])
        #expect(caller.received() == [])
        #expect(bus.statistics.droppedAnswers == 2)
    }

    @Test("an answer without id is dropped and counted")
    func noID() {
        owner.send(#"{"result":true}"#)
        owner.send(#"{"error":{"code":1}}"#)
        #expect(owner.received() == [])
        #expect(bus.statistics.droppedAnswers == 2)
    }

    @Test("repeated answers are dropped silently and counted")
    func repeated() {
        caller.ask("call", ["path": "m"])
        let routed = owner.takeRouted()
        for _ in 0..<3 { owner.answer(routed, .done) }
        #expect(caller.received().count == 1)
        #expect(owner.received() == [])
        #expect(bus.statistics.droppedAnswers == 2)
    }

    @Test("late answers are dropped silently and counted, and meet no other request")
    func late() {
        caller.ask("call", ["path": "m", "timeout": 1])
        let routed = owner.takeRouted()
        bus.pass(seconds: 1)
        _ = caller.received()
        // The next request may lie where the first one lay.
        caller.ask("call", ["path": "m"])
        owner.answer(routed, .done)
        #expect(caller.received() == [])
        #expect(bus.statistics.droppedAnswers == 1)
        #expect(bus.statistics.pendingRequests == 1)
    }

    @Test("answers by another peer than the owner asked are dropped, and the owner can still answer")
    func foreign() {
        caller.ask("call", ["path": "m"])
        let routed = owner.takeRouted()
        let stranger = bus.connect()
        stranger.answer(routed, ["result": "forged"])
        caller.answer(routed, ["result": "forged"])
        #expect(caller.received() == [])
        #expect(stranger.received() == [])
        #expect(bus.statistics.droppedAnswers == 2)
        owner.answer(routed, ["result": "true"])
        #expect(caller.received() == [["id": "ask 1", "result": "true"]])
    }

    @Test("an answer to a caller that is gone is dropped")
    func callerGone() {
        caller.ask("call", ["path": "m"])
        let routed = owner.takeRouted()
        caller.disconnect()
        let next = bus.connect()
        owner.answer(routed, .done)
        #expect(next.received() == [])
        #expect(owner.received() == [])
        #expect(bus.statistics.pendingRequests == 0)
    }

    // MARK: Refusals

    @Test("set, call: refused with pathNotExists")
    func pathNotExists() {
        #expect(caller.ask("set", ["path": "x", "value": 1]) == .refused(["pathNotExists": "x"]))
        #expect(caller.ask("call", ["path": "x"]) == .refused(["pathNotExists": "x"]))
    }

    @Test("set on a Method: notAState; call on a State: notAMethod")
    func wrongKind() {
        #expect(caller.ask("set", ["path": "m", "value": 1]) == .refused(["notAState": "m"]))
        #expect(caller.ask("call", ["path": "s"]) == .refused(["notAMethod": "s"]))
    }

    @Test("set, call: refused with fetchOnly, for the owner, too")
    func fetchOnly() {
        owner.ask("add", ["path": "fs", "value": 1, "fetchOnly": true])
        owner.ask("add", ["path": "fm", "fetchOnly": true])
        for peer in [caller, owner] {
            #expect(peer.ask("set", ["path": "fs", "value": 1]) == .refused(["fetchOnly": "fs"]))
            #expect(peer.ask("call", ["path": "fm"]) == .refused(["fetchOnly": "fm"]))
        }
        #expect(owner.received() == [])
    }

    @Test("set without value, set and call without path, and params of wrong types are refused")
    func wrongParams() {
        #expect(caller.ask("set", ["path": "s"]) == .refused(["missingParam": "value", "got": ["path": "s"]]))
        #expect(caller.ask("set", ["value": 1]) == .refused(["missingParam": "path", "got": ["value": 1]]))
        #expect(caller.ask("call") == .refused(["missingParam": "path", "got": nil]))
        #expect(caller.ask("call", [1]) == .refused(["wrongType": "params", "got": [1]]))
        let params: JSON = ["path": "m", "timeout": "1"]
        #expect(caller.ask("call", params) == .refused(["wrongType": "timeout", "got": params]))
        #expect(owner.received() == [])
    }
}
