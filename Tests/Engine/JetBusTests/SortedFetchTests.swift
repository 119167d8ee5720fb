import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// Sorted fetches: jet-protocol(7) §4.7.
@Suite("Sorted fetches")
struct SortedFetchTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    private func add(_ values: [(String, JSON)]) {
        for (path, value) in values { owner.ask("add", ["path": .string(path), "value": value]) }
    }

    private func notice(_ n: Int, _ changes: [(String, JSON, Int)]) -> JSON {
        let changes = changes.map { ["path": .string($0), "value": $1, "index": .number($2)] as JSON }
        return ["method": "top", "params": ["n": .number(n), "changes": .array(changes)]]
    }

    @Test("The first notification always comes, even with n: 0, changes: []")
    func emptyWindow() {
        viewer.ask("fetch", ["id": "top", "sort": ["byPath": true]])
        #expect(viewer.received() == [notice(0, [])])
    }

    @Test("sort: by path is the default, from 1 to 10")
    func byPath() {
        add((10..<25).reversed().map { ("p\($0)", .number($0)) })
        viewer.ask("fetch", ["id": "top", "sort": [:]])
        #expect(viewer.received() == [notice(10, (10..<20).map { ("p\($0)", .number($0), $0 - 9) })])
    }

    @Test("sort: by value implies isType, ties are broken by path, ascending also when descending")
    func byValue() {
        add([("a", 2), ("b", 3), ("c", 2), ("d", "2"), ("e", nil), ("f", 10)])
        viewer.ask("fetch", ["id": "top", "sort": ["byValue": "number", "descending": true]])
        #expect(viewer.received() == [notice(4, [("f", 10, 1), ("b", 3, 2), ("a", 2, 3), ("c", 2, 4)])])
    }

    @Test("sort: by a field, with strings that share a long beginning, and the rest of the rule")
    func byField() {
        add([
            ("x/1", ["name": "a long beginning: b"]), ("x/2", ["name": "a long beginning: a"]), ("x/3", ["name": 3]),
            ("y/1", ["name": "a"]), ("x/4", ["name": "\u{E9}"]), ("x/5", [:]),
        ])
        viewer.ask(
            "fetch",
            ["id": "top", "path": ["startsWith": "x/"], "sort": ["byValueField": ["name": "string"]]])
        #expect(
            viewer.received() == [
                notice(
                    3,
                    [
                        ("x/2", ["name": "a long beginning: a"], 1), ("x/1", ["name": "a long beginning: b"], 2),
                        ("x/4", ["name": "\u{E9}"], 3),
                    ])
            ])
    }

    @Test("Only what changed inside the window is sent; a pure shrink is changes: [] with the smaller n")
    func changes() {
        add([("a", 1), ("b", 2), ("c", 3), ("d", 4)])
        viewer.ask("fetch", ["id": "top", "sort": ["byValue": "number", "from": 2, "to": 3]])
        #expect(viewer.received() == [notice(2, [("b", 2, 2), ("c", 3, 3)])])
        owner.ask("change", ["path": "d", "value": 5])  // behind the window, and stays there
        #expect(viewer.received() == [])
        owner.ask("change", ["path": "c", "value": 3])  // to the same value, inside the window
        #expect(viewer.received() == [notice(2, [("c", 3, 3)])])
        owner.ask("change", ["path": "d", "value": 5])  // to the same value, behind the window
        owner.ask("change", ["path": "a", "value": 1])  // and before it
        #expect(viewer.received() == [])
        owner.ask("change", ["path": "c", "value": 3.5])
        #expect(viewer.received() == [notice(2, [("c", 3.5, 3)])])
        owner.ask("change", ["path": "d", "value": 0])  // from behind to before: all move
        #expect(viewer.received() == [notice(2, [("a", 1, 2), ("b", 2, 3)])])
        owner.ask("remove", ["path": "d"])
        #expect(viewer.received() == [notice(2, [("b", 2, 2), ("c", 3.5, 3)])])
        owner.ask("change", ["path": "c", "value": "no number"])
        #expect(viewer.received() == [notice(1, [])])
        owner.ask("remove", ["path": "b"])
        #expect(viewer.received() == [notice(0, [])])
        owner.ask("remove", ["path": "a"])
        #expect(viewer.received() == [])
    }

    @Test("sort: bounds without end or sense are served: to: 1e15, to before from")
    func bounds() {
        add([("a", 1), ("b", 2)])
        let all = viewer.ask("get", ["sort": ["to": 1e15]])
        #expect(all?["result"]?.array?.count == 2)
        for text in ["1e15", "1e300", "1e400", "9223372036854775807", "9223372036854775808", "99999999999999999999999"]
        {
            viewer.send(#"{"id":1,"method":"get","params":{"sort":{"from":2.0,"to":\#(text)}}}"#)
            #expect(viewer.answer(to: 1)?["result"]?.array?.count == 1, "to: \(text)")
            viewer.send(#"{"id":1,"method":"get","params":{"sort":{"from":\#(text),"to":\#(text)}}}"#)
            #expect(viewer.answer(to: 1) == .result([]), "from: \(text)")
            viewer.send(#"{"id":1,"method":"fetch","params":{"id":"far","sort":{"from":\#(text),"to":\#(text)}}}"#)
            #expect(viewer.answer(to: 1) == .done)
            #expect(viewer.received() == [["method": "far", "params": ["n": 0, "changes": []]]], "from: \(text)")
            owner.ask("add", ["path": "far", "value": 3])
            owner.ask("remove", ["path": "far"])
            #expect(viewer.received() == [])
            viewer.ask("unfetch", ["id": "far"])
        }
        #expect(viewer.ask("get", ["sort": ["from": 5, "to": 3]]) == .result([]))
        viewer.ask("fetch", ["id": "top", "sort": ["from": 5, "to": 3]])
        #expect(viewer.received() == [notice(0, [])])
        add([("c", 1)])
        #expect(viewer.received() == [])
    }

    @Test("A change to the same value inside the window is notified, whatever it is sorted by")
    func sameValue() {
        add([("a", ["n": 1]), ("b", ["n": 2])])
        viewer.ask("fetch", ["id": "top", "sort": [:]])
        viewer.ask("fetch", ["id": "top2", "sort": ["byValueField": ["n": "number"], "to": 1]])
        _ = viewer.received()
        owner.ask("change", ["path": "b", "value": ["n": 2]])
        #expect(viewer.received() == [notice(2, [("b", ["n": 2], 2)])])
    }

    @Test("Sorted by path, a Method has an entry without a value; by value it has none")
    func methods() {
        add([("a", 1)])
        owner.ask("add", ["path": "m"])
        viewer.ask("fetch", ["id": "top", "value": ["equalsNot": 1], "sort": [:]])
        let entry: JSON = ["path": "m", "index": 1]
        #expect(viewer.received() == [["method": "top", "params": ["n": 1, "changes": [entry]]]])
        owner.ask("remove", ["path": "m"])
        #expect(viewer.received() == [notice(0, [])])
        let byValue: JSON = ["value": ["equalsNot": 7], "sort": ["byValue": "number"]]
        owner.ask("add", ["path": "m"])
        #expect(viewer.ask("get", byValue) == .result([["path": "a", "value": 1, "index": 1]]))
    }

    @Test("get: sorted, its entries carry an index")
    func get() {
        add([("a", 1), ("b", 3), ("c", 2)])
        owner.ask("add", ["path": "d", "value": 4, "fetchOnly": true])
        let answer = viewer.ask("get", ["sort": ["byValue": "number", "descending": true, "to": 2]])
        #expect(
            answer
                == .result([
                    ["path": "d", "value": 4, "index": 1, "fetchOnly": true], ["path": "b", "value": 3, "index": 2],
                ]))
    }

    @Test("unfetch ends a sorted fetch, and it can begin again")
    func again() {
        add([("a", 1)])
        viewer.ask("fetch", ["id": "top", "sort": [:]])
        viewer.ask("unfetch", ["id": "top"])
        #expect(viewer.received().count == 1)
        add([("b", 1)])
        #expect(viewer.received() == [])
        viewer.ask("fetch", ["id": "top", "sort": [:]])
        #expect(viewer.received() == [notice(2, [("a", 1, 1), ("b", 1, 2)])])
    }

    @Test("A slow peer gets the whole window, once it reads again")
    func slowPeer() {
        let bus = TestBus { $0.outboxLimit = 300 }
        let (owner, viewer) = (bus.connect(), bus.connect())
        for path in ["a", "b", "c"] as [JSON] { owner.ask("add", ["path": path, "value": 1]) }
        viewer.ask("fetch", ["id": "top", "sort": ["byValue": "number", "to": 2]])
        viewer.isReading = false
        for value in 2..<100 {
            for path in ["a", "b"] as [JSON] { owner.ask("change", ["path": path, "value": .number(value)]) }
        }
        viewer.readAll()
        #expect(viewer.received().last == notice(2, [("c", 1, 1), ("a", 99, 2)]))
        #expect(bus.statistics.conflated > 0)
    }
}

/// The window that a client keeps by applying `changes`, held against one computed from scratch.
@Suite("Sorted windows")
struct SortedWindowTests {
    @Test(
        "A window kept by applying changes is the window computed from scratch, after each of 100,000 random steps",
        arguments: [
            ["byPath": true, "from": 3, "to": 7], ["byValue": "number", "descending": true, "from": 1, "to": 5],
            ["byValueField": ["v": "string"], "from": 2, "to": 9],
            ["byValueField": ["v": "number"], "descending": true, "from": 4, "to": 30],
        ] as [JSON])
    func model(sort: JSON) throws {
        let bus = TestBus()
        let (owner, viewer) = (bus.connect(), bus.connect())
        var random = SeededGenerator(seed: 42)
        var values: [String: JSON] = [:]
        var window: [Int: (String, JSON)] = [:]
        let rule = try SortRule(parsing: sort)
        viewer.ask("fetch", ["id": "w", "path": ["startsWith": "s/"], "sort": sort])
        for step in 0..<25_000 {
            let path = "s/\(Int.random(in: 0..<24, using: &random))"
            let value = Self.value(using: &random)
            if values[path] == nil {
                values[path] = value
                owner.notify("add", ["path": .string(path), "value": value])
            } else if Int.random(in: 0..<6, using: &random) == 0 {
                values[path] = nil
                owner.notify("remove", ["path": .string(path)])
            } else {
                values[path] = value
                owner.notify("change", ["path": .string(path), "value": value])
            }
            for message in viewer.received() {
                guard let n = message["params"]?["n"]?.int else { continue }
                for change in message["params"]?["changes"]?.array ?? [] {
                    guard let index = change["index"]?.int, let path = change["path"]?.string else { continue }
                    window[index] = (path, change["value"] ?? nil)
                }
                window = window.filter { $0.key <= rule.from + n - 1 }
            }
            let expected = Self.window(of: values, by: rule)
            let kept = window.sorted { $0.key < $1.key }
            try #require(
                kept.map(\.key) == Array(rule.from..<rule.from + expected.count)
                    && kept.map(\.value.0) == expected.map(\.0) && kept.map(\.value.1) == expected.map(\.1),
                "step \(step): kept \(kept), expected \(expected)")
        }
    }

    /// Values of few kinds and with many ties.
    private static func value(using random: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: "text"
        case 1:
            ["v": .string(["a", "b", "ab", "a long text 1", "a long text 2", "é"].randomElement(using: &random) ?? "")]
        case 2...4: ["v": .number(Int.random(in: -3...3, using: &random))]
        case 5: ["v": .string("x\(Int.random(in: 0..<4, using: &random))"), "w": 1]
        case 6: .number(Double(Int.random(in: -4...4, using: &random)) / 2)
        default: .number(Int.random(in: -5...5, using: &random))
        }
    }

    private static func window(of values: [String: JSON], by rule: SortRule) -> [(String, JSON)] {
        func key(_ path: String, _ value: JSON) -> JSON? {
            let key: JSON? =
                switch rule.key {
                case .path: .string(path)
                case .value: value
                case .field: value["v"]
                }
            let type: ValueRule.ValueType =
                switch rule.key {
                case .path: .string
                case .value(let type), .field(_, let type): type
                }
            switch (key, type) {
            case (.number, .number), (.string, .string): return key
            default: return nil
            }
        }
        let sorted = values.compactMap { path, value in key(path, value).map { (path, value, $0) } }.sorted {
            left, right in
            if left.2 != right.2 {
                let isLess =
                    if let leftNumber = left.2.double, let rightNumber = right.2.double {
                        leftNumber < rightNumber
                    } else {
                        Array((left.2.string ?? "").utf8).lexicographicallyPrecedes(Array((right.2.string ?? "").utf8))
                    }
                return isLess != rule.isDescending
            }
            return Array(left.0.utf8).lexicographicallyPrecedes(Array(right.0.utf8))
        }
        return sorted.dropFirst(rule.from - 1).prefix(max(0, rule.to - rule.from + 1)).map { ($0.0, $0.1) }
    }
}

