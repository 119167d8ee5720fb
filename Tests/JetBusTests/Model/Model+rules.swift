import JSONText
import TestSupport

/// Which elements a rule is about, and in which order, as PROTOCOL.md 4 says it, for the predicates that a `Scenario`
/// uses.
extension Model {
    /// Whether an element satisfies a rule, the params of a fetch or a get.
    func satisfies(_ element: Element, _ rule: JSON) -> Bool {
        guard RandomRules.matches(rule["path"] ?? [:], element.path) else { return false }
        var predicates: [(field: String?, predicates: JSON)] = []
        if let value = rule["value"] { predicates.append((nil, value)) }
        for member in rule["valueField"]?.object ?? [:] { predicates.append((member.name, member.value)) }
        // By value implies isType of that type.
        if let type = rule["sort"]?["byValue"] { predicates.append((nil, ["isType": type])) }
        for member in rule["sort"]?["byValueField"]?.object ?? [:] {
            predicates.append((member.name, ["isType": member.value]))
        }
        guard !predicates.isEmpty else { return true }
        guard let value = element.value else { return false }
        return predicates.allSatisfy { field, predicates in
            (predicates.object ?? [:]).allSatisfy { holds($0.name, $0.value, for: value, field) }
        }
    }

    private func holds(_ predicate: String, _ operand: JSON, for value: JSON, _ field: String?) -> Bool {
        var subject = value
        if let field {
            guard value.object != nil else { return false }
            guard let found = value[field] else { return predicate == "equalsNot" }
            subject = found
        }
        switch predicate {
        case "equals": return subject == operand
        case "equalsNot": return subject != operand
        case "isType": return (operand == "number") == (subject.int != nil)
        case "lessThan", "greaterThan":
            guard let left = subject.int, let right = operand.int else { return false }
            return predicate == "lessThan" ? left < right : left > right
        default: return false
        }
    }

    /// The elements that a peer sees by a sorted rule: those of its window, each with its index.
    func window(of rule: JSON, for peer: Int) -> [JSON] {
        let sort = rule["sort"]
        let descending = sort?["descending"] == true
        func key(_ element: Element) -> Int {
            if let member = sort?["byValueField"]?.object?.first { return element.value?[member.name]?.int ?? 0 }
            return sort?["byValue"] != nil ? element.value?.int ?? 0 : 0
        }
        let isByPath = sort?["byValue"] == nil && sort?["byValueField"] == nil
        let sorted = elements.filter { isSeen($0, by: peer, rule) }.sorted { left, right in
            if key(left) != key(right) { return (key(left) < key(right)) != descending }
            return (left.path < right.path) != (isByPath && descending)
        }
        let (from, to) = (sort?["from"]?.int ?? 1, sort?["to"]?.int ?? 10)
        return sorted.enumerated().filter { ($0.offset + 1) >= from && ($0.offset + 1) <= to }.map { place, element in
            var entry: JSON.Object = ["path": .string(element.path), "index": .number(place + 1)]
            entry["value"] = element.value
            if isFetchOnly(element, for: peer) { entry["fetchOnly"] = true }
            return .object(entry)
        }
    }
}
