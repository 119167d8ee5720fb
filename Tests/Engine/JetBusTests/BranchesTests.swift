import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// The names one level below a prefix: jet-protocol(7) §4.9.
@Suite("branches")
struct BranchesTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func add(_ paths: String...) {
        for path in paths { owner.ask("add", ["path": .string(path), "value": 1]) }
    }

    private func branch(_ name: String, _ path: String, _ elements: Int, _ kind: String? = nil) -> JSON {
        var branch: JSON.Object = [
            "name": .string(name), "path": .string(path), "elements": .number(elements),
        ]
        branch["kind"] = kind.map(JSON.string)
        return .object(branch)
    }

    private func answer(_ total: Int, _ branches: JSON...) -> JSON {
        .result(["total": .number(total), "branches": .array(branches)])
    }

    @Test("The names below a prefix, in order, with the number of elements at or below each")
    func names() {
        add("cpu/1/load", "cpu/0/load", "cpu/0/temperature", "cpu", "uptime", "disk/sda", "net/eth0/rx/bytes")
        owner.ask("add", ["path": "reboot"])
        let top = answer(
            5, branch("cpu", "cpu", 4, "state"), branch("disk", "disk/", 1), branch("net", "net/", 1),
            branch("reboot", "reboot", 1, "method"), branch("uptime", "uptime", 1, "state"))
        #expect(viewer.ask("branches", [:]) == top)
        #expect(viewer.ask("branches") == top)
        #expect(viewer.ask("branches", nil as JSON) == top)
        #expect(
            viewer.ask("branches", ["prefix": "cpu/"])
                == answer(2, branch("0", "cpu/0/", 2), branch("1", "cpu/1/", 1)))
        #expect(
            viewer.ask("branches", ["prefix": "cpu/0/"])
                == answer(
                    2, branch("load", "cpu/0/load", 1, "state"),
                    branch("temperature", "cpu/0/temperature", 1, "state")))
        #expect(viewer.ask("branches", ["prefix": "nothing/"]) == answer(0))
    }

    @Test("A prefix and a separator are texts like others; names can be empty")
    func texts() {
        add("a/", "a//b", "/x", "a.b.c", "é→y", "é→z", "q\"/\n")
        #expect(
            viewer.ask("branches", [:])
                == answer(
                    6, branch("", "/", 1), branch("a", "a/", 2), branch("a.b.c", "a.b.c", 1, "state"),
                    branch("q\"", "q\"/", 1), branch("é→y", "é→y", 1, "state"), branch("é→z", "é→z", 1, "state")))
        #expect(viewer.ask("branches", ["prefix": "a/"]) == answer(1, branch("", "a/", 2, "state")))
        #expect(viewer.ask("branches", ["prefix": "a//"]) == answer(1, branch("b", "a//b", 1, "state")))
        #expect(
            viewer.ask("branches", ["prefix": "a.", "separator": "."]) == answer(1, branch("b", "a.b.", 1)))
        #expect(
            viewer.ask("branches", ["prefix": "é", "separator": "→"]) == answer(1, branch("", "é→", 2)))
        #expect(
            viewer.ask("branches", ["prefix": "q\"/", "separator": "//"])
                == answer(1, branch("\n", "q\"/\n", 1, "state")))
    }

    @Test("Names are ordered by code point, and the shorter one comes before those that it begins")
    func order() {
        let names = [
            "12345678\0", "12345678", "a", "a\0", "\u{FFFD}", "😀", "é", "z", "A", "aaaaaaaaaaaab", "aaaaaaaaaaaaa",
        ]
        for name in names.reversed() { owner.ask("add", ["path": .string("\(name)/x")]) }
        let result = viewer.ask("branches")?["result"]?["branches"]?.array?.compactMap { $0["name"]?.string }
        #expect(result == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("from and to choose a part of the names; total counts all of them")
    func window() {
        for number in 0..<1200 { owner.ask("add", ["path": .string("\(number + 1000)/x"), "value": 1]) }
        func names(_ params: JSON) -> [Int] {
            let result = viewer.ask("branches", params)?["result"]
            #expect(result?["total"] == 1200)
            return (result?["branches"]?.array ?? []).compactMap { $0["name"]?.string.flatMap { Int($0) } }
        }
        #expect(names([:]) == Array(1000..<2000))
        #expect(names(["from": 1001]) == [])
        #expect(names(["from": 1001, "to": 1003]) == [2000, 2001, 2002])
        #expect(names(["from": 1200, "to": 1e300]) == [2199])
        #expect(names(["from": 1e300, "to": 1e300]) == [])
        #expect(names(["from": 5, "to": 3]) == [])
        #expect(names(["to": 0]) == [])
        #expect(names(["from": nil, "to": nil, "prefix": nil, "separator": nil]).count == 1000)
    }

    @Test("What the peer may not fetch does not exist; a stranger that may read sees what is open to all")
    func access() {
        add("a/1")
        owner.ask("add", ["path": "a/2", "value": 1, "access": ["fetchGroups": ["g"]]])
        owner.ask("add", ["path": "b/1", "value": 1, "access": ["fetchGroups": ["g"]]])
        let all = answer(2, branch("a", "a/", 2), branch("b", "b/", 1))
        let open = answer(1, branch("a", "a/", 1))
        #expect(bus.connect(groups: Groups(fetch: ["g"])).ask("branches") == all)
        #expect(viewer.ask("branches") == open)
        #expect(owner.ask("branches") == open)
        #expect(bus.connect(permission: .read).ask("branches") == open)
        #expect(bus.connect(permission: .none).ask("branches") == .refused(["loginRequired": true]))
        owner.disconnect()
        #expect(viewer.ask("branches") == answer(0))
    }

    @Test("Params of the wrong type are refused, and a notification does nothing")
    func refusals() {
        for (name, values) in [
            "prefix": [1, [], [:], true], "separator": ["", 1, []], "from": [0, -1, 1.5, "1", []],
            "to": [-1, 0.5, "1", [:]],
        ] as [String: [JSON]] {
            for value in values {
                let params: JSON = .object([name: value])
                let refused = JSON.refused(["wrongType": .string(name), "got": params])
                #expect(viewer.ask("branches", params) == refused)
            }
        }
        #expect(viewer.ask("branches", [1]) == .refused(["wrongType": "params", "got": [1]]))
        viewer.notify("branches", [:])
        #expect(viewer.received() == [])
    }

    @Test("Batches and MessagePack")
    func forms() {
        add("a/1", "a/2")
        let result: JSON = ["total": 1, "branches": [branch("a", "a/", 2)]]
        viewer.send([["id": 1, "method": "branches"], ["id": 2, "method": "branches", "params": ["to": 0]]])
        #expect(
            viewer.received() == [
                ["id": 1, "result": result], ["id": 2, "result": ["total": 1, "branches": []]],
            ])
        #expect(PackedPeer(of: bus).ask("branches") == .result(result))
    }
}

