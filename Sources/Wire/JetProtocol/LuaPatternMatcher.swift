import JSONText

/// One attempt to match a Lua pattern. See `LuaPattern` for its bounds.
struct LuaPatternMatcher {
    /// A place at which a match can be continued differently.
    private struct Choice {
        /// The item that repeats.
        let item: Int
        /// The position in the subject behind it.
        var position: Int
        /// The position behind its shortest match; unused for `.least`.
        let floor: Int
        let captures: [Range<Int>]
    }

    private let pattern: LuaPattern
    /// The steps so far: items tried, and bytes compared.
    private(set) var steps = 0
    private var choices: [Choice] = []
    /// The range of each capture; that of an open one is empty.
    private var captures: [Range<Int>] = []

    /// How many steps may be taken.
    private let stepLimit: Int

    init(_ pattern: LuaPattern, stepLimit: Int = LuaPattern.stepLimit) {
        self.pattern = pattern
        self.stepLimit = stepLimit
    }

    /// Whether the pattern matches somewhere in `subject`.
    mutating func matches(_ subject: RawSpan) -> Bool {
        for start in 0...(pattern.isAnchored ? 0 : subject.byteCount) {
            if matches(subject, from: start) { return true }
            if steps > stepLimit { return false }
        }
        return false
    }

    private mutating func matches(_ subject: RawSpan, from start: Int) -> Bool {
        choices.removeAll(keepingCapacity: true)
        captures = Array(repeating: 0..<0, count: pattern.rememberedCaptures)
        var (item, position) = (0, start)
        while item < pattern.items.count {
            steps += 1
            guard steps <= stepLimit else { return false }
            if let next = advance(item, at: position, in: subject) {
                position = next
                item += 1
            } else if let (choiceItem, choicePosition) = goBack(in: subject) {
                (item, position) = (choiceItem + 1, choicePosition)
            } else {
                return false
            }
        }
        return steps <= stepLimit
    }

    /// The position behind an item; `nil` if the item does not match.
    private mutating func advance(_ index: Int, at position: Int, in subject: RawSpan) -> Int? {
        switch pattern.items[index] {
        case .set(let set, let repetition): return take(set, repetition, index, at: position, in: subject)
        case .open(let number):
            if captures.indices.contains(number) { captures[number] = position..<position }
            return position
        case .close(let number):
            if captures.indices.contains(number) { captures[number] = captures[number].lowerBound..<position }
            return position
        case .same(let number):
            let capture = captures[number]
            guard capture.count <= subject.byteCount - position else { return nil }
            steps += capture.count
            let end = position + capture.count
            return subject.extracting(position..<end).isEqual(to: subject.extracting(capture)) ? end : nil
        case .balanced(let first, let last): return balance(first, last, at: position, in: subject)
        case .frontier(let set):
            let before = position > 0 ? subject.byte(position - 1) : 0
            let after = position < subject.byteCount ? subject.byte(position) : 0
            return !set.contains(before) && set.contains(after) ? position : nil
        case .end: return position == subject.byteCount ? position : nil
        }
    }

    private mutating func take(
        _ set: ByteSet, _ repetition: LuaPattern.Repetition, _ item: Int, at position: Int, in subject: RawSpan
    ) -> Int? {
        if repetition == .least {
            choices.append(Choice(item: item, position: position, floor: position, captures: captures))
            return position
        }
        let most = repetition == .most || repetition == .mostFromOne ? subject.byteCount : position + 1
        var end = position
        while end < most, end < subject.byteCount, set.contains(subject.byte(end)) { end += 1 }
        steps += end - position
        switch repetition {
        case .once: return end > position ? end : nil
        case .mostFromOne where end == position: return nil
        default: break
        }
        let floor = repetition == .mostFromOne ? position + 1 : position
        if end > floor { choices.append(Choice(item: item, position: end, floor: floor, captures: captures)) }
        return end
    }

    /// Continues at the newest choice.
    private mutating func goBack(in subject: RawSpan) -> (item: Int, position: Int)? {
        while var choice = choices.popLast() {
            steps += 1
            guard case .set(let set, let repetition) = pattern.items[choice.item] else { continue }
            if repetition == .least {
                guard choice.position < subject.byteCount, set.contains(subject.byte(choice.position)) else { continue }
                choice.position += 1
                choices.append(choice)
            } else {
                choice.position -= 1
                if choice.position > choice.floor { choices.append(choice) }
            }
            captures = choice.captures
            return (choice.item, choice.position)
        }
        return nil
    }

    private mutating func balance(_ first: UInt8, _ last: UInt8, at position: Int, in subject: RawSpan) -> Int? {
        guard position < subject.byteCount, subject.byte(position) == first else { return nil }
        var depth = 1
        var at = position + 1
        while at < subject.byteCount {
            steps += 1
            let byte = subject.byte(at)
            at += 1
            // The last one is looked for first: both may be the same.
            if byte == last {
                depth -= 1
                if depth == 0 { return at }
            } else if byte == first {
                depth += 1
            }
        }
        return nil
    }
}
