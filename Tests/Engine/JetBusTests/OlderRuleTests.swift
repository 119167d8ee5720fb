import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// The older form of a rule, from lua-jet's first API: jet-protocol(7) §4.5.
@Suite("Older form of a rule")
struct OlderRuleTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
        let states: [(String, JSON)] = [
            ("cpu/0", 3), ("cpu/1", 1), ("CPU/2", ["a": 2]), ("net", ["a": 1, "b": "x"]), ("text", "hi"),
        ]
        for (path, value) in states { owner.ask("add", ["path": .string(path), "value": value]) }
    }

    @Test(
        "get: match, unmatch, equalsNot, where, max, sort.prop",
        arguments: [
            (["match": ["^cpu"]], ["cpu/0", "cpu/1"]), (["match": "net"], ["net"]), (["match": []], []),
            (["matches": ["^n", "x"]], ["net", "text"]), (["match": ["u/"], "unmatch": ["1$"]], ["cpu/0"]),
            (["unmatch": "%d"], ["net", "text"]), (["match": ["%d"], "equalsNot": ["cpu/0"]], ["cpu/1", "CPU/2"]),
            (["match": ["^Cpu/%D*%d"], "caseInsensitive": true], ["cpu/0", "cpu/1", "CPU/2"]),
            (["equalsNot": ["CPU/2", "Net"], "caseInsensitive": true], ["cpu/0", "cpu/1", "text"]),
            (["where": ["op": "lessThan", "value": 2]], ["cpu/1"]),
            (["where": ["prop": "a", "op": "greaterThan", "value": 0]], ["CPU/2", "net"]),
            (
                [
                    "where": [
                        ["prop": "a", "op": "lessThan", "value": 2], ["prop": "b", "op": "equals", "value": "x"],
                    ]
                ], ["net"]
            ),
            (
                [
                    "where": [
                        ["prop": "a", "op": "greaterThan", "value": 1], ["prop": "a", "op": "lessThan", "value": 3],
                    ]
                ],
                ["CPU/2"]
            ),
            (["where": ["prop": "", "op": "isType", "value": "string"]], ["text"]),
            (["where": ["op": "isType", "value": "table"]], ["CPU/2", "net"]),
            (["match": ["cpu"], "max": 1], ["cpu/0"]), (["max": 0], []),
            (["sort": ["byValue": true]], ["cpu/1", "cpu/0"]),
            (["sort": ["byValue": true, "prop": "a", "descending": true]], ["CPU/2", "net"]),
            (["sort": ["byPath": true, "from": 2], "max": 2], ["cpu/0", "cpu/1"]),
        ] as [(JSON, [String])])
    func get(rule: JSON, paths: [String]) throws {
        func found(_ rule: JSON) -> [String]? {
            viewer.ask("get", rule)?["result"]?.array?.compactMap { $0["path"]?.string }
        }
        #expect(found(rule) == paths)
        // The library writes the rule anew; it has to mean the same.
        #expect(found(.object(try FetchRule(parsing: rule).json)) == paths)
    }

    @Test("fetch: a match is told of elements that come, others are not")
    func fetch() {
        viewer.ask("fetch", ["id": "f", "match": ["^new/%d+$"], "unmatch": ["/13$"]])
        _ = viewer.received()
        for path in ["new/1", "new/13", "new/x", "old/1"] { owner.ask("add", ["path": .string(path), "value": 1]) }
        #expect(viewer.received().compactMap { $0["params"]?["path"]?.string } == ["new/1"])
    }

    @Test(
        "what cannot be read is refused with its place",
        arguments: [
            (["match": 1], "match"), (["unmatch": ["a", 1]], "unmatch[1]"), (["equalsNot": [:]], "equalsNot"),
            (["match": ["("]], "match[0]"), (["caseInsensitive": 1], "caseInsensitive"), (["where": 1], "where"),
            (["where": [["value": 1]]], "where[0].op"), (["where": ["op": "equals"]], "where.value"),
            (["where": ["op": "like", "value": 1]], "where.like"), (["max": -1], "max"), (["max": "1"], "max"),
            (["where": ["prop": 1, "op": "equals", "value": 1]], "where.prop"),
            (["sort": ["byValue": true, "prop": 1]], "sort.prop"), (["sort": ["prop": "a"]], "sort.prop"),
            (["path": ["equals": "a", "caseInsensitive": true], "match": "a"], "caseInsensitive"),
        ] as [(JSON, String)])
    func refused(rule: JSON, place: String) {
        #expect(viewer.ask("get", rule)?["error"]?["data"]?["badRule"]?["at"] == .string(place))
    }
}