/// What a `branches` may take of the daemon's time and memory.
@Suite("branches and its account")
struct BranchesAccountTests {
    @Test("It goes on in later turns, counts what stays once, and other peers are served meanwhile")
    func turns() {
        let bus = TestBus { $0.slice = 20_000 }
        let (owner, viewer, other) = (
            bus.connect(credentials: Credentials(userID: 1)), bus.connect(credentials: Credentials(userID: 2)),
            bus.connect(credentials: Credentials(userID: 3))
        )
        for number in 0..<3000 { owner.ask("add", ["path": .string("x/\(number % 1000)/\(number)"), "value": 1]) }
        bus.isHoldingWork = true
        viewer.send(["id": 1, "method": "branches", "params": ["prefix": "x/", "to": 2000]])
        var turns = 0
        while viewer.answer(to: 1) == nil, turns < 10_000 {
            #expect(other.ask("echo", 1) == .result(1))
            // The table is packed while the walk goes on.
            if turns == 3 {
                for number in 0..<2000 { owner.notify("remove", ["path": .string("x/\(number % 1000)/\(number)")]) }
            }
            #expect(bus.recount() == nil)
            bus.turn()
            turns += 1
        }
        #expect(turns > 10)
        bus.isHoldingWork = false
        bus.deliver()
        let result = viewer.ask("branches", ["prefix": "x/", "to": 2000])?["result"]
        #expect(result?["total"] == 1000)
        #expect(result?["branches"]?.array?.allSatisfy { $0["elements"] == 1 } == true)
        #expect(bus.recount() == nil)
    }

