import JSONText

extension FetchRule {
    /// Refuses params that are too long for a rule, before a tree is made of them.
    ///
    /// - Throws: `RuleError` if the text has more bytes than any honest rule.
    package static func check(size params: RawSpan) throws(RuleError) {
        guard params.byteCount <= ProtocolLimits.ruleSize else {
            throw RuleError(at: "params", "must have at most \(ProtocolLimits.ruleSize) bytes")
        }
    }

    /// About how many bytes of memory the rule takes, what it was prepared with included.
    package var size: Int {
        var size = MemoryLayout<FetchRule>.stride + path.size + (value?.size ?? 0)
        for field in fields { size += field.path.size + field.rule.size }
        if case .field(let path, _)? = sort?.key { size += path.size }
        return size + (sort == nil ? 0 : MemorySize.array + MemoryLayout<SortRule>.stride)
    }
}

/// What the standard library's types take beyond what is in them.
private enum MemorySize {
    /// The head of an array's memory, and what the allocator adds.
    static let array = 48

    static func text(_ count: Int) -> Int { array + count }

    static func string(_ string: String) -> Int {
        // Short strings are inside of the value.
        string.utf8.count < 16 ? 0 : text(string.utf8.count)
    }
}

extension PathRule {
    fileprivate var size: Int {
        predicates.reduce(MemorySize.array) { $0 + MemoryLayout<Predicate>.stride + $1.size }
    }
}

extension PathRule.Predicate {
    fileprivate var size: Int {
        switch self {
        case .equals(let text), .equalsNot(let text), .startsWith(let text), .startsNotWith(let text),
            .endsWith(let text), .endsNotWith(let text), .contains(let text), .containsNot(let text):
            MemorySize.text(text.count)
        case .equalsOneOf(let texts), .equalsNotOneOf(let texts), .containsOneOf(let texts), .containsAllOf(let texts):
            texts.reduce(MemorySize.array) { $0 + 8 + MemorySize.text($1.count) }
        case .matchesOneOf(let patterns), .matchesNoneOf(let patterns):
            patterns.reduce(MemorySize.array) { $0 + MemoryLayout<LuaPattern>.stride + $1.size }
        }
    }
}

extension LuaPattern {
    fileprivate var size: Int {
        MemorySize.string(text) + MemorySize.array + items.count * MemoryLayout<Item>.stride
            + MemorySize.text(beginning.count) + MemorySize.text(required.count)
    }
}

extension FieldPath {
    fileprivate var size: Int {
        steps.reduce(MemorySize.array + MemorySize.string(text)) { size, step in
            guard case .member(let name) = step else { return size + MemoryLayout<Step>.stride }
            return size + MemoryLayout<Step>.stride + MemorySize.text(name.count)
        }
    }
}

extension ValueRule {
    fileprivate var size: Int { checks.reduce(MemorySize.array) { $0 + MemoryLayout<ValueCheck>.stride + $1.size } }
}

extension ValueCheck {
    fileprivate var size: Int {
        switch predicate {
        case .lessThan(let operand), .greaterThan(let operand), .equals(let operand), .equalsNot(let operand):
            operand.size
        case .isType: 0
        // The list shares its memory with the keys of the hash table, which is at most three quarters full.
        case .hasOneOf(let operands), .hasAllOf(let operands):
            operands.reduce(MemorySize.array) { $0 + 4 * MemoryLayout<JSON>.stride + $1.size }
        }
    }
}

extension JSON {
    /// The memory of what does not fit into the value itself.
    fileprivate var size: Int {
        switch self {
        case .null, .boolean: 0
        case .number(let number): MemorySize.string(number.text)
        case .string(let string): MemorySize.string(string)
        case .array(let elements): elements.reduce(MemorySize.array) { $0 + MemoryLayout<JSON>.stride + $1.size }
        case .object(let object):
            object.reduce(MemorySize.array) {
                $0 + MemoryLayout<Object.Member>.stride + MemorySize.string($1.name) + $1.value.size
            }
        }
    }
}
