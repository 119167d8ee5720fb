import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §7.6: whatever takes long is cut into slices, and done in turns.
@Suite("Slices of work")
struct WorkTests {
    /// A bus with small slices, whose work waits for `turn()`.
    private func slicedBus(_ configure: (inout Bus.Configuration) -> Void = { _ in }) -> TestBus {
        let bus = TestBus {
            $0.slice = 20_000
            configure(&$0)
        }
        return bus
    }

    /// Adds States `s/0`, `s/1`, … with their numbers as values.
    private func add(_ count: Int, by owner: TestPeer, from first: Int = 0) {
        for number in first..<first + count {
            owner.notify("add", ["path": .string("s/\(number)"), "value": ["n": .number(number * 7919 % 10_007)]])
        }
    }

    private func turns(of bus: TestBus, atMost most: Int = 10_000, until isDone: () -> Bool) -> Int? {
        for turn in 0..<most {
            if isDone() { return turn }
            bus.turn()
        }
        return nil
    }

    @Test("a get that takes longer than a slice is answered in a later turn; others are answered meanwhile")
    func get() throws {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(5000, by: owner)
        bus.isHoldingWork = true
        #expect(viewer.ask("get", ["path": ["endsWith": "9"]]) == nil)
        #expect(viewer.isPaused)
        #expect(owner.ask("echo", 1) == .result(1))
        let count = turns(of: bus) { !viewer.isPaused }
        #expect(try #require(count) > 1)
        let answer = try #require(viewer.received().first?["result"]?.array)
        #expect(answer.count == 500)
        #expect(Set(answer.map { $0["path"] }).count == 500)
    }

    @Test("what a peer sends while its get goes on is handled after it, in order", arguments: [false, true])
    func order(isBatch: Bool) {
        let bus = slicedBus()
        let owner = bus.connect(), viewer = bus.connect()
        add(5000, by: owner)
        bus.isHoldingWork = true
        let get: JSON = ["id": 1, "method": "get", "params": ["path": ["equalsNot": ""], "sort": ["to": 2]]]
        let echo: JSON = ["id": 2, "method": "echo", "params": "x"]
        if isBatch {
            viewer.send(.array([get, echo]))
        } else {
            viewer.send(get)
            viewer.send(echo)
        }
        #expect(viewer.received().isEmpty)
        bus.isHoldingWork = false
        bus.deliver()
        #expect(viewer.received().map { $0["id"] } == [1, 2])
    }

