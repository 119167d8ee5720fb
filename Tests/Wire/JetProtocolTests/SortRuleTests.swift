import JSONText
import JetProtocol
import Testing

@Suite("The sort of a rule, as text")
struct SortRuleTests {
    @Test("node-jet's note of how it hands out the changes says nothing about the order")
    func asArray() throws {
        let sort = try SortRule(parsing: [
            "byValueField": ["score": "number"], "from": 2, "to": 4, "asArray": false,
        ])
        #expect(sort == SortRule(key: try .field(FieldPath(parsing: "score", at: ""), .number), from: 2, to: 4))
    }

    @Test("total is written only if it is wanted, so that older daemons accept the rule")
    func total() throws {
        var sort = try SortRule(parsing: ["to": 3, "total": true])
        #expect(sort.json == ["byPath": true, "from": 1, "to": 3, "total": true])
        #expect(try SortRule(parsing: sort.json) == sort)
        sort.includesTotal = false
        #expect(sort.json == ["byPath": true, "from": 1, "to": 3])
    }

    @Test("an unknown member of sort is refused")
    func unknown() {
        #expect(throws: RuleError(at: "sort.form", "is not a member of sort")) { try SortRule(parsing: ["form": 1]) }
    }
}
