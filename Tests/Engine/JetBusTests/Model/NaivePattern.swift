import TestSupport

/// A pattern of Lua that is made at random, as what it means and as it is written; and whether it matches somewhere, by
/// trying everything.
struct NaivePattern {
    enum Class {
        case literal(Character)
        case any
        /// `%a` and its like, and their complements in upper case.
        case named(Character)
        indirect case set([Class], ranges: [ClosedRange<Character>], isComplement: Bool)

        var text: String {
            switch self {
            case .literal(let character):
                character.isLetter || character.isNumber || character == " " || character == "/"
                    ? String(character) : "%\(character)"
            case .any: "."
            case .named(let name): "%\(name)"
            case .set(let classes, let ranges, let isComplement):
                "[" + (isComplement ? "^" : "") + classes.map(\.text).joined()
                    + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined() + "]"
            }
        }

        func contains(_ character: Character, _ ignoresCase: Bool) -> Bool {
            switch self {
            case .literal(let one): return (ignoresCase ? Character(one.lowercased()) : one) == character
            case .any: return true
            case .named(let name):
                let isIn =
                    switch name.lowercased() {
                    case "a": character.isLetter
                    case "d": character.isNumber
                    case "l": character.isLetter && character.isLowercase
                    case "u": character.isLetter && character.isUppercase
                    case "w": character.isLetter || character.isNumber
                    case "s": character == " "
                    default: character.isPunctuation
                    }
                return isIn != name.isUppercase
            case .set(let classes, let ranges, let isComplement):
                let isIn =
                    classes.contains { $0.contains(character, ignoresCase) }
                    || ranges.contains { range in
                        guard ignoresCase else { return range.contains(character) }
                        return (Character(range.lowerBound.lowercased())...Character(range.upperBound.lowercased()))
                            .contains(character)
                    }
                return isIn != isComplement
            }
        }
    }

    enum Item {
        case one(Class, repetition: String)
        case open, close
        /// What the first capture holds.
        case same
        case balanced
        case frontier(Class)

        var text: String {
            switch self {
            case .one(let one, let repetition): one.text + repetition
            case .open: "("
            case .close: ")"
            case .same: "%1"
            case .balanced: "%b()"
            case .frontier(let set): "%f" + set.text
            }
        }
    }

    private var items: [Item] = []
    private var isAnchored = false
    private var endsAtEnd = false

    var text: String { (isAnchored ? "^" : "") + items.map(\.text).joined() + (endsAtEnd ? "$" : "") }

    init(using random: inout SeededGenerator) {
        func index(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        func simple() -> Class {
            switch index(6) {
            case 0: .any
            case 1: .named(Array("adluwspADLUWSP")[index(14)])
            default: .literal(Array("abAab1/(). ")[index(11)])
            }
        }
        func set() -> Class {
            let ranges: [ClosedRange<Character>] = [["a"..."b", "A"..."B", "0"..."1"][index(3)]]
            let classes = (0..<index(3)).map { _ in simple() }.filter { if case .any = $0 { false } else { true } }
            return .set(classes, ranges: ranges, isComplement: index(3) == 0)
        }
        isAnchored = index(4) == 0
        endsAtEnd = index(4) == 0
        let capture = index(4) == 0 ? index(3) : nil
        for place in 0..<(1 + index(4)) {
            if place == capture { items.append(.open) }
            switch index(12) {
            case 0: items.append(.balanced)
            case 1: items.append(.frontier(set()))
            default:
                let repetition = ["", "", "", "?", "*", "+", "-"][index(7)]
                items.append(.one(index(4) == 0 ? set() : simple(), repetition: repetition))
            }
            if place == capture { items.append(.close) }
        }
        let isCaptured = items.contains { if case .close = $0 { true } else { false } }
        if isCaptured, index(2) == 0 { items.append(.same) }
    }

    /// Whether it matches somewhere in a path, of which the letters are lower-case already if case does not count.
    func matches(_ path: String, _ ignoresCase: Bool) -> Bool {
        let subject = Array(path)
        return (0...(isAnchored ? 0 : subject.count)).contains { matches(0, subject, $0, 0..<0, ignoresCase) }
    }

    private func matches(
        _ place: Int, _ subject: [Character], _ at: Int, _ capture: Range<Int>, _ ignoresCase: Bool
    ) -> Bool {
        guard place < items.count else { return !endsAtEnd || at == subject.count }
        func goOn(_ at: Int, _ capture: Range<Int>) -> Bool {
            matches(place + 1, subject, at, capture, ignoresCase)
        }
        switch items[place] {
        case .open: return goOn(at, at..<at)
        case .close: return goOn(at, capture.lowerBound..<at)
        case .same: return subject[at...].starts(with: subject[capture]) && goOn(at + capture.count, capture)
        case .balanced:
            guard at < subject.count, subject[at] == "(" else { return false }
            var depth = 0
            for end in at..<subject.count {
                depth += subject[end] == "(" ? 1 : subject[end] == ")" ? -1 : 0
                if depth == 0 { return goOn(end + 1, capture) }
            }
            return false
        case .frontier(let set):
            let before = at > 0 ? subject[at - 1] : "\0"
            let after = at < subject.count ? subject[at] : "\0"
            return !set.contains(before, ignoresCase) && set.contains(after, ignoresCase) && goOn(at, capture)
        case .one(let one, let repetition):
            let (least, most) =
                [
                    "": (1, 1), "?": (0, 1), "*": (0, Int.max), "+": (1, Int.max), "-": (0, Int.max),
                ][repetition] ?? (1, 1)
            var count = 0
            while true {
                if count >= least, goOn(at + count, capture) { return true }
                guard count < most, at + count < subject.count, one.contains(subject[at + count], ignoresCase) else {
                    return false
                }
                count += 1
            }
        }
    }
}
