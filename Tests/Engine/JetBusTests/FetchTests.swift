import JSONText
import JetBus
import Testing

/// jet-protocol(7) §2 and §4: the rows `fetch`, `unfetch` and `get`, and what notifications say.
@Suite("jet-protocol(7) §2: fetch, unfetch, get")
struct FetchTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    // MARK: fetch | id (string or number) and the rule (4) | true | fetchIdInUse, bad rule

    @Test("fetch: what is there comes as add, then what happens")
    func fetch() {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "m"])
        #expect(viewer.ask("fetch", ["id": "f"]) == .done)
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("add", ["path": "b", "value": [1]])
        owner.ask("remove", ["path": "a"])
        owner.ask("remove", ["path": "m"])
        #expect(
            viewer.received() == [
                .event("f", "add", "a", 1), .event("f", "add", "m"), .event("f", "change", "a", 2),
                .event("f", "add", "b", [1]), .event("f", "remove", "a", 2), .event("f", "remove", "m"),
            ])
    }

    @Test("fetch: add comes again when an element was removed and added")
    func addAgain() {
        viewer.ask("fetch", ["id": "f", "path": ["equals": "a"]])
        for value in 1...3 {
            owner.ask("add", ["path": "a", "value": .number(value)])
            owner.ask("remove", ["path": "a"])
        }
        #expect(
            viewer.received().map { $0["params"]?["event"]?.string } == [
                "add", "remove", "add", "remove", "add", "remove",
            ])
    }

    @Test("fetch: a snapshot comes in the order in which the elements were added")
    func snapshotOrder() {
        for path in ["z", "a", "m", "b"] { owner.ask("add", ["path": .string(path), "value": 1]) }
        owner.ask("remove", ["path": "a"])
        owner.ask("add", ["path": "a", "value": 2])
        viewer.ask("fetch", ["id": "f"])
        #expect(viewer.received().map { $0["params"]?["path"]?.string } == ["z", "m", "b", "a"])
    }

    @Test("fetch: the owner hears of its own elements, too")
    func own() {
        owner.ask("fetch", ["id": "f"])
        owner.ask("add", ["path": "a", "value": 1])
        #expect(owner.received() == [.event("f", "add", "a", 1)])
    }

    @Test("fetch: each fetch of each peer hears by itself, under its own id")
    func several() {
        viewer.ask("fetch", ["id": "f"])
        viewer.ask("fetch", ["id": "g", "path": ["startsWith": "a"]])
        owner.ask("fetch", ["id": "f", "path": ["startsWith": "b"]])
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "b", "value": 2])
        let received = viewer.received()
        #expect(received.filter { $0["method"] == "f" } == [.event("f", "add", "a", 1), .event("f", "add", "b", 2)])
        #expect(received.filter { $0["method"] == "g" } == [.event("g", "add", "a", 1)])
        #expect(received.count == 3)
        #expect(owner.received() == [.event("f", "add", "b", 2)])
    }

    @Test(
        "fetch: the id is echoed byte for byte as the method of notifications",
        arguments: ["1", "-1.50e3", "0", #""f""#, #""""#, #""\u0041""#, #""😀\n""#])
    func echoedID(id: String) {
        owner.ask("add", ["path": "a", "value": 1])
        viewer.send(#"{"method":"fetch","params":{"id":\#(id)}}"#)
        #expect(
            viewer.receivedTexts() == [
                #"{"method":\#(id),"params":{"path":"a","event":"add","value":1}}"#
            ])
    }

    @Test("fetch: a string and a number are different ids; so are numbers with different digits")
    func idTypes() {
        for id in [1, "1", .number(1.5), "1.5"] as [JSON] { #expect(viewer.ask("fetch", ["id": id]) == .done) }
        viewer.send(#"{"id":1,"method":"fetch","params":{"id":1.0}}"#)
        #expect(viewer.answer(to: 1) == .done)
        #expect(bus.statistics.fetchers == 5)
        owner.ask("add", ["path": "a", "value": 1])
        #expect(viewer.receivedTexts().count == 5)
    }

    @Test("fetch: an id that is in use is refused with fetchIdInUse, also when it is written otherwise")
    func fetchIdInUse() {
        viewer.ask("fetch", ["id": "A"])
        viewer.ask("fetch", ["id": 1])
        #expect(viewer.ask("fetch", ["id": "A"]) == .refused(["fetchIdInUse": "A"]))
        #expect(viewer.ask("fetch", ["id": 1]) == .refused(["fetchIdInUse": 1]))
        viewer.send(#"{"id":1,"method":"fetch","params":{"id":"\u0041"}}"#)
        #expect(viewer.answer(to: 1) == .refused(["fetchIdInUse": "A"]))
        // Another peer's ids are its own.
        #expect(owner.ask("fetch", ["id": "A"]) == .done)
    }

    @Test("fetch: an id that is neither string nor number is refused", arguments: [nil, true, [1], [:]] as [JSON])
    func wrongID(id: JSON) {
        #expect(viewer.ask("fetch", ["id": id]) == .refused(["wrongType": "id", "got": ["id": id]]))
        #expect(viewer.ask("unfetch", ["id": id]) == .refused(["wrongType": "id", "got": ["id": id]]))
    }

    @Test("fetch, unfetch: without id they are refused")
    func missingID() {
        #expect(viewer.ask("fetch", [:]) == .refused(["missingParam": "id", "got": [:]]))
        #expect(viewer.ask("unfetch") == .refused(["missingParam": "id", "got": nil]))
        #expect(viewer.ask("fetch", ["f"]) == .refused(["wrongType": "params", "got": ["f"]]))
    }

    @Test(
        "fetch, get: a bad rule is refused, and it is said where it is bad",
        arguments: [
            (["path": "a"], "path"), (["path": ["equals": 1]], "path.equals"),
            (["path": ["equalsOneOf": ["a", 1]]], "path.equalsOneOf[1]"),
            (["path": ["caseInsensitive": 1]], "path.caseInsensitive"), (["value": ["lessThen": 1]], "value.lessThen"),
            (["value": 1], "value"), (["value": ["lessThan": [1]]], "value.lessThan"),
            (["value": ["isType": "integer"]], "value.isType"), (["value": ["hasOneOf": 1]], "value.hasOneOf"),
            (["valueField": []], "valueField"), (["valueField": ["a..b": [:]]], "valueField.a..b"),
            (["valueField": ["a": ["like": 1]]], "valueField.a.like"),
            (["valueField": ["a[99999999999999999999]": [:]]], "valueField.a[99999999999999999999]"),
            (["valueField": ["a[b()]": [:]]], "valueField.a[b()]"),
            (["valueField": ["a[-1]": [:]]], "valueField.a[-1]"), (["valueField": ["": [:]]], "valueField."),
            (["sort": true], "sort"), (["sort": ["byPath": 1]], "sort.byPath"),
            (["sort": ["byValue": "array"]], "sort.byValue"),
            (["sort": ["byValueField": ["a": "number", "b": "number"]]], "sort.byValueField"),
            (["sort": ["byPath": true, "byValue": "number"]], "sort"), (["sort": ["from": "1"]], "sort.from"),
            (["sort": ["from": -1e9]], "sort.from"), (["sort": ["from": 0]], "sort.from"),
            (["sort": ["from": true]], "sort.from"), (["sort": ["from": [1]]], "sort.from"),
            (["sort": ["from": 0.5]], "sort.from"), (["sort": ["to": "10"]], "sort.to"),
            (["sort": ["to": -1]], "sort.to"),
            (["sort": ["byValueField": ["a[os.execute()]": "number"]]], "sort.byValueField"),
            (["valueField": ["a[os.execute()]": [:]]], "valueField.a[os.execute()]"),
            (["where": ["prop": "a[os.execute()]", "op": "equals", "value": 1]], "where.prop"),
            (["sort": ["to": 1.5]], "sort.to"), (["sort": ["descending": "yes"]], "sort.descending"),
            (["sort": ["up": true]], "sort.up"), (["match": ["%"]], "match[0]"),
            (["where": ["op": "like", "value": 1]], "where.like"),
        ] as [(JSON, String)])
    func badRule(rule: JSON, place: String) {
        var params = rule.object ?? [:]
        params["id"] = "f"
        let answers = [viewer.ask("fetch", .object(params)), viewer.ask("get", rule)]
        for answer in answers {
            #expect(answer?["error"]?["code"] == -32602)
            #expect(answer?["error"]?["data"]?["badRule"]?["at"] == .string(place))
            #expect(answer?["error"]?["data"]?["badRule"]?["reason"]?.string?.isEmpty == false)
        }
        #expect(bus.statistics.fetchers == 0)
    }

    @Test("fetch: an unknown path predicate is ignored")
    func unknownPredicate() {
        owner.ask("add", ["path": "a", "value": 1])
        #expect(viewer.ask("fetch", ["id": "f", "path": ["soundsLike": 1, "equals": "a"]]) == .done)
        #expect(viewer.received() == [.event("f", "add", "a", 1)])
    }

    @Test(
        "fetch, get: each path predicate finds what is there and what comes later",
        arguments: [
            (["equals": "ab"], ["ab"]), (["equalsNot": "ab"], ["a", "b", "abc", "A"]),
            (["startsWith": "ab"], ["ab", "abc"]),
            (["startsNotWith": "a"], ["b", "A"]), (["endsWith": "b"], ["ab", "b"]),
            (["endsNotWith": "b"], ["a", "abc", "A"]),
            (["contains": "b"], ["ab", "b", "abc"]), (["containsNot": "b"], ["a", "A"]),
            (["equalsOneOf": ["b", "a", "x"]], ["a", "b"]), (["equalsNotOneOf": ["b", "a"]], ["ab", "abc", "A"]),
            (["containsOneOf": ["c", "A"]], ["abc", "A"]), (["containsAllOf": ["a", "c"]], ["abc"]),
            (["startsWith": "A", "caseInsensitive": true], ["a", "ab", "abc", "A"]), (["equalsOneOf": []], []),
            ([:], ["a", "ab", "b", "abc", "A"]), (["startsWith": "a", "endsWith": "b"], ["ab"]),
            (["equals": "ab", "contains": "c"], []), (["equalsOneOf": ["ab", "b"], "startsWith": "a"], ["ab"]),
        ] as [(JSON, [String])])
    func predicates(rule: JSON, matching: [String]) {
        let paths = ["a", "ab", "b", "abc", "A"]
        // Some fetch before the elements are there, some after.
        viewer.ask("fetch", ["id": "early", "path": rule])
        for path in paths { owner.ask("add", ["path": .string(path), "value": 1]) }
        viewer.ask("fetch", ["id": "late", "path": rule])
        for path in paths { owner.ask("change", ["path": .string(path), "value": 2]) }
        let received = viewer.received()
        for id in ["early", "late"] as [JSON] {
            for event in ["add", "change"] as [JSON] {
                let found = received.filter { $0["method"] == id && $0["params"]?["event"] == event }
                #expect(Set(found.map { $0["params"]?["path"]?.string ?? "" }) == Set(matching), "\(id) \(event)")
                #expect(found.count == matching.count)
            }
        }
        let got = viewer.ask("get", ["path": rule])?["result"]?.array ?? []
        #expect(Set(got.map { $0["path"]?.string ?? "" }) == Set(matching))
        #expect(got.count == matching.count)
    }

    // MARK: unfetch | id | true, also for an unknown id

    @Test("unfetch: nothing more comes; an unknown id is fine, too")
    func unfetch() {
        viewer.ask("fetch", ["id": "f"])
        owner.ask("add", ["path": "a", "value": 1])
        _ = viewer.received()
        #expect(viewer.ask("unfetch", ["id": "f"]) == .done)
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("add", ["path": "b", "value": 2])
        owner.ask("remove", ["path": "a"])
        #expect(viewer.received() == [])
        #expect(viewer.ask("unfetch", ["id": "f"]) == .done)
        #expect(viewer.ask("unfetch", ["id": 77]) == .done)
        #expect(bus.statistics.fetchers == 0)
    }

    @Test("unfetch: another peer's fetch with the same id goes on")
    func unfetchOfOther() {
        viewer.ask("fetch", ["id": "f"])
        #expect(owner.ask("unfetch", ["id": "f"]) == .done)
        owner.ask("add", ["path": "a", "value": 1])
        #expect(viewer.received() == [.event("f", "add", "a", 1)])
    }

    @Test("unfetch: the id is free; a new fetch under it starts from the beginning, with its own rule")
    func fetchAgain() {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "b", "value": 1])
        viewer.ask("fetch", ["id": "f"])
        viewer.ask("unfetch", ["id": "f"])
        _ = viewer.received()
        #expect(viewer.ask("fetch", ["id": "f", "path": ["equals": "b"]]) == .done)
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("change", ["path": "b", "value": 2])
        #expect(viewer.received() == [.event("f", "add", "b", 1), .event("f", "change", "b", 2)])
    }

    @Test("unfetch: the response comes after the last notification")
    func unfetchOrder() {
        viewer.send(
            [
                ["id": 1, "method": "fetch", "params": ["id": "f"]],
                ["method": "add", "params": ["path": "a", "value": 1]],
                ["id": 2, "method": "unfetch", "params": ["id": "f"]],
                ["method": "change", "params": ["path": "a", "value": 2]],
            ])
        #expect(
            viewer.received() == [["id": 1, "result": true], .event("f", "add", "a", 1), ["id": 2, "result": true]])
    }

    // MARK: get | a rule (4), no id | array of entries | bad rule

    @Test("get: the entries that are there now, as add notifications would show them")
    func get() {
        #expect(viewer.ask("get") == .result([]))
        owner.ask("add", ["path": "a", "value": 1, "meta": ["unit": "s"]])
        owner.ask("add", ["path": "m", "fetchOnly": true])
        owner.ask("change", ["path": "a", "value": 2])
        let all: [JSON] = [
            .entry("add", "a", 2, ["meta": ["unit": "s"]]), .entry("add", "m", nil, ["fetchOnly": true]),
        ]
        #expect(viewer.ask("get", [:]) == .result(.array(all)))
        #expect(viewer.ask("get", ["path": ["equals": "m"]]) == .result([all[1]]))
        #expect(viewer.ask("get", ["path": ["equals": "x"]]) == .result([]))
        #expect(viewer.ask("get", [1]) == .refused(["wrongType": "params", "got": [1]]))
        owner.ask("remove", ["path": "a"])
        #expect(viewer.ask("get", [:]) == .result([all[1]]))
        #expect(viewer.received() == [])
    }
}