/// The list behind the windows.
@Suite("RankedList")
struct RankedListTests {
    @Test("Thousands of entries come and go in any order, and every rank is right")
    func ranks() {
        let bus = TestBus()
        let owner = bus.connect()
        for number in 0..<2000 { owner.ask("add", ["path": .string("\(number)"), "value": 0]) }
        let elements = (0..<2000).compactMap { bus.bus.elements[$0] }
        var random = SeededGenerator(seed: 3)
        var list = RankedList()
        var model: [UInt64] = []
        func precedes(_ left: RankedList.Entry, _ right: RankedList.Entry) -> Bool {
            guard left.key == right.key else { return left.key < right.key }
            return left.element.takeUnretainedValue().serial < right.element.takeUnretainedValue().serial
        }
        var present = Set<Int>()
        for _ in 0..<12_000 {
            let number = Int.random(in: 0..<elements.count, using: &random)
            let key = UInt64(number) * 7919 % 2003
            let entry = RankedList.Entry(key: key, element: elements[number])
            let place = model.firstIndex { $0 >= key } ?? model.count
            if present.insert(number).inserted {
                #expect(list.insert(entry, limit: .max, precedes) == place)
                model.insert(key, at: place)
            } else {
                #expect(list.remove(entry, limit: .max, precedes) == place)
                model.remove(at: place)
                present.remove(number)
            }
            #expect(list.count == model.count)
        }
        var walked: [UInt64] = []
        list.forEach(in: 0..<list.count) { walked.append(UInt64($1.serial - elements[0].serial) * 7919 % 2003) }
        #expect(walked == model)
    }
}