    @Test("Its names are charged until it is answered, refused, or its peer has left")
    func memory() {
        let bus = TestBus { $0.slice = 20_000 }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        for number in 0..<5000 { owner.ask("add", ["path": .string("\(number)"), "value": 1]) }
        var limits = Quotas.Limits()
        limits.bytes = 200_000
        let poor = bus.connect(credentials: Credentials(userID: 2), limits: limits)
        let error = poor.ask("branches")?["error"]
        #expect(error?["code"] == -32010)
        #expect(error?["data"]?["limit"] == "bytes")
        #expect(poor.ask("branches", ["prefix": "1"])?["result"]?["total"] == 1111)
        bus.isHoldingWork = true
        let leaving = bus.connect(credentials: Credentials(userID: 3))
        leaving.send(["id": 1, "method": "branches"])
        bus.turn()
        #expect(bus.bus.peer(leaving.id)?.usage.bytes ?? 0 > 1000)
        #expect(bus.recount() == nil)
        leaving.disconnect()
        #expect(bus.recount() == nil)
        bus.isHoldingWork = false
        bus.deliver()
        #expect(bus.recount() == nil)
        owner.disconnect()
        poor.disconnect()
        #expect(bus.bus.accounts.used == Quotas(all: 0))
    }

    @Test("A result that is too large, and one walk too many in a batch, are refused")
    func limits() {
        let bus = TestBus {
            $0.outboxLimit = 500
            $0.walkLimit = 150
        }
        let (owner, viewer) = (bus.connect(), bus.connect())
        for number in 0..<100 { owner.ask("add", ["path": .string("a long name \(number)/x"), "value": 1]) }
        let error: JSON = .error(-32010, "Limit exceeded", ["limit": "outbox", "max": 4000])
        #expect(viewer.ask("branches") == error)
        #expect(viewer.ask("branches", ["to": 10])?["result"]?["branches"]?.array?.count == 10)
        let request: JSON = ["id": 1, "method": "branches", "params": ["to": 1]]
        viewer.send([request, request, request])
        #expect(viewer.received().map { $0["error"]?["data"]?["limit"] } == [nil, nil, "walk"])
        #expect(bus.recount() == nil)
    }
}

/// The list behind `branches`.
@Suite("BranchList")
struct BranchListTests {
    @Test("Thousands of names in any order are each kept once and in order", arguments: [1, 2, 3] as [UInt64])
    func names(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var list = BranchList()
        var model: [[UInt8]: UInt32] = [:]
        func add(_ name: [UInt8]) {
            model[name, default: 0] += 1
            _ = name.withUnsafeBytes { list.add($0, .none) }
        }
        // Ascending, descending, and at random, some long and many that begin alike.
        for number in 0..<500 { add(Array("up\(number + 1000)".utf8)) }
        for number in 0..<500 { add(Array("down\(2000 - number)".utf8)) }
        for _ in 0..<6000 {
            let length = Int.random(in: 0...12, using: &random)
            add((0..<length).map { _ in [0, 97, 255].randomElement(using: &random) ?? 0 })
        }
        add(Array(repeating: 65, count: 100_000))
        #expect(list.count == model.count)
        var cursor = list.cursor(at: 0)
        var names: [[UInt8]] = []
        while let branch = list.next(&cursor) {
            let name = list.withName(of: branch) { Array($0) }
            #expect(model[name] == branch.elements)
            names.append(name)
        }
        #expect(names == model.keys.sorted { $0.lexicographicallyPrecedes($1) })
        for rank in [0, 1, 77, names.count - 1] {
            var cursor = list.cursor(at: rank)
            #expect(list.next(&cursor).map { list.withName(of: $0) { Array($0) } } == names[rank])
        }
        var end = list.cursor(at: names.count)
        #expect(list.next(&end) == nil)
        #expect(list.size > 100_000 && list.size < 1_000_000)
    }
}
