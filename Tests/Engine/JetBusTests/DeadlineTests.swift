import JSONText
import JetBus
import Testing

/// jet-protocol(7) §3: "Timeout: the request's, else the element's, else 5 s. On expiry: -32001", and what happens when the
/// owner or the element goes first.
@Suite("jet-protocol(7) §3: deadlines and owners that go")
struct DeadlineTests {
    let bus = TestBus()
    let owner: TestPeer
    let caller: TestPeer

    init() {
        owner = bus.connect()
        caller = bus.connect()
        owner.ask("add", ["path": "m"])
        owner.ask("add", ["path": "slow", "value": 1, "timeout": 60])
    }

    private func timeout(of params: JSON) -> JSON { .error(-32001, "Response Timeout", params) }

    @Test("timeout: 5 s when nobody says otherwise; the error carries the request's params")
    func byDefault() {
        caller.send(["id": 1, "method": "call", "params": ["path": "m", "args": [1]]])
        bus.pass(seconds: 4.999)
        #expect(caller.received() == [])
        bus.pass(seconds: 0.001)
        #expect(caller.answer(to: 1) == timeout(of: ["path": "m", "args": [1]]))
    }

    @Test("timeout: the element's, if the request has none")
    func ofElement() {
        caller.send(["id": 1, "method": "set", "params": ["path": "slow", "value": 2]])
        bus.pass(seconds: 59.9)
        #expect(caller.received() == [])
        bus.pass(seconds: 0.1)
        #expect(caller.answer(to: 1) == timeout(of: ["path": "slow", "value": 2]))
    }

    @Test("timeout: the request's comes first")
    func ofRequest() {
        caller.send(["id": 1, "method": "set", "params": ["path": "slow", "value": 2, "timeout": 0.25]])
        bus.pass(seconds: 0.24)
        #expect(caller.received() == [])
        bus.pass(seconds: 0.01)
        #expect(caller.answer(to: 1) == timeout(of: ["path": "slow", "value": 2, "timeout": 0.25]))
        caller.send(["id": 2, "method": "call", "params": ["path": "m", "timeout": 1e2]])
        bus.pass(seconds: 99)
        #expect(caller.received() == [])
        bus.pass(seconds: 1)
        #expect(caller.answer(to: 2)?["error"]?["code"] == -32001)
    }

    @Test("timeout: the params of the error are as they were written")
    func verbatim() {
        caller.send(#"{"id":1,"method":"call","params":{ "path":"\u006d", "timeout":1.0 }}"#)
        bus.pass(seconds: 1)
        #expect(
            caller.receivedTexts() == [
                #"{"id":1,"error":{"code":-32001,"message":"Response Timeout","data":{ "path":"\u006d", "timeout":1.0 }}}"#
            ])
    }

    @Test("a timeout of 0 is over at once, one beyond all bounds is never")
    func extremes() {
        caller.send(["id": 1, "method": "call", "params": ["path": "m", "timeout": 0]])
        bus.pass(seconds: 0)
        #expect(caller.answer(to: 1)?["error"]?["code"] == -32001)
        caller.send(#"{"id":2,"method":"call","params":{"path":"m","timeout":1e999}}"#)
        caller.send(#"{"id":3,"method":"call","params":{"path":"m","timeout":1e15}}"#)
        bus.pass(seconds: 300 * 24 * 3600)
        #expect(caller.received() == [])
    }

    @Test("the next deadline is the earliest of those that wait")
    func nextDeadline() {
        #expect(bus.bus.nextDeadline == nil)
        let start = bus.now
        for (id, seconds) in [(1, 3.0), (2, 1.0), (3, 2.0)] {
            caller.send(["id": .number(id), "method": "call", "params": ["path": "m", "timeout": .number(seconds)]])
        }
        let routed = owner.received()
        #expect(bus.bus.nextDeadline == start + 1_000_000_000)
        owner.answer(routed[1], .done)
        #expect(bus.bus.nextDeadline == start + 2_000_000_000)
        bus.pass(seconds: 2)
        #expect(bus.bus.nextDeadline == start + 3_000_000_000)
        owner.answer(routed[0], .done)
        #expect(bus.bus.nextDeadline == nil)
        #expect(caller.received().map { $0["id"]?.int } == [2, 3, 1])
    }

    @Test("many deadlines are met in their order, whichever were answered in between")
    func manyDeadlines() {
        // 101 and 1000 have no common divisor, so that each timeout comes once.
        let order = (0..<1000).map { $0 * 101 % 1000 }
        for number in order {
            caller.send(
                ["id": .number(number), "method": "call", "params": ["path": "m", "timeout": .number(number + 1)]])
        }
        for (request, number) in zip(owner.received(), order) where number % 3 == 0 { owner.answer(request, .done) }
        _ = caller.received()
        for _ in 0...1000 { bus.pass(seconds: 1) }
        #expect(caller.received().map { $0["id"]?.int } == (0..<1000).filter { $0 % 3 != 0 })
        #expect(bus.statistics.pendingRequests == 0)
    }

    @Test("if the owner's connection ends first: at once -32002 with ownerGone")
    func ownerGone() {
        caller.send(["id": 1, "method": "call", "params": ["path": "m"]])
        caller.send(["id": 2, "method": "set", "params": ["path": "slow", "value": 2]])
        owner.disconnect()
        #expect(caller.answer(to: 1) == .error(-32002, "Connection closed", ["ownerGone": "m"]))
        #expect(caller.answer(to: 2) == .error(-32002, "Connection closed", ["ownerGone": "slow"]))
        #expect(bus.statistics.pendingRequests == 0)
        bus.pass(seconds: 100)
        #expect(caller.received() == [])
    }

    @Test("an owner that only removes the element may still answer what is pending: a method may remove itself")
    func removedElement() {
        caller.send(["id": 1, "method": "call", "params": ["path": "m"]])
        let routed = owner.takeRouted()
        owner.ask("remove", ["path": "m"])
        #expect(caller.received() == [])
        owner.answer(routed, ["result": "removed"])
        #expect(caller.received() == [["id": 1, "result": "removed"]])
    }

    @Test("what is pending on a removed element still has its deadline, and its owner's end")
    func removedElementDeadline() {
        caller.send(["id": 1, "method": "call", "params": ["path": "m"]])
        caller.send(["id": 2, "method": "set", "params": ["path": "slow", "value": 2]])
        owner.ask("remove", ["path": "m"])
        owner.ask("remove", ["path": "slow"])
        // The path has a new owner, who has nothing to do with the old request.
        let heir = bus.connect()
        heir.ask("add", ["path": "slow", "value": 3])
        bus.pass(seconds: 5)
        #expect(caller.received().map { $0["id"]?.int } == [1])
        owner.disconnect()
        #expect(
            caller.received() == [
                ["id": 2, "error": ["code": -32002, "message": "Connection closed", "data": ["ownerGone": "slow"]]]
            ])
        #expect(heir.received() == [])
    }

    @Test("requests of a caller that is gone end with it; what the owner still answers finds nobody")
    func callerGone() {
        for _ in 0..<3 { caller.ask("call", ["path": "m", "timeout": 1e9]) }
        let routed = owner.received()
        caller.disconnect()
        #expect(bus.statistics.pendingRequests == 0)
        #expect(bus.bus.nextDeadline == nil)
        owner.answer(routed[0], .done)
        #expect(bus.statistics.droppedAnswers == 1)
    }
}
