import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// Fetching by value and by field: jet-protocol(7) §4.2.
@Suite("Value rules of a fetch")
struct ValueRuleTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    /// Whether a State with this value is among those of a get with this rule.
    private func matches(_ rule: JSON, _ value: JSON) -> Bool {
        owner.ask("add", ["path": "x", "value": value])
        defer { owner.ask("remove", ["path": "x"]) }
        return viewer.ask("get", rule)?["result"]?.array?.isEmpty == false
    }

    @Test(
        "value: lessThan, greaterThan compare number with number, string with string, else they are false",
        arguments: [
            (["lessThan": 2], 1, true), (["lessThan": 2], 2, false), (["lessThan": 2], "1", false),
            (["greaterThan": 2], 3, true), (["greaterThan": 2], 2.0, false), (["greaterThan": 2], nil, false),
            (["lessThan": "b"], "a", true), (["lessThan": "b"], 1, false),
            (["greaterThan": "a"], "aa", true), (["greaterThan": "z"], "é", true), (["lessThan": 2], [1], false),
            (["greaterThan": 9_007_199_254_740_992], 9_007_199_254_740_994, true),
            (["lessThan": 1, "greaterThan": 0], 0.5, true),
        ] as [(JSON, JSON, Bool)])
    func order(rule: JSON, value: JSON, expected: Bool) {
        #expect(matches(["value": rule], value) == expected)
    }

    @Test(
        "value: equals, equalsNot compare any values",
        arguments: [
            (1, 1.0, true), ("a", "a", true), ("a", "A", false), (true, true, true), (true, 1, false),
            (nil, nil, true), (nil, false, false), ([1, [2]], [1, [2]], true), ([1], [1, 2], false),
            (["a": 1, "b": 2], ["b": 2, "a": 1], true), (["a": 1], [:], false), ("1", 1, false), ([:], [], false),
        ] as [(JSON, JSON, Bool)])
    func equality(operand: JSON, value: JSON, expected: Bool) {
        #expect(matches(["value": ["equals": operand]], value) == expected)
        #expect(matches(["value": ["equalsNot": operand]], value) == !expected)
    }

    @Test(
        "value: isType; an array is also an object, null is not",
        arguments: [
            ("number", [1]), ("string", ["a"]), ("boolean", [true, false]), ("object", [[:], []]), ("array", [[]]),
            ("null", [nil]),
        ] as [(String, [JSON])])
    func types(name: String, values: [JSON]) {
        for value in [1, "a", true, false, [:], [], nil] as [JSON] {
            #expect(matches(["value": ["isType": .string(name)]], value) == values.contains(value), "\(value)")
        }
    }

    @Test(
        "value: hasOneOf, hasAllOf look into arrays",
        arguments: [
            ("hasOneOf", [1, 2], [2, 3], true), ("hasOneOf", [1, 2], [3], false), ("hasOneOf", [], [1], false),
            ("hasAllOf", [1, 2], [2, 3, 1], true), ("hasAllOf", [1, 2], [1], false), ("hasAllOf", [], [], true),
            ("hasOneOf", [1], 1, false), ("hasAllOf", [], 1, false), ("hasAllOf", [["a": 1]], [["a": 1.0]], true),
        ] as [(String, [JSON], JSON, Bool)])
    func lists(predicate: String, operands: [JSON], value: JSON, expected: Bool) {
        #expect(matches(["value": [predicate: .array(operands)] as JSON], value) == expected)
    }

    @Test(
        "valueField: names and indices lead to what is compared",
        arguments: [
            (["a": ["equals": 1]], ["a": 1], true), (["a.b": ["equals": 1]], ["a": ["b": 1]], true),
            (["a[1]": ["equals": 2]], ["a": [1, 2]], true), (["[0].c": ["equals": 3]], [["c": 3]], true),
            (["a.b[0].c": ["greaterThan": 3]], ["a": ["b": [["c": 4]]]], true),
            (["[\"a.b\"]": ["equals": 1]], ["a.b": 1], true), (["é": ["equals": 1]], ["é": 1], true),
            (["a": ["equals": 1], "b": ["equals": 2]], ["a": 1, "b": 3], false),
            (["a": ["isType": "number"]], ["a": "1"], false), (["length": ["equals": 2]], [1, 2], false),
            (["os.execute('x')": ["equals": 1]], ["os": ["execute('x')": 1]], true),
        ] as [(JSON, JSON, Bool)])
    func fields(rule: JSON, value: JSON, expected: Bool) {
        #expect(matches(["valueField": rule], value) == expected)
    }

    @Test(
        "valueField: an absent field satisfies equalsNot if its parent is there, and nothing else",
        arguments: [
            (["a": ["equalsNot": 1]], [:], true), (["a.b": ["equalsNot": 1]], ["a": [:]], true),
            (["a.b": ["equalsNot": 1]], [:], false), (["a.b": ["equalsNot": 1]], ["a": 1], false),
            (["[1]": ["equalsNot": 1]], [0], true), (["a[5]": ["equalsNot": 1]], ["a": [0, 1]], true),
            (["a.b": ["equalsNot": 1]], ["a": [0]], true), (["a[0]": ["equalsNot": 1]], ["a": [:]], true),
            (["a[5].b": ["equalsNot": 1]], ["a": [0]], false), (["a.b.c": ["equalsNot": 1]], [:], false),
            (["a": ["equalsNot": 1]], 5, false), (["a": ["equalsNot": 1]], nil, false),
            (["a": ["equalsNot": nil]], [:], true), (["a": ["equalsNot": nil]], ["a": nil], false),
            (["a": ["equalsNot": 1, "lessThan": 5]], [:], false),
            (["a": ["isType": "null"]], [:], false), (["a": ["equals": nil]], [:], false),
        ] as [(JSON, JSON, Bool)])
    func absentFields(rule: JSON, value: JSON, expected: Bool) {
        #expect(matches(["valueField": rule], value) == expected)
    }

    @Test(
        "fetch: a State that begins to satisfy the rule is added, one that no longer does is removed with the new value"
    )
    func comingAndGoing() {
        owner.ask("add", ["path": "t", "value": 5])
        viewer.ask("fetch", ["id": "hot", "value": ["greaterThan": 10]])
        #expect(viewer.received() == [])
        owner.ask("change", ["path": "t", "value": 11])
        owner.ask("change", ["path": "t", "value": 12])
        owner.ask("change", ["path": "t", "value": 9])
        owner.ask("change", ["path": "t", "value": 8])
        owner.ask("change", ["path": "t", "value": 20])
        owner.ask("remove", ["path": "t"])
        owner.ask("add", ["path": "t", "value": 1])
        owner.ask("remove", ["path": "t"])
        #expect(
            viewer.received() == [
                .event("hot", "add", "t", 11), .event("hot", "change", "t", 12), .event("hot", "remove", "t", 9),
                .event("hot", "add", "t", 20), .event("hot", "remove", "t", 20),
            ])
    }

    @Test(
        "A Method has no value: of all predicates on values only equalsNot holds, and none on fields",
        arguments: [
            (["value": ["equalsNot": 1]], true), (["value": ["equalsNot": nil]], true), (["value": [:]], true),
            (["value": ["equals": nil]], false), (["value": ["isType": "null"]], false),
            (["value": ["equalsNot": 1, "isType": "number"]], false), (["value": ["hasAllOf": []]], false),
            (["value": ["lessThan": 1]], false), (["valueField": ["a": ["equalsNot": 1]]], false),
            (["valueField": ["a": [:]]], true), (["value": ["equalsNot": 1], "sort": [:]], true),
            (["value": ["equalsNot": 1], "sort": ["byValue": "number"]], false),
            (["where": ["op": "equalsNot", "value": 1]], true), (["where": ["op": "equals", "value": nil]], false),
            (["where": ["prop": "a", "op": "equalsNot", "value": 1]], false),
        ] as [(JSON, Bool)])
    func methods(rule: JSON, expected: Bool) {
        owner.ask("add", ["path": "m"])
        #expect(viewer.ask("get", rule)?["result"]?.array?.isEmpty == !expected)
    }

    @Test("fetch: a Method that satisfies a rule about values is added and removed, without a value")
    func methodEvents() {
        owner.ask("add", ["path": "m"])
        viewer.ask("fetch", ["id": "f", "value": ["equalsNot": 1]])
        owner.ask("remove", ["path": "m"])
        owner.ask("add", ["path": "m"])
        #expect(
            viewer.received() == [
                .event("f", "add", "m", nil), .event("f", "remove", "m", nil), .event("f", "add", "m", nil),
            ])
    }

    @Test("fetch: a slow peer ends with what satisfies the rule now")
    func slowPeer() {
        let bus = TestBus { $0.outboxLimit = 200 }
        let (owner, viewer) = (bus.connect(), bus.connect())
        for path in ["a", "b", "c", "d"] as [JSON] { owner.ask("add", ["path": path, "value": 20]) }
        viewer.ask("fetch", ["id": "hot", "value": ["greaterThan": 10]])
        #expect(viewer.received().count == 4)
        viewer.isReading = false
        for value in 0..<30 {
            for path in ["a", "b", "c", "d"] as [JSON] {
                owner.ask("change", ["path": path, "value": .number(path == "b" ? 30 - value : value)])
            }
        }
        owner.ask("remove", ["path": "c"])
        viewer.readAll()
        var known: [String: JSON] = ["a": 20, "b": 20, "c": 20, "d": 20]
        for event in viewer.received() {
            let path = event["params"]?["path"]?.string ?? ""
            switch event["params"]?["event"]?.string {
            case "remove":
                #expect(known[path] != nil)
                known[path] = nil
            case "add":
                #expect(known[path] == nil)
                known[path] = event["params"]?["value"]
            default:
                #expect(known[path] != nil)
                known[path] = event["params"]?["value"]
            }
        }
        #expect(known == ["a": 29, "d": 29])
        #expect(bus.statistics.conflated > 0)
    }
}