    @Test("a sorted get shows each element as it was when it was met, in order", arguments: [10, 1 << 30])
    func sortedGet(to: Int) throws {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(3000, by: owner)
        bus.isHoldingWork = true
        let sort: JSON = ["byValueField": ["n": "number"], "to": .number(to), "from": 3]
        viewer.send(["id": 1, "method": "get", "params": ["sort": sort]])
        var step = 0
        _ = turns(of: bus) {
            step += 1
            owner.notify("change", ["path": .string("s/\(step)"), "value": ["n": .number(step % 13)]])
            if step % 3 == 0 { owner.notify("remove", ["path": .string("s/\(2999 - step)")]) }
            return !viewer.isPaused
        }
        let window = try #require(viewer.received().first?["result"]?.array)
        #expect(step > 2)
        let keys = window.compactMap { $0["value"]?["n"]?.double }
        #expect(keys == keys.sorted())
        #expect(window.compactMap { $0["index"]?.int } == Array(3..<3 + window.count))
        if to == 10 { #expect(window.count == 8) } else { #expect(window.count > 2500) }
    }

    @Test("a get in slices answers the same as one at once", arguments: [nil, "number"] as [String?])
    func same(type: String?) {
        var answers: [JSON?] = []
        for slice in [20_000, 1 << 40] {
            let bus = TestBus { $0.slice = slice }
            let owner = bus.connect(), viewer = bus.connect()
            add(2000, by: owner)
            var params: JSON.Object = ["valueField": ["n": ["lessThan": 5000]]]
            if let type { params["sort"] = ["byValueField": ["n": .string(type)], "descending": true, "to": 700] }
            answers.append(viewer.ask("get", .object(params)))
        }
        #expect(answers[0]?["result"] != nil)
        #expect(answers[0] == answers[1])
    }

    @Test("a sorted fetch sends its first window when it is complete, with what has changed meanwhile")
    func sortedFetch() throws {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(3000, by: owner)
        bus.isHoldingWork = true
        viewer.send([
            "id": 1, "method": "fetch", "params": ["id": "f", "sort": ["byValueField": ["n": "number"], "to": 3]],
        ])
        var step = 0
        _ = turns(of: bus) {
            step += 1
            owner.notify("change", ["path": .string("s/\(step)"), "value": ["n": .number(-step)]])
            return !viewer.isPaused
        }
        #expect(step > 2)
        let received = viewer.received()
        #expect(received.first?["result"] == true)
        let windows = received.dropFirst().compactMap { $0["params"] }
        let first = try #require(windows.first)
        #expect(first["n"] == 3)
        #expect(first["changes"]?.array?.count == 3)
        let answer = viewer.ask("get", ["path": ["startsWith": "s/"], "valueField": ["n": ["lessThan": 0]]])
        bus.isHoldingWork = false
        bus.deliver()
        #expect(answer != nil || !viewer.received().isEmpty)
    }

    @Test("a snapshot goes on in later turns while elements come, change and go; in the end the peer knows what is")
    func snapshot() {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(6000, by: owner)
        bus.isHoldingWork = true
        // What is read makes room for more; so only turns bring more.
        viewer.isReading = false
        viewer.ask("fetch", ["id": "f", "path": ["contains": "s/"]])
        var known: [String: JSON] = [:]
        func learn() {
            for message in viewer.received() {
                guard let params = message["params"], let path = params["path"]?.string else { continue }
                known[path] = params["event"] == "remove" ? nil : params["value"]
            }
        }
        learn()
        var expected: [String: JSON] = [:]
        for number in 0..<6000 { expected["s/\(number)"] = ["n": .number(number * 7919 % 10_007)] }
        var turn = 0
        while bus.bus.hasWork {
            // Most are removed, so that the table is packed while the snapshot walks over it.
            for number in stride(from: turn * 100, to: min(turn * 100 + 100, 6000), by: 1) where number % 5 != 0 {
                owner.notify("remove", ["path": .string("s/\(number)")])
                expected["s/\(number)"] = nil
            }
            owner.notify("change", ["path": "s/5", "value": .number(turn)])
            expected["s/5"] = .number(turn)
            owner.notify("add", ["path": .string("new/s/\(turn)"), "value": 1])
            expected["new/s/\(turn)"] = 1
            bus.turn()
            learn()
            turn += 1
        }
        #expect(turn > 3)
        // A snapshot that has filled the outbox goes on when that is read.
        repeat {
            viewer.readAll()
            bus.turn()
        } while bus.bus.hasWork || bus.bus.hasOutput
        viewer.readAll()
        learn()
        #expect(known == expected)
    }

    @Test(
        "a peer with many elements departs in slices: nothing of it is found any more, and each removal is notified once"
    )
    func departure() {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(6000, by: owner)
        viewer.ask("fetch", ["id": "f", "path": ["startsWith": "s/"]])
        bus.deliver()
        _ = viewer.received()
        bus.isHoldingWork = true
        owner.disconnect()
        #expect(bus.bus.hasWork)
        #expect(viewer.ask("set", ["path": "s/17", "value": 1]) == .refused(["pathNotExists": "s/17"]))
        #expect(viewer.ask("change", ["path": "s/17", "value": 1]) == .refused(["pathNotExists": "s/17"]))
        #expect(viewer.ask("get", ["path": ["equals": "s/17"]]) == .result([]))
        // Its path is free for another peer, which is notified of both.
        #expect(viewer.ask("add", ["path": "s/17", "value": "mine"]) == .done)
        let events = viewer.received().filter { $0["params"]?["path"] == "s/17" }.map { $0["params"]?["event"] }
        #expect(events == ["remove", "add"])
        var removed = Set<String>()
        var turn = 0
        while bus.bus.hasWork {
            bus.turn()
            turn += 1
            for message in viewer.received() where message["params"]?["event"] == "remove" {
                let path = message["params"]?["path"]?.string ?? ""
                #expect(removed.insert(path).inserted, "\(path)")
            }
        }
        #expect(turn > 3)
        #expect(bus.statistics.elements == 1)
        #expect(removed.isDisjoint(with: ["s/17"]))
    }

    @Test(
        "a request that would take too much work is refused with the limit's name, or closes a peer that was answered")
    func workLimit() {
        let bus = slicedBus { $0.workLimit = 200_000 }
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(20_000, by: owner)
        let pattern: JSON = ["unmatch": [".-.-.-.-z0"], "match": ["s"]]
        let refusal = viewer.ask("get", pattern)
        #expect(refusal?["error"]?["code"] == -32010)
        #expect(refusal?["error"]?["data"]?["limit"] == "work")
        #expect(!viewer.isClosing)
        #expect(viewer.ask("echo", 1) == .result(1))
        viewer.ask("fetch", ["id": "f", "sort": ["byValueField": ["n": "number"]]])
        bus.deliver()
        #expect(viewer.isClosing)
        #expect(owner.ask("echo", 1) == .result(1))
    }

    @Test("a batch is cut between two messages")
    func batch() {
        let bus = slicedBus()
        let sender = bus.connect(), other = bus.connect(credentials: Credentials(userID: 2))
        bus.isHoldingWork = true
        sender.send(.array((0..<5000).map { ["id": .number($0), "method": "echo", "params": .string("a text")] }))
        let atOnce = sender.received().count
        #expect(atOnce < 5000)
        #expect(other.ask("echo", 1) == .result(1))
        bus.isHoldingWork = false
        bus.deliver()
        let rest = sender.received()
        #expect(atOnce + rest.count == 5000)
        #expect(rest.compactMap { $0["id"]?.int } == Array(atOnce..<5000))
    }

    @Test(
        "value rules of an account that is spent do not hold up changes; they are evaluated later, with the newest value"
    )
    func valueRules() {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            watcher = bus.connect(credentials: Credentials(userID: 2))
        add(3, by: owner)
        for number in 0..<2000 {
            watcher.notify("fetch", ["id": .number(number), "valueField": ["n": ["greaterThan": 100_000]]])
        }
        watcher.notify("fetch", ["id": "hit", "valueField": ["n": ["lessThan": -1]]])
        bus.deliver()
        _ = watcher.received()
        bus.isHoldingWork = true
        for number in 1...5 { owner.notify("change", ["path": "s/1", "value": ["n": .number(-10 * number)]]) }
        #expect(!owner.isPaused || bus.bus.hasWork)
        bus.isHoldingWork = false
        bus.deliver()
        let hits = watcher.received().filter { $0["method"] == "hit" }
        #expect(hits.last?["params"]?["value"] == ["n": -50])
        #expect(hits.first?["params"]?["event"] == "add")
        owner.notify("change", ["path": "s/1", "value": ["n": 1]])
        bus.deliver()
        #expect(watcher.received().last?["params"]?["event"] == "remove")
    }

    @Test("an element that is removed while rules wait to be evaluated is notified as its fetchers know it")
    func removalBeforeEvaluation() {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            watcher = bus.connect(credentials: Credentials(userID: 2))
        add(1, by: owner)
        for number in 0..<2000 {
            watcher.notify("fetch", ["id": .number(number), "valueField": ["n": ["lessThan": 5]]])
        }
        bus.deliver()
        _ = watcher.received()
        bus.isHoldingWork = true
        owner.notify("change", ["path": "s/0", "value": ["n": 100]])
        owner.notify("remove", ["path": "s/0"])
        bus.isHoldingWork = false
        bus.deliver()
        let events = watcher.received().map { $0["params"]?["event"] }
        #expect(events.count == 2000)
        #expect(events.allSatisfy { $0 == "remove" })
    }

    @Test("a peer that floods the bus does not stop the other peers of its user, and those that wait keep their order")
    func sameAccount() throws {
        let bus = slicedBus()
        let user = Credentials(userID: 7)
        let owner = bus.connect(credentials: user), other = bus.connect(credentials: user)
        let heavy = (0..<5).map { _ in bus.connect(credentials: user) }
        add(5000, by: owner)
        bus.isHoldingWork = true
        for peer in heavy { peer.send(["id": 1, "method": "get", "params": ["path": ["contains": "9"]]]) }
        other.send(["id": 2, "method": "echo", "params": 1])
        let count = turns(of: bus, atMost: 20) { other.received().first?["result"] == 1 }
        #expect(try #require(count) < 10)
    }

    @Test("a probe is answered even if the accounts of all peers are spent")
    func probe() {
        let bus = slicedBus()
        let owner = bus.connect()
        add(5000, by: owner)
        bus.isHoldingWork = true
        owner.send(["id": 1, "method": "get", "params": ["path": ["contains": "9"]]])
        let probe = bus.bus.connectProbe()
        bus.bus.probe(Array(#"{"id":1,"method":"echo","params":1}"#.utf8).span.bytes, from: probe, at: bus.now)
        var text = ""
        bus.bus.withOutput(of: probe) { text = String(decoding: $0.dropFirst(4), as: UTF8.self) }
        #expect(text == #"{"id":1,"result":1}"#)
        bus.bus.disconnect(probe)
    }

    @Test("interests of fetches that have ended are swept in slices")
    func sweep() {
        let bus = slicedBus()
        let owner = bus.connect(credentials: Credentials(userID: 1)),
            viewer = bus.connect(credentials: Credentials(userID: 2))
        add(3000, by: owner)
        for number in 0..<3 { viewer.notify("fetch", ["id": .number(number), "path": ["contains": "s/"]]) }
        bus.deliver()
        bus.isHoldingWork = true
        viewer.disconnect()
        #expect(bus.bus.hasWork)
        bus.isHoldingWork = false
        bus.deliver()
        #expect(bus.bus.fetchers.deadInterests <= 1024)
        #expect(bus.bus.fetchers.liveInterests == 0)
    }
}
