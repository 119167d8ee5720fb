#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What is said to a test from outside.
public enum TestEnvironment {
    /// The seeds of a random test: those given, or, to replay a failure or to search for one, those of `JET_TEST_SEEDS`
    /// (`3,17` or `100-199`).
    public static func seeds(_ usual: [UInt64]) -> [UInt64] {
        guard let text = value("JET_TEST_SEEDS") else { return usual }
        return text.split(separator: ",").flatMap { part -> [UInt64] in
            let ends = part.split(separator: "-").compactMap { UInt64($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }

    /// How many steps a random test takes: as many as given, or those of `JET_TEST_STEPS`.
    public static func steps(_ usual: Int) -> Int { value("JET_TEST_STEPS").flatMap { Int($0) } ?? usual }

    private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
