import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §7.4, *conflation*: what waits for a peer that reads more slowly than the bus changes.
@Suite("jet-protocol(7) §7.4: slow peers")
struct SlowPeerTests {
    /// An outbox is full with two or three messages.
    let bus = TestBus {
        $0.outboxLimit = 150
        $0.snapshotChunk = 100
    }
    let owner: TestPeer
    let slow: TestPeer

    init() {
        owner = bus.connect()
        slow = bus.connect()
    }

    /// Lets the slow peer fetch everything and fall behind: its outbox is full with changes of "full".
    private func fallBehind() {
        owner.ask("add", ["path": "full", "value": ""])
        slow.ask("fetch", ["id": "f"])
        _ = slow.received()
        slow.isReading = false
        let long = JSON.string(String(repeating: "x", count: 200))
        owner.ask("change", ["path": "full", "value": long])
    }

    /// What the slow peer hears when it reads, without what made it fall behind.
    private func heard() -> [JSON] {
        slow.readAll()
        return slow.received().filter { $0["params"]?["path"]?.string != "full" }
    }

    @Test("what waits is kept to the newest value of each path and fetch")
    func newest() {
        owner.ask("add", ["path": "a", "value": 0])
        owner.ask("add", ["path": "b", "value": 0])
        fallBehind()
        slow.ask("fetch", ["id": "g", "path": ["equals": "a"]])
        slow.readAll()
        _ = slow.received()
        owner.ask("change", ["path": "full", "value": .string(String(repeating: "x", count: 200))])
        for value in 1...1000 {
            owner.notify("change", ["path": "a", "value": .number(value)])
            owner.notify("change", ["path": "b", "value": .number(-value)])
        }
        let heard = heard()
        #expect(
            heard.filter { $0["method"] == "f" } == [
                .event("f", "change", "a", 1000), .event("f", "change", "b", -1000),
            ])
        #expect(heard.filter { $0["method"] == "g" } == [.event("g", "change", "a", 1000)])
    }

    @Test("the number of conflated notifications is visible")
    func counted() {
        owner.ask("add", ["path": "a", "value": 0])
        fallBehind()
        #expect(bus.statistics.conflated == 0)
        for value in 1...100 { owner.notify("change", ["path": "a", "value": .number(value)]) }
        #expect(bus.statistics.conflated == 99)
        #expect(bus.statistics.notifications == 103)
    }

    @Test("an element that came and went meanwhile is never heard of")
    func cameAndWent() {
        fallBehind()
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("remove", ["path": "a"])
        #expect(heard() == [])
    }

    @Test("an element that came meanwhile is heard of once, with its newest value, and with fetchOnly and meta")
    func came() {
        fallBehind()
        owner.ask("add", ["path": "a", "value": 1, "fetchOnly": true, "meta": ["unit": "s"]])
        owner.ask("change", ["path": "a", "value": 2])
        #expect(heard() == [.event("f", "add", "a", 2, ["fetchOnly": true, "meta": ["unit": "s"]])])
    }

    @Test("the remove of what it knows is never missed; it carries the last value")
    func went() {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "m"])
        fallBehind()
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("remove", ["path": "a"])
        owner.ask("remove", ["path": "m"])
        #expect(heard() == [.event("f", "remove", "a", 2), .event("f", "remove", "m")])
    }

    @Test("an element that went and came again is heard of as both, once")
    func wentAndCame() {
        owner.ask("add", ["path": "a", "value": 0])
        fallBehind()
        for value in 1...100 {
            owner.ask("remove", ["path": "a"])
            owner.ask("add", ["path": "a", "value": .number(value)])
            owner.ask("change", ["path": "a", "value": .number(-value)])
        }
        #expect(heard() == [.event("f", "remove", "a", 0), .event("f", "add", "a", -100)])
    }

    @Test("an owner's end is heard of as the remove of all it owned")
    func ownersEnd() {
        for path in ["a", "b"] { owner.ask("add", ["path": .string(path), "value": 1]) }
        fallBehind()
        owner.disconnect()
        #expect(heard() == [.event("f", "remove", "a", 1), .event("f", "remove", "b", 1)])
    }

    @Test("what it has been told while it fell behind comes before what waits")
    func orderWithOutbox() {
        fallBehind()
        owner.ask("change", ["path": "full", "value": "last"])
        slow.readAll()
        let values = slow.received().compactMap { $0["params"]?["value"]?.string?.prefix(4) }
        #expect(values == ["xxxx", "last"])
    }

    @Test("a peer that catches up is told everything again")
    func catchesUp() {
        owner.ask("add", ["path": "a", "value": 0])
        fallBehind()
        owner.ask("change", ["path": "a", "value": 1])
        _ = heard()
        slow.isReading = true
        for value in 2...10 { owner.notify("change", ["path": "a", "value": .number(value)]) }
        #expect(slow.received() == (2...10).map { .event("f", "change", "a", .number($0)) })
    }

    @Test("a fetch that is ended while it is behind is silent, and starts anew under the same id")
    func unfetch() {
        owner.ask("add", ["path": "a", "value": 0])
        owner.ask("add", ["path": "b", "value": 0])
        fallBehind()
        owner.ask("change", ["path": "a", "value": 1])
        owner.ask("remove", ["path": "b"])
        slow.notify("unfetch", ["id": "f"])
        slow.notify("fetch", ["id": "f", "path": ["equals": "a"]])
        owner.ask("change", ["path": "a", "value": 2])
        #expect(heard() == [.event("f", "add", "a", 2)])
    }

    @Test("responses and routed requests are never conflated")
    func responses() {
        owner.ask("add", ["path": "a", "value": 0])
        slow.ask("add", ["path": "own"])
        fallBehind()
        for number in 0..<20 {
            owner.notify("change", ["path": "a", "value": .number(number)])
            slow.send(["id": .number(number), "method": "echo", "params": .number(number)])
        }
        slow.read()
        owner.notify("call", ["path": "own", "args": [1]])
        slow.readAll()
        let received = slow.received()
        #expect(received.compactMap { $0["id"]?.int } == Array(0..<20))
        #expect(received.filter { $0["method"] == "own" }.count == 1)
    }

    @Test("the publisher is never slowed: it is answered at once")
    func publisher() {
        fallBehind()
        for value in 0..<100 { #expect(owner.ask("change", ["path": "full", "value": .number(value)]) == .done) }
        #expect(!owner.isPaused)
    }

    @Test("a peer that does not read is not read from, until it has read")
    func paused() {
        fallBehind()
        #expect(!slow.isPaused)
        slow.ask("echo", 1)
        #expect(slow.isPaused)
        slow.readAll()
        #expect(!slow.isPaused)
    }

    // MARK: Its own doing

    @Test("its own notifications come before its own response even then")
    func ownFirst() {
        slow.ask("add", ["path": "a", "value": 0])
        fallBehind()
        slow.send(["id": 1, "method": "change", "params": ["path": "a", "value": 1]])
        slow.send(["id": 2, "method": "add", "params": ["path": "b", "value": 2]])
        slow.send(["id": 3, "method": "remove", "params": ["path": "a"]])
        #expect(
            heard() == [
                .event("f", "change", "a", 1), ["id": 1, "result": true], .event("f", "add", "b", 2),
                ["id": 2, "result": true], .event("f", "remove", "a", 1), ["id": 3, "result": true],
            ])
    }

    @Test("its own add comes after the remove of the element that was at this path before")
    func ownAddAfterForeignRemove() {
        owner.ask("add", ["path": "a", "value": 1])
        fallBehind()
        // Something waits, so that the rest is kept for later, too.
        owner.ask("change", ["path": "full", "value": 1])
        owner.ask("remove", ["path": "a"])
        slow.send(["id": 1, "method": "add", "params": ["path": "a", "value": 2]])
        #expect(heard() == [.event("f", "remove", "a", 1), .event("f", "add", "a", 2), ["id": 1, "result": true]])
    }

    @Test("its own add comes after the remove of what had come there last, however often that happened")
    func ownAddAfterMany() {
        owner.ask("add", ["path": "a", "value": 1])
        fallBehind()
        let third = bus.connect()
        for value in 2..<5 {
            owner.ask("remove", ["path": "a"])
            third.ask("add", ["path": "a", "value": .number(value)])
            third.ask("remove", ["path": "a"])
            owner.ask("add", ["path": "a", "value": .number(-value)])
        }
        owner.disconnect()
        slow.send(["id": 1, "method": "add", "params": ["path": "a", "value": 9]])
        slow.send(["id": 2, "method": "remove", "params": ["path": "a"]])
        third.ask("add", ["path": "a", "value": 10])
        #expect(
            heard() == [
                .event("f", "remove", "a", 1), .event("f", "add", "a", 9), ["id": 1, "result": true],
                .event("f", "remove", "a", 9), ["id": 2, "result": true], .event("f", "add", "a", 10),
            ])
    }

    // MARK: Bounds

    @Test("memory stays bounded, whatever happens while a peer does not read")
    func bounded() {
        for path in 0..<10 { owner.ask("add", ["path": .string("\(path)"), "value": 0]) }
        fallBehind()
        for value in 0..<5000 {
            let path = JSON.string("\(value % 20)")
            owner.notify("change", ["path": path, "value": .number(value)])
            owner.notify("remove", ["path": path])
            owner.notify("add", ["path": path, "value": .number(value)])
        }
        let peer = bus.bus.peer(slow.id)
        // Ten that it knew and that went, twenty that are there now, and what makes it slow.
        #expect(peer?.output.conflation?.count ?? 0 <= 2 * 31 + 1024)
        #expect(peer?.output.count ?? 0 < 1000)
        let heard = heard()
        #expect(heard.count == 30)
    }

    @Test("a peer that goes on asking and does not read is closed: what it asks for in one batch is bounded")
    func askingBomb() {
        let value = JSON.string(String(repeating: "x", count: 200))
        owner.ask("add", ["path": "a", "value": value])
        slow.isReading = false
        slow.send(.array((0..<1000).map { ["id": .number($0), "method": "get"] }))
        #expect(slow.isClosing)
        #expect(bus.bus.peer(slow.id)?.output.count ?? 0 < 2000)
        slow.read()
        let received = slow.received()
        #expect(received.dropLast().compactMap { $0["id"]?.int } == Array(0..<received.count - 1))
        #expect(received.last == .error(-32010, "Limit exceeded", ["limit": "outbox", "max": 1200]))
    }

    @Test("what others answer to a peer that does not read is bounded, too")
    func answerBomb() {
        owner.ask("add", ["path": "m"])
        slow.isReading = false
        for number in 0..<1000 { slow.send(["id": .number(number), "method": "call", "params": ["path": "m"]]) }
        let value = JSON.string(String(repeating: "x", count: 200))
        for request in owner.received() { owner.answer(request, ["result": value]) }
        #expect(slow.isClosing)
        #expect(bus.bus.peer(slow.id)?.output.count ?? 0 < 2000)
        #expect(bus.statistics.pendingRequests == 0)
    }

    @Test("its own notifications in one batch are bounded, too")
    func ownBomb() {
        for id in 0..<100 { slow.notify("fetch", ["id": .number(id)]) }
        slow.isReading = false
        slow.notify("add", ["path": "a", "value": 0])
        slow.send(.array((0..<1000).map { ["method": "change", "params": ["path": "a", "value": .number($0)]] }))
        #expect(slow.isClosing)
        #expect(bus.bus.peer(slow.id)?.output.count ?? 0 < 20_000)
    }

    @Test(
        "so are those of a single message", arguments: [[:], ["sort": [:]], ["value": ["isType": "string"]]] as [JSON])
    func ownBombOfOne(rule: JSON) {
        slow.notify("add", ["path": "a", "value": ""])
        for id in 0..<100 {
            var params = rule.object ?? [:]
            params["id"] = .number(id)
            slow.notify("fetch", .object(params))
        }
        slow.isReading = false
        slow.notify("change", ["path": "a", "value": .string(String(repeating: "x", count: 500))])
        #expect(slow.isClosing)
        #expect(bus.bus.peer(slow.id)?.output.count ?? 0 < 3000)
    }

    @Test("windows that changed while it did not read are told as it reads, not at once")
    func windows() {
        let value = JSON.string(String(repeating: "x", count: 100))
        for id in 0..<50 { slow.notify("fetch", ["id": .number(id), "sort": [:]]) }
        slow.isReading = false
        for path in 0..<10 { owner.notify("add", ["path": .string("\(path)"), "value": value]) }
        for _ in 0..<60 {
            #expect(bus.bus.peer(slow.id)?.output.count ?? 0 < 3000)
            slow.read()
        }
        var told: [Int: JSON] = [:]
        for message in slow.received() { told[message["method"]?.int ?? -1] = message["params"]?["n"] }
        #expect(told.count == 50)
        #expect(told.values.allSatisfy { $0 == 10 })
    }

    @Test("what came while a write was under way is not forgotten when it is done")
    func writeUnderWay() {
        owner.ask("add", ["path": "a", "value": 0])
        slow.ask("fetch", ["id": "f"])
        slow.isReading = false
        owner.ask("change", ["path": "a", "value": 1])
        // The write begins ...
        bus.bus.withOutput(of: slow.id) { _ in }
        // ... and while the socket takes it, a turn ends with something new that cannot be written yet.
        owner.ask("change", ["path": "a", "value": 2])
        #expect(!bus.bus.hasOutput)
        let hasMore = bus.bus.outputWritten(of: slow.id)
        #expect(hasMore)
        #expect(bus.bus.hasOutput)
    }
}
