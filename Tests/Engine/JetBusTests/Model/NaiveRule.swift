import JSONText
import TestSupport

/// A rule as jet-protocol(7) §4 says it, read from the params of a fetch or a get and evaluated over trees of JSON. It shares
/// nothing with the daemon's rules, which look at texts.
final class NaiveRule {
    /// A step down into a value.
    enum Step {
        case member(String)
        case element(Int)
    }

    /// What the elements are sorted by.
    enum Key {
        case path
        case value(type: String)
        case field([Step], type: String)
    }

    /// The field paths that a `Scenario` uses, and where they lead to.
    static let fieldPaths: [String: [Step]] = [
        "k": [.member("k")], "s": [.member("s")], "x": [.member("x")], "d.e": [.member("d"), .member("e")],
        "d.e.f": [.member("d"), .member("e"), .member("f")], "[1]": [.element(1)],
        "l[0]": [.member("l"), .element(0)], "l[2]": [.member("l"), .element(2)],
        "d[\"a.b\"]": [.member("d"), .member("a.b")], "__proto__": [.member("__proto__")],
        "constructor": [.member("constructor")], "k;os.execute()": [.member("k;os"), .member("execute()")],
    ]

    let key: Key?
    let isDescending: Bool
    /// The window; a fetch can move it.
    var from: Int
    var to: Int
    let hasTotal: Bool
    /// How many there may be at most, if it does not sort.
    let limit: Int?
    private let pathRule: JSON
    private let predicates: [(steps: [Step], name: String, operand: JSON)]
    /// Which paths satisfy it: each is looked at once, since nothing about it changes.
    private var paths: [String: Bool] = [:]

    init(_ params: JSON) {
        pathRule = params["path"] ?? [:]
        var predicates: [(steps: [Step], name: String, operand: JSON)] = []
        func require(_ steps: [Step], _ rule: JSON?) {
            for member in rule?.object ?? [:] { predicates.append((steps, member.name, member.value)) }
        }
        require([], params["value"])
        for field in params["valueField"]?.object ?? [:] {
            require(Self.fieldPaths[field.name] ?? [], field.value)
        }
        let sort = params.given("sort")
        isDescending = sort?["descending"] == true
        from = sort?["from"]?.int ?? 1
        let max = params["max"]?.int
        let last = sort?["to"]?.int ?? 10
        to = max.map { min(last, (sort?["from"]?.int ?? 1) - 1 + $0) } ?? last
        limit = sort == nil ? max : nil
        hasTotal = sort?["total"] == true
        if let type = sort?["byValue"]?.string {
            key = .value(type: type)
            // By value implies isType of that type.
            predicates.append(([], "isType", .string(type)))
        } else if let field = sort?["byValueField"]?.object?.first, let steps = Self.fieldPaths[field.name] {
            key = .field(steps, type: field.value.string ?? "")
            predicates.append((steps, "isType", field.value))
        } else {
            key = sort == nil ? nil : .path
        }
        self.predicates = predicates
    }

    /// Whether an element satisfies it; the value of a Method is `nil`.
    func matches(_ path: String, _ value: JSON?) -> Bool {
        guard matches(path: path) else { return false }
        guard !predicates.isEmpty else { return true }
        // A Method has no value: of it only equalsNot holds. No field of it has a parent.
        guard let value else { return predicates.allSatisfy { $0.steps.isEmpty && $0.name == "equalsNot" } }
        return predicates.allSatisfy { Self.holds($0.name, $0.operand, for: value, at: $0.steps) }
    }

    private func matches(path: String) -> Bool {
        if let known = paths[path] { return known }
        let result = RandomRules.matches(pathRule, path)
        paths[path] = result
        return result
    }

    // MARK: Values

    /// Whether a predicate holds for the place in a value to which the steps lead.
    static func holds(_ name: String, _ operand: JSON, for value: JSON, at steps: [Step]) -> Bool {
        var subject = value
        for (place, step) in steps.enumerated() {
            let next: JSON?
            switch (step, subject) {
            case (.member(let name), .object(let object)): next = object[name]
            case (.element(let index), .array(let elements)): next = elements.dropFirst(index).first
            case (_, .object), (_, .array): next = nil
            default: return false
            }
            // An absent field satisfies equalsNot if its parent is there, and nothing else.
            guard let next else { return place == steps.count - 1 && name == "equalsNot" }
            subject = next
        }
        return holds(name, operand, for: subject)
    }

    private static func holds(_ name: String, _ operand: JSON, for value: JSON) -> Bool {
        switch name {
        case "equals": value == operand
        case "equalsNot": value != operand
        case "lessThan": isBefore(value, operand)
        case "greaterThan": isBefore(operand, value)
        case "isType": types(of: value).contains(operand.string ?? "")
        case "hasOneOf": value.array.map { list in (operand.array ?? []).contains { list.contains($0) } } ?? false
        case "hasAllOf": value.array.map { list in (operand.array ?? []).allSatisfy { list.contains($0) } } ?? false
        default: false
        }
    }

    private static func types(of value: JSON) -> [String] {
        switch value {
        case .null: ["null"]
        case .boolean: ["boolean"]
        case .number: ["number"]
        case .string: ["string"]
        case .array: ["array", "object"]
        case .object: ["object"]
        }
    }

    /// Whether one value comes before another one of the same type.
    private static func isBefore(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.number, .number): (left.double ?? 0) < (right.double ?? 0)
        case (.string(let left), .string(let right)): isBefore(left, right)
        case (.boolean(let left), .boolean(let right)): !left && right
        default: false
        }
    }

    /// Whether one text comes before another one by code points.
    static func isBefore(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    // MARK: Order

    /// The elements in the order of a rule that sorts.
    func sorted(_ elements: [Model.Element]) -> [Model.Element] {
        func key(_ element: Model.Element) -> JSON {
            switch self.key {
            case .value: element.value ?? nil
            case .field(let steps, _): steps.reduce(element.value ?? nil) { Self.down($1, $0) }
            case .path, nil: .string(element.path)
            }
        }
        return elements.sorted { left, right in
            let (leftKey, rightKey) = (key(left), key(right))
            if Self.isBefore(leftKey, rightKey) { return !isDescending }
            if Self.isBefore(rightKey, leftKey) { return isDescending }
            // Ties are broken by path, always ascending.
            return Self.isBefore(left.path, right.path)
        }
    }

    private static func down(_ step: Step, _ value: JSON) -> JSON {
        switch step {
        case .member(let name): value[name] ?? nil
        case .element(let index): value[index] ?? nil
        }
    }
}
