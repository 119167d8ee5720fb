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

    @Test("an unknown member of sort is refused")
    func unknown() {
        #expect(throws: RuleError(at: "sort.form", "is not a member of sort")) { try SortRule(parsing: ["form": 1]) }
    }
}
