internal import Glibc

/// Patterns of names and paths, as people write them in configuration and shells mean files: `*` is any text, `?` any
/// letter, `[a-f]` one of these.
///
/// `*` goes beyond slashes, so that `sensors/nct6798/*` and `*/alarms` are all that one would expect.
package struct Patterns: Hashable, Sendable {
    private let patterns: [String]

    /// What one of `patterns` fits.
    package init(_ patterns: [String]) { self.patterns = patterns }

    /// Whether `name` is meant.
    package func match(_ name: String) -> Bool { patterns.contains { fnmatch($0, name, 0) == 0 } }
}
