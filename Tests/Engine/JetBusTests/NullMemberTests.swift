import JSONText
import JetBus
import Testing

/// `null` for an optional member is the same as absent (jet-protocol(7) §2.2); as `value`, and as the operand of a predicate,
/// it is a value.
@Suite("Members that are null")
struct NullMemberTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    @Test("add: no optional member but value")
    func add() {
        let params: JSON = [
            "path": "a", "value": 1, "fetchOnly": nil, "timeout": nil, "access": nil, "meta": nil, "caller": nil,
        ]
        #expect(owner.ask("add", params) == .done)
        #expect(viewer.ask("get", [:]) == .result([.entry("add", "a", 1)]))
        viewer.notify("set", ["path": "a", "value": 2])
        #expect(owner.received() == [["method": "a", "params": ["value": 2]]])
    }

    @Test("add: null as value makes a State, whose value is null")
    func value() {
        #expect(owner.ask("add", ["path": "a", "value": nil]) == .done)
        let null: JSON = nil
        #expect(viewer.ask("get", [:]) == .result([.entry("add", "a", null)]))
        #expect(owner.ask("change", ["path": "a", "value": nil]) == .done)
        viewer.notify("set", ["path": "a", "value": nil])
        #expect(owner.received() == [["method": "a", "params": ["value": nil]]])
    }

    @Test("add: a list of access that is null does not restrict")
    func access() {
        let access: JSON = ["fetchGroups": nil, "setGroups": nil, "callGroups": []]
        #expect(owner.ask("add", ["path": "a", "value": 1, "access": access]) == .done)
        #expect(viewer.ask("get", [:]) == .result([.entry("add", "a", 1)]))
    }

    @Test("set: timeout and valueAsResult, which then is not forwarded")
    func set() {
        owner.ask("add", ["path": "a", "value": 1])
        viewer.notify("set", ["path": "a", "value": 2, "timeout": nil, "valueAsResult": nil])
        #expect(owner.received() == [["method": "a", "params": ["value": 2]]])
    }

    @Test("call: timeout and args; the owner gets {} then")
    func call() {
        owner.ask("add", ["path": "m"])
        viewer.notify("call", ["path": "m", "args": nil, "timeout": nil])
        #expect(owner.received() == [["method": "m", "params": [:]]])
    }

    @Test(
        "fetch and get: each part of a rule",
        arguments: [
            "path", "value", "valueField", "sort", "interval", "max", "match", "matches", "unmatch", "equalsNot",
            "caseInsensitive", "where",
        ])
    func rule(name: String) {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "m"])
        #expect(viewer.ask("get", .object([name: nil])) == viewer.ask("get", [:]))
        #expect(viewer.ask("fetch", .object(["id": "f", name: nil])) == .done)
        #expect(viewer.received() == [.event("f", "add", "a", 1), .event("f", "add", "m")])
    }

    @Test(
        "fetch and get: the members of sort, and caseInsensitive inside path",
        arguments: [
            ["sort": ["byPath": nil]], ["sort": ["byValue": nil]], ["sort": ["byValueField": nil]],
            ["sort": ["descending": nil]], ["sort": ["from": nil]], ["sort": ["to": nil]], ["sort": ["prop": nil]],
            ["sort": ["asArray": nil]], ["path": ["caseInsensitive": nil], "sort": [:]],
        ] as [JSON])
    func partOfRule(rule: JSON) {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "B", "value": 2])
        #expect(viewer.ask("get", rule) == viewer.ask("get", ["sort": [:]]))
    }

    @Test("where: prop; then the condition is about the value itself")
    func prop() {
        owner.ask("add", ["path": "a", "value": 1])
        let rule: JSON = ["where": ["prop": nil, "op": "equals", "value": 1]]
        #expect(viewer.ask("get", rule) == .result([.entry("add", "a", 1)]))
        let older: JSON = ["sort": ["byValue": true, "prop": nil]]
        #expect(viewer.ask("get", older) == .result([["path": "a", "value": 1, "index": 1]]))
    }

    @Test(
        "as an operand it is a value, and refused where a value of another type is needed",
        arguments: [
            (["value": ["lessThan": nil]], "value.lessThan"), (["value": ["isType": nil]], "value.isType"),
            (["value": ["hasOneOf": nil]], "value.hasOneOf"), (["path": ["equals": nil]], "path.equals"),
            (["path": ["equalsOneOf": nil]], "path.equalsOneOf"), (["valueField": ["a": nil]], "valueField.a"),
            (["where": [nil]], "where[0]"), (["sort": ["nonsense": nil]], "sort.nonsense"),
        ] as [(JSON, String)])
    func operand(rule: JSON, place: String) {
        #expect(viewer.ask("get", rule)?["error"]?["data"]?["badRule"]?["at"] == .string(place))
    }

    @Test("value: equals and equalsNot compare with null")
    func equality() {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "n", "value": nil])
        let null: JSON = nil
        #expect(viewer.ask("get", ["value": ["equals": nil]]) == .result([.entry("add", "n", null)]))
        #expect(viewer.ask("get", ["value": ["equalsNot": nil]]) == .result([.entry("add", "a", 1)]))
        let condition: JSON = ["op": "equals", "value": nil]
        #expect(viewer.ask("get", ["where": condition]) == .result([.entry("add", "n", null)]))
    }

    @Test("config: name, debug and encoding stay as they are")
    func config() {
        viewer.ask("config", ["name": "panel"])
        #expect(viewer.ask("config", ["name": nil, "debug": nil, "encoding": nil]) == .done)
        #expect(bus.bus.name(of: viewer.id) == "panel")
        #expect(viewer.ask("config", ["nonsense": nil]) == .refused(["unknownParam": "nonsense"]))
    }

    @Test("params: of get, config and info; where members are required, these are missing")
    func params() {
        let null: JSON = nil
        owner.ask("add", ["path": "a", "value": 1])
        #expect(viewer.ask("get", null) == .result([.entry("add", "a", 1)]))
        #expect(viewer.ask("config", null) == .done)
        #expect(viewer.ask("info", null)?["result"] != nil)
        #expect(viewer.ask("unfetch", null) == .refused(["missingParam": "id", "got": nil]))
        // Whatever the params of an echo are, they are a value.
        #expect(viewer.ask("echo", null) == .result(null))
    }

    @Test("a required member that is null is of the wrong type")
    func required() {
        let params: JSON = ["path": nil]
        #expect(viewer.ask("remove", params) == .refused(["wrongType": "path", "got": params]))
        let fetch: JSON = ["id": nil]
        #expect(viewer.ask("fetch", fetch) == .refused(["wrongType": "id", "got": fetch]))
    }

    @Test("an answer: error, beside a result; a result that is null is a value")
    func answer() {
        owner.ask("add", ["path": "m"])
        for (answer, expected) in [
            (["result": 7, "error": nil], .result(7)), (["result": nil], ["result": nil]),
            (["result": nil, "error": nil], ["result": nil]), (["result": nil, "error": 1], ["error": 1]),
        ] as [(JSON, JSON)] {
            viewer.send(["id": 1, "method": "call", "params": ["path": "m"]])
            var answer = answer.object ?? [:]
            answer["id"] = owner.received().last?["id"]
            owner.send(.object(answer))
            #expect(viewer.answer(to: 1) == expected)
        }
    }
}
