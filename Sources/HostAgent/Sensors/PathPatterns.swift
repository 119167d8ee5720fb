internal import Glibc

/// Which paths of the bus are meant, in the way in which shells mean files: `*` is any text, `?` any letter, `[a-f]` one
/// of these.
///
/// `*` goes beyond slashes, so that `sensors/nct6798/*` and `*/alarms` are all that one would expect.
struct PathPatterns: Hashable, Sendable {
    private let patterns: [String]

    /// Those that one of `patterns` fits.
    init(_ patterns: [String]) { self.patterns = patterns }

    /// Whether `path` is one of them.
    func match(_ path: String) -> Bool { patterns.contains { fnmatch($0, path, 0) == 0 } }
}
