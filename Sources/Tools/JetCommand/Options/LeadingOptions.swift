/// Options before the verb, as in `jet -c shed ls`: those that all verbs have that connect to a daemon. The argument parser
/// accepts options of a verb behind it only, so they are moved there.
enum LeadingOptions {
    private static let withValue: Set = [
        "-c", "--context", "--connect", "--fingerprint", "--ca-file", "--user", "--password-file", "--timeout",
        "--color",
    ]
    private static let flags: Set = ["--json"]

    /// The command line with its leading options at its end, or before `--`.
    static func moved(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        while let argument = rest.first {
            if withValue.contains(argument), rest.count > 1 {
                rest = rest.dropFirst(2)
            } else if flags.contains(argument) || hasValue(argument) {
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        // Without a verb, or before an option that is not one of these, the parser says what is wrong.
        guard rest.startIndex > 0, let verb = rest.first, !verb.hasPrefix("-") else { return arguments }
        let leading = arguments[..<rest.startIndex]
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end] + leading + rest[end...])
    }

    /// Whether an argument is `--option=value`.
    private static func hasValue(_ argument: String) -> Bool {
        argument.firstIndex(of: "=").map { withValue.contains(String(argument[..<$0])) } ?? false
    }
}
