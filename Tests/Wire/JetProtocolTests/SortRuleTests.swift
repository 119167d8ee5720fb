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

    @Test("any other member that is no part of a sort is refused")
    func unknown() {
        #expect(throws: RuleError(at: "sort.form", "is no part of a sort")) { try SortRule(parsing: ["form": 1]) }
    }
}
