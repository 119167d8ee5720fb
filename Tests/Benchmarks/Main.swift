import ArgumentParser
import Glibc
import JSONText

/// The benchmarks of the engine, as a program.
@main
struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the engine without sockets.",
        discussion: """
            Prints for each benchmark what one operation takes, and how many times what its yardstick took in the same \
            round. With --json, a line each: {"name", "operation", "unit", "amount", "yardstick", "yardstickAmount", \
            "ratio", "rounds"}.
            """)

    @Option(help: ArgumentHelp("How many rounds; medians are printed.", valueName: "n"))
    var rounds = 5

    @Option(help: ArgumentHelp("Only those with this in their names.", valueName: "text"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Only run each benchmark n times, for a tool that counts instructions; nothing is printed.",
            valueName: "n"))
    var passes: Int?

    @Flag(help: "Print JSON for programs, one object a line.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes a number from 1 to 1000.") }
        guard (1...1000).contains(passes ?? 1) else {
            throw ValidationError("--passes takes a number from 1 to 1000.")
        }
        guard !Suite(named: only).benchmarks.isEmpty else {
            throw ValidationError("No benchmark has '\(only ?? "")' in its name.")
        }
    }

    func run() throws {
        if let passes { return Suite(named: only).runPlainly(passes: passes) }
        let results = try Suite(named: only).run(rounds: rounds) { Self.say($0 + " …") }
        Self.say("")
        for line in json ? Report.records(results, rounds: rounds) : Report.table(results) { print(line) }
    }

    /// Writes over a line of a terminal's standard error.
    private static func say(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        var line = "\r\u{1B}[K" + text
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
