import JSONText
import JetBus
import Testing

/// jet-protocol(7) §2: the rows `add`, `remove` and `change`.
@Suite("jet-protocol(7) §2: add, remove, change")
struct ElementTests {
    let bus = TestBus()
    let owner: TestPeer
    let other: TestPeer

    init() {
        owner = bus.connect()
        other = bus.connect()
    }

    // MARK: add | path, value? (absent: a Method), fetchOnly?, timeout? (s), access?, meta? | true | pathAlreadyExists

    @Test("add: path and value make a State; the result is true")
    func addState() {
        #expect(owner.ask("add", ["path": "a", "value": 1]) == .done)
        #expect(other.ask("get") == .result([.entry("add", "a", 1)]))
    }

    @Test("add: without value it is a Method, with null it is a State")
    func addMethod() {
        #expect(owner.ask("add", ["path": "m"]) == .done)
        #expect(owner.ask("add", ["path": "s", "value": nil]) == .done)
        #expect(other.ask("get") == .result([.entry("add", "m"), .entry("add", "s", .null)]))
    }

    @Test(
        "add: a value passes as it was written: numbers keep their digits, strings their escapes",
        arguments: [
            "1.50", "-0.0", "1E+2", "123456789012345678901234567890", #""\u0041\/\n😀""#, #"{ "b" : 1, "a" : [ ] }"#,
            #"{"a":1,"a":2}"#, "null", "false", "[1, 2.0 ,3]",
        ])
    func verbatim(value: String) {
        owner.send(#"{"method":"add","params":{"path":"a","value": \#(value) }}"#)
        other.send(#"{"method":"fetch","params":{"id":"f"}}"#)
        owner.send(#"{"method":"change","params":{"value":\#(value),"path":"a"}}"#)
        #expect(
            other.receivedTexts() == [
                #"{"method":"f","params":{"path":"a","event":"add","value":\#(value)}}"#,
                #"{"method":"f","params":{"path":"a","event":"change","value":\#(value)}}"#,
            ])
    }

    @Test("add: a path that is taken is refused with pathAlreadyExists, whoever owns it")
    func pathAlreadyExists() {
        owner.ask("add", ["path": "a", "value": 1])
        #expect(owner.ask("add", ["path": "a", "value": 2]) == .refused(["pathAlreadyExists": "a"]))
        #expect(other.ask("add", ["path": "a"]) == .refused(["pathAlreadyExists": "a"]))
        #expect(other.ask("get") == .result([.entry("add", "a", 1)]))
    }

    @Test("add: an element that nobody may see still holds its path")
    func hiddenPath() {
        owner.ask("add", ["path": "a", "value": 1, "access": ["fetchGroups": []]])
        #expect(other.ask("add", ["path": "a"]) == .refused(["pathAlreadyExists": "a"]))
    }

    @Test("add: fetchOnly is told with add, and only then")
    func fetchOnly() {
        other.ask("fetch", ["id": "f"])
        #expect(owner.ask("add", ["path": "a", "value": 1, "fetchOnly": true]) == .done)
        #expect(owner.ask("add", ["path": "b", "value": 1, "fetchOnly": false]) == .done)
        owner.ask("change", ["path": "a", "value": 2])
        owner.ask("remove", ["path": "a"])
        #expect(
            other.received() == [
                .event("f", "add", "a", 1, ["fetchOnly": true]), .event("f", "add", "b", 1),
                .event("f", "change", "a", 2), .event("f", "remove", "a", 2),
            ])
    }

    @Test("add: meta travels with add notifications and with get, as it was written")
    func meta() {
        other.ask("fetch", ["id": "f"])
        let meta = #"{ "title" : "\u0054", "unit":"°C","min":1.0 }"#
        owner.send(#"{"method":"add","params":{"path":"a","value":1,"meta":\#(meta)}}"#)
        owner.send(#"{"method":"add","params":{"path":"m","fetchOnly":true,"meta":{}}}"#)
        owner.send(#"{"method":"change","params":{"path":"a","value":2}}"#)
        #expect(
            other.receivedTexts() == [
                #"{"method":"f","params":{"path":"a","event":"add","value":1,"meta":\#(meta)}}"#,
                #"{"method":"f","params":{"path":"m","event":"add","fetchOnly":true,"meta":{}}}"#,
                #"{"method":"f","params":{"path":"a","event":"change","value":2}}"#,
            ])
        other.send(#"{"id":1,"method":"get","params":{"path":{"equals":"a"}}}"#)
        #expect(
            other.receivedTexts() == [
                #"{"id":1,"result":[{"path":"a","event":"add","value":2,"meta":\#(meta)}]}"#
            ])
    }

    @Test(
        "add: params of wrong types are refused with their names",
        arguments: [
            ("path", 1), ("path", nil), ("path", ["a"]), ("fetchOnly", 1), ("fetchOnly", "true"),
            ("timeout", "1"), ("timeout", -1), ("timeout", true), ("access", 1), ("access", ["a"]),
            ("access", ["setGroups": "a"]), ("meta", "title"), ("meta", false), ("meta", ["a"]),
        ] as [(String, JSON)])
    func addWrongType(name: String, value: JSON) {
        var params: JSON.Object = ["path": "a", "value": 1]
        params[name] = value
        #expect(owner.ask("add", .object(params)) == .refused(["wrongType": .string(name), "got": .object(params)]))
        #expect(bus.statistics.elements == 0)
    }

    @Test("add, remove, change: without a path they are refused with missingParam")
    func missingPath() {
        for method in ["add", "remove", "change"] {
            let missing: JSON = ["missingParam": "path", "got": ["value": 1]]
            #expect(owner.ask(method, ["value": 1]) == .refused(missing))
            #expect(owner.ask(method) == .refused(["missingParam": "path", "got": nil]))
            #expect(owner.ask(method, ["path", 1]) == .refused(["wrongType": "params", "got": ["path", 1]]))
        }
    }

    // MARK: remove | path | true | pathNotExists, foreignPath

    @Test("remove: the element is gone, and its path is free")
    func remove() {
        owner.ask("add", ["path": "a", "value": 1])
        #expect(owner.ask("remove", ["path": "a"]) == .done)
        #expect(other.ask("get") == .result([]))
        #expect(other.ask("add", ["path": "a", "value": 2]) == .done)
    }

    @Test("remove: refused with pathNotExists or foreignPath")
    func removeRefused() {
        #expect(owner.ask("remove", ["path": "a"]) == .refused(["pathNotExists": "a"]))
        owner.ask("add", ["path": "a", "value": 1])
        #expect(other.ask("remove", ["path": "a"]) == .refused(["foreignPath": "a"]))
        #expect(other.ask("get") == .result([.entry("add", "a", 1)]))
        owner.ask("remove", ["path": "a"])
        #expect(owner.ask("remove", ["path": "a"]) == .refused(["pathNotExists": "a"]))
    }

    @Test("remove: the notification carries the last value; that of a Method carries none")
    func removeNotification() {
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "m"])
        other.ask("fetch", ["id": "f"])
        owner.ask("change", ["path": "a", "value": [7]])
        _ = other.received()
        owner.ask("remove", ["path": "a"])
        owner.ask("remove", ["path": "m"])
        #expect(other.received() == [.event("f", "remove", "a", [7]), .event("f", "remove", "m")])
    }

    // MARK: change | path, value | true | pathNotExists, foreignPath

    @Test("change: the value is new for all who fetched it; one to the same value is notified, too")
    func change() {
        owner.ask("add", ["path": "a", "value": 1])
        other.ask("fetch", ["id": "f"])
        #expect(owner.ask("change", ["path": "a", "value": 2]) == .done)
        #expect(owner.ask("change", ["path": "a", "value": 2]) == .done)
        #expect(
            other.received() == [
                .event("f", "add", "a", 1), .event("f", "change", "a", 2), .event("f", "change", "a", 2),
            ])
    }

    @Test("change: refused with pathNotExists, foreignPath, or missingParam; a Method is notAState")
    func changeRefused() {
        #expect(owner.ask("change", ["path": "a", "value": 1]) == .refused(["pathNotExists": "a"]))
        owner.ask("add", ["path": "a", "value": 1])
        owner.ask("add", ["path": "m"])
        #expect(other.ask("change", ["path": "a", "value": 2]) == .refused(["foreignPath": "a"]))
        let missing: JSON = ["missingParam": "value", "got": ["path": "a"]]
        #expect(owner.ask("change", ["path": "a"]) == .refused(missing))
        #expect(owner.ask("change", ["path": "m", "value": 2]) == .refused(["notAState": "m"]))
        #expect(other.ask("get") == .result([.entry("add", "a", 1), .entry("add", "m")]))
    }

    @Test("change: values of all sizes take each other's place")
    func sizes() {
        owner.ask("add", ["path": "a", "value": ""])
        for size in [0, 1, 100, 3, 100_000, 2, 5000, 0] {
            let value = JSON.string(String(repeating: "x", count: size))
            owner.ask("change", ["path": "a", "value": value])
            #expect(other.ask("get") == .result([.entry("add", "a", value)]))
        }
    }
}
