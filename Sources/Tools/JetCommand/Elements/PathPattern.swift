import JetProtocol

/// A *PATH-RULE*: the little language in which people say which paths they mean.
///
/// | written | means |
/// | --- | --- |
/// | `a/b/c` | the path that is exactly this |
/// | `cpu/` | every path that begins with `cpu/` |
/// | `*temp*` | `*` stands for any characters, none and `/` included: every path that has `temp` in it |
/// | `net/*/state` | likewise in the middle |
/// | `\*`, `\\`, `\/` | the character itself: `cpu\/` is the path `cpu/`, `a\*` the path `a*` |
///
/// Where the language ends, a whole rule of the protocol (`--rule JSON`) takes over.
struct PathPattern: Hashable, Sendable {
    /// The texts between the stars: one if there is no star; `*temp*` has three, `""`, `"temp"` and `""`.
    let fragments: [String]
    /// Whether upper and lower case are the same.
    let ignoresCase: Bool

    /// Matches every path.
    static var everything: PathPattern { PathPattern(fragments: ["", ""], ignoresCase: false) }

    private init(fragments: [String], ignoresCase: Bool) {
        self.fragments = fragments
        self.ignoresCase = ignoresCase
    }

    /// Reads what was typed.
    ///
    /// - Throws: `PathPatternError` when it is empty or ends in the middle of an escape.
    init(parsing text: String, ignoresCase: Bool = false) throws(PathPatternError) {
        guard !text.isEmpty else { throw .empty }
        var fragments: [String.UnicodeScalarView] = [.init()]
        var isEscaped = false
        var isPrefix = false
        for scalar in text.unicodeScalars {
            isPrefix = !isEscaped && scalar == "/"
            if isEscaped || (scalar != "\\" && scalar != "*") {
                fragments[fragments.count - 1].append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                fragments.append(.init())
            }
        }
        guard !isEscaped else { throw .endsInEscape(text) }
        if isPrefix { fragments.append(.init()) }
        // `a**b` is `a*b`: what stands between two neighbouring stars demands nothing.
        let last = fragments.count - 1
        let kept = fragments.enumerated().filter { $0.offset == 0 || $0.offset == last || !$0.element.isEmpty }
        self.init(fragments: kept.map { String($0.element) }, ignoresCase: ignoresCase)
    }

    /// The one path that this can match, if there is but one.
    var onlyPath: String? { fragments.count == 1 && !ignoresCase ? fragments.first : nil }
}

/// What is wrong with a PATH-RULE.
enum PathPatternError: Error, Hashable, CustomStringConvertible {
    /// It has no character.
    case empty
    /// It ends with a backslash that stands before nothing.
    case endsInEscape(String)

    var description: String {
        switch self {
        case .empty: "An empty PATH-RULE names nothing: leave it out, or write '*', for every path."
        case .endsInEscape(let text): "'\(text)' ends with a lone backslash: write '\\\\' for a backslash."
        }
    }
}

extension PathPattern {
    /// The rule to ask a daemon with. It lets through everything that matches; a pattern with several texts may let
    /// through more (`a*a` asks for what begins and ends with `a`, which the path `a` does), hence `matches(_:)`.
    var rule: PathRule {
        guard let first = fragments.first, let last = fragments.last else { return PathRule() }
        guard fragments.count > 1 else {
            return PathRule([.equals(Array(first.utf8))], ignoresCase: ignoresCase)
        }
        var predicates: [PathRule.Predicate] = []
        if !first.isEmpty { predicates.append(.startsWith(Array(first.utf8))) }
        if !last.isEmpty { predicates.append(.endsWith(Array(last.utf8))) }
        let inner = fragments.dropFirst().dropLast().map { Array($0.utf8) }
        switch inner.count {
        case 0: break
        case 1: predicates.append(.contains(inner[0]))
        default: predicates.append(.containsAllOf(inner))
        }
        return PathRule(predicates, ignoresCase: ignoresCase)
    }

    /// Whether `path` is one of those meant.
    func matches(_ path: String) -> Bool {
        func bytes(_ text: String) -> [UInt8] { Array((ignoresCase ? text.lowercased() : text).utf8) }
        let fragments = fragments.map(bytes)
        var rest = bytes(path)[...]
        guard let first = fragments.first, let last = fragments.last else { return true }
        guard fragments.count > 1 else { return rest.elementsEqual(first) }
        guard rest.starts(with: first) else { return false }
        rest = rest.dropFirst(first.count)
        guard rest.count >= last.count, rest.suffix(last.count).elementsEqual(last) else { return false }
        rest = rest.dropLast(last.count)
        // The earliest place for each text leaves the most room for those after it.
        for fragment in fragments.dropFirst().dropLast() {
            guard let end = Self.end(ofFirst: fragment, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func end(ofFirst fragment: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        var rest = text
        while rest.count >= fragment.count {
            if rest.starts(with: fragment) { return rest.startIndex + fragment.count }
            rest = rest.dropFirst()
        }
        return nil
    }
}
