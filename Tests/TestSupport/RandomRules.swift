public import JSONText

/// Random rules over words of so few letters that they often match, and a second reading of what they mean.
public enum RandomRules {
    /// A word of up to four letters.
    public static func word(using random: inout SeededGenerator) -> String {
        String((0..<Int.random(in: 0...4, using: &random)).map { _ in "abA".randomElement(using: &random) ?? "a" })
    }

    private static let one = [
        "equals", "equalsNot", "startsWith", "startsNotWith", "endsWith", "endsNotWith", "contains", "containsNot",
    ]
    private static let many = ["equalsOneOf", "equalsNotOneOf", "containsOneOf", "containsAllOf"]

    /// The `path` member of a rule.
    public static func rule(using random: inout SeededGenerator) -> JSON {
        var rule = JSON.Object()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            if Bool.random(using: &random) {
                rule[one.randomElement(using: &random) ?? ""] = .string(word(using: &random))
            } else {
                let words = (0..<Int.random(in: 0...3, using: &random)).map { _ in JSON.string(word(using: &random)) }
                rule[many.randomElement(using: &random) ?? ""] = .array(words)
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { rule["caseInsensitive"] = true }
        return .object(rule)
    }

    /// Whether a path satisfies such a rule, read from the words of jet-protocol(7) §4.1 with the means of `String`.
    public static func matches(_ rule: JSON, _ path: String) -> Bool {
        let ignoresCase = rule["caseInsensitive"]?.bool == true
        func text(_ value: JSON) -> String {
            let text = value.string ?? ""
            return ignoresCase ? text.lowercased() : text
        }
        let path = ignoresCase ? path.lowercased() : path
        func contains(_ part: String) -> Bool {
            path.indices.contains { path[$0...].hasPrefix(part) } || part.isEmpty
        }
        return (rule.object ?? [:]).allSatisfy { member in
            let one = text(member.value)
            let many = (member.value.array ?? []).map(text)
            return switch member.name {
            case "equals": path == one
            case "equalsNot": path != one
            case "startsWith": path.hasPrefix(one)
            case "startsNotWith": !path.hasPrefix(one)
            case "endsWith": path.hasSuffix(one)
            case "endsNotWith": !path.hasSuffix(one)
            case "contains": contains(one)
            case "containsNot": !contains(one)
            case "equalsOneOf": many.contains(path)
            case "equalsNotOneOf": !many.contains(path)
            case "containsOneOf": many.contains(where: contains)
            case "containsAllOf": many.allSatisfy(contains)
            default: true
            }
        }
    }
}
