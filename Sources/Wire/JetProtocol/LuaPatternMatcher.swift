import JSONText

/// One attempt to match a Lua pattern. See `LuaPattern` for its bounds.
struct LuaPatternMatcher {
    /// A place at which a match can be continued differently.
    private struct Choice: BitwiseCopyable {
        /// The item that repeats.
        let item: Int
        /// The position in the subject behind it.
        var position: Int
        /// The position behind its shortest match; unused for `.least`.
        let floor: Int
    }

    private let pattern: LuaPattern
    /// How many steps may be taken.
    private let stepLimit: Int
    /// The steps so far: items tried, and bytes compared.
    private(set) var steps = 0
    private var choices: [Choice] = []
    /// The range of each capture that is remembered; that of an open one is empty.
    private var captures: [Range<Int>] = []
    /// The captures of each choice, one after the other.
    private var choiceCaptures: [Range<Int>] = []
    /// The states, items at positions, from which the pattern has been tried: a bit each. Trying again would find nothing
    /// else, unless a capture is referred to. Empty until a match takes many steps.
    private var tried: [UInt64] = []

    /// From how many steps on the states are noted.
    private static let fewSteps = 64
    /// How many states are noted at most, in bits.
    private static let mostStates = 1 << 20

    init(_ pattern: LuaPattern, stepLimit: Int = LuaPattern.stepLimit) {
        self.pattern = pattern
        self.stepLimit = stepLimit
        if pattern.rememberedCaptures > 0 { captures = Array(repeating: 0..<0, count: pattern.rememberedCaptures) }
    }

    /// Whether the pattern matches somewhere in `subject`.
    mutating func matches(_ subject: RawSpan) -> Bool {
        // A constant outside of `self`, so that its memory can be read while `self` changes.
        let items = pattern.items
        let last = pattern.isAnchored ? 0 : subject.byteCount
        var start = 0
        repeat {
            if matches(items.span, subject, from: start) { return true }
            start += 1
        } while start <= last && steps <= stepLimit
        return false
    }

    private mutating func matches(_ items: Span<LuaPattern.Item>, _ subject: RawSpan, from start: Int) -> Bool {
        choices.removeAll(keepingCapacity: true)
        if pattern.rememberedCaptures > 0 {
            choiceCaptures.removeAll(keepingCapacity: true)
            for index in captures.indices { captures[index] = 0..<0 }
        }
        var (item, position) = (0, start)
        while item < items.count {
            steps += 1
            guard steps <= stepLimit else { return false }
            if !hasTried(item, at: position, items, subject), let next = advance(item, at: position, items, subject) {
                position = next
                item += 1
            } else if let (choiceItem, choicePosition) = goBack(items, subject) {
                (item, position) = (choiceItem + 1, choicePosition)
            } else {
                return false
            }
        }
        return steps <= stepLimit
    }

    /// Whether the pattern has been tried from this state before, which is noted.
    private mutating func hasTried(
        _ item: Int, at position: Int, _ items: Span<LuaPattern.Item>, _ subject: RawSpan
    ) -> Bool {
        guard steps > Self.fewSteps, pattern.rememberedCaptures == 0 else { return false }
        let width = subject.byteCount + 1
        if tried.isEmpty {
            guard width <= Self.mostStates / items.count else { return false }
            tried = Array(repeating: 0, count: (items.count * width + 63) / 64)
        }
        let state = item * width + position
        let bit: UInt64 = 1 << UInt64(state & 63)
        defer { tried[state >> 6] |= bit }
        return tried[state >> 6] & bit != 0
    }

    /// The position behind an item; `nil` if the item does not match.
    private mutating func advance(
        _ index: Int, at position: Int, _ items: Span<LuaPattern.Item>, _ subject: RawSpan
    ) -> Int? {
        switch items[index] {
        case .set(let set, .once):
            guard position < subject.byteCount, set.contains(subject.byte(position)) else { return nil }
            steps += 1
            return position + 1
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

    /// Takes what a set that repeats matches first.
    private mutating func take(
        _ set: ByteSet, _ repetition: LuaPattern.Repetition, _ item: Int, at position: Int, in subject: RawSpan
    ) -> Int? {
        if repetition == .least {
            note(Choice(item: item, position: position, floor: position))
            return position
        }
        let most = repetition == .optional ? min(position + 1, subject.byteCount) : subject.byteCount
        var end = position
        while end < most, set.contains(subject.byte(end)) { end += 1 }
        steps += end - position
        if repetition == .mostFromOne, end == position { return nil }
        let floor = repetition == .mostFromOne ? position + 1 : position
        if end > floor { note(Choice(item: item, position: end, floor: floor)) }
        return end
    }

    private mutating func note(_ choice: Choice) {
        choices.append(choice)
        if !captures.isEmpty { choiceCaptures.append(contentsOf: captures) }
    }

    /// Continues at the newest choice.
    private mutating func goBack(_ items: Span<LuaPattern.Item>, _ subject: RawSpan) -> (item: Int, position: Int)? {
        while let choice = choices.last {
            let newest = choices.count - 1
            steps += 1
            guard case .set(let set, let repetition) = items[choice.item] else { return nil }
            var position = choice.position
            if repetition == .least {
                guard position < subject.byteCount, set.contains(subject.byte(position)) else {
                    removeNewest()
                    continue
                }
                position += 1
            } else {
                position -= 1
            }
            let first = choiceCaptures.count - captures.count
            for index in captures.indices { captures[index] = choiceCaptures[first + index] }
            if repetition == .least || position > choice.floor {
                choices[newest].position = position
            } else {
                removeNewest()
            }
            return (choice.item, position)
        }
        return nil
    }

    private mutating func removeNewest() {
        choices.removeLast()
        if !captures.isEmpty { choiceCaptures.removeLast(captures.count) }
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
