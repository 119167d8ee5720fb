import JetProtocol

/// A PATH-RULE: selects paths on the command line.
///
/// | PATH-RULE | matches |
/// | --- | --- |
/// | `a/b/c` | exactly this path |
/// | `cpu/` | all paths that begin with `cpu/` |
/// | `*temp*` | all paths that contain `temp`: `*` matches any characters, including none and `/` |
/// | `net/*/state` | likewise in the middle |
/// | `\*`, `\\`, `\/` | the character itself: `cpu\/` is the path `cpu/`, `a\*` the path `a*` |
///
/// `--rule JSON` takes all other rules of the protocol.
struct PathPattern: Hashable, Sendable {
    /// The texts between the stars: one without a star; `*temp*` has three, `""`, `"temp"` and `""`.
    let fragments: [String]
    /// Whether case is ignored.
    let ignoresCase: Bool

    /// Matches all paths.
    static var everything: PathPattern { PathPattern(fragments: ["", ""], ignoresCase: false) }

    private init(fragments: [String], ignoresCase: Bool) {
        self.fragments = fragments
        self.ignoresCase = ignoresCase
    }

    /// Parses a PATH-RULE.
    ///
    /// - Throws: `PathPatternError` if it is empty or ends within an escape sequence.
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
        // `a**b` is `a*b`: an empty text between two stars matches anywhere.
        let last = fragments.count - 1
        let kept = fragments.enumerated().filter { $0.offset == 0 || $0.offset == last || !$0.element.isEmpty }
        self.init(fragments: kept.map { String($0.element) }, ignoresCase: ignoresCase)
    }

    /// The path, if only one path can match.
    var onlyPath: String? { fragments.count == 1 && !ignoresCase ? fragments.first : nil }
}

/// Why a text is not a PATH-RULE.
enum PathPatternError: Error, Hashable, CustomStringConvertible {
    /// It is empty.
    case empty
    /// It ends with a backslash.
    case endsInEscape(String)

    var description: String {
        switch self {
        case .empty: "The PATH-RULE is empty. For all paths, leave it out or write '*'."
        case .endsInEscape(let text): "'\(text)' ends with a single backslash. For a backslash, write '\\\\'."
        }
    }
}

extension PathPattern {
    /// The rule for the daemon. It matches everything that the pattern matches, and possibly more (`a*a` becomes: begins and
    /// ends with `a`, which matches the path `a`), hence `matches(_:)`.
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

    /// Whether the pattern matches `path`.
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
        // The first match of each text leaves the most for those after it.
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
