/// Why apt or dpkg failed, in their own words, picked from all that they said.
///
/// dpkg names the package and what became of its script, but not why; that the script said itself, just before. apt
/// closes with `E:` lines, of which the one that only counts dpkg's exit code adds nothing.
struct FailureWords: Sendable {
    private var failures: [String] = []
    private var errors: [String] = []
    private var said: [String] = []

    /// A line of output.
    mutating func note(_ line: String) {
        if line.hasPrefix("E: ") {
            Self.append(String(line.dropFirst(3)), to: &errors)
        } else if line.hasPrefix("dpkg: error: ") {
            Self.append(String(line.dropFirst("dpkg: ".count)), to: &errors)
        } else if line.hasPrefix("dpkg: error processing ") {
            isReported = true
        } else if Self.steps.contains(where: line.hasPrefix) {
            // What was said before belongs to another package.
            if !isReported { said = [] }
        } else if !isReported, !Self.isOfDpkg(line) {
            said.append(line)
            if said.count > Self.mostLines { said.removeFirst() }
        }
    }

    /// What dpkg said of a package.
    mutating func note(failureOf package: String, _ text: String) {
        Self.append("\(package): \(text)", to: &failures)
    }

    /// Whether the program failed since another one has a lock that it needs.
    var isLock: Bool { errors.contains { $0.contains("Could not get lock") || $0.contains("lock was locked by") } }

    /// All in one text of bounded length; `nil` if nothing was said that sounds like a reason.
    var text: String? {
        let reasons = failures.isEmpty ? errors : failures
        guard !reasons.isEmpty else { return nil }
        var text = reasons.joined(separator: "; ")
        if isReported, !said.isEmpty { text += " (\(said.joined(separator: "; ")))" }
        return String(text.prefix(Self.longest))
    }

    /// Whether dpkg has said of the first package that it failed: what comes after is about something else.
    private var isReported = false

    private static func append(_ line: String, to lines: inout [String]) {
        if lines.count < mostLines, !lines.contains(line) { lines.append(line) }
    }

    /// Whether dpkg says that of a configuration file, or goes on with something.
    private static func isOfDpkg(_ line: String) -> Bool {
        line.hasPrefix(" ") || line.hasPrefix("Configuration file ")
    }

    private static let mostLines = 4
    private static let longest = 1000

    /// How the lines begin with which dpkg and apt tell of each step.
    private static let steps = [
        "(Reading database", "Preparing to unpack ", "Unpacking ", "Setting up ", "Removing ", "Purging ",
        "Processing triggers for ", "Selecting previously ", "Get:", "Hit:", "Ign:", "Fetched ",
    ]
}
