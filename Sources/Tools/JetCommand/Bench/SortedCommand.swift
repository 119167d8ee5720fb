import ArgumentParser
import JetBench

/// `jet bench sorted`.
struct SortedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Sorted.name,
        abstract: "Changes under a sorted fetch of the first ten.",
        discussion: """
            The States have random numbers, and one peer fetches the ten with the highest ones. Random changes follow. \
            Printed: changes a second, the time from sending a change to reading its answer, and the daemon's processor time \
            a change. At the end, the window that the peer has must be that of all States sorted.
            """)

    @Option(help: ArgumentHelp("How many changes.", valueName: "n"))
    var count = Sorted().count

    @Option(help: ArgumentHelp("How many changes go ahead unmeasured.", valueName: "n"))
    var warmUp = Sorted().warmUp

    @Option(help: ArgumentHelp("How many bytes a value has, at least 26.", valueName: "bytes"))
    var size = Sorted().size

    @Option(help: ArgumentHelp("How many States are sorted.", valueName: "n"))
    var states = Sorted().states

    @Option(help: ArgumentHelp("How many changes may be without an answer.", valueName: "n"))
    var inFlight = Sorted().inFlight

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check(count: count, of: "changes")
        try BenchNumbers.check(warmUp: warmUp, of: "changes")
        try BenchNumbers.check(size: size)
        try BenchNumbers.check(states: states)
        try BenchNumbers.check(inFlight: inFlight, size: size)
    }

    func run() async throws {
        var mode = Sorted()
        mode.count = count
        mode.warmUp = warmUp
        mode.size = size
        mode.states = states
        mode.inFlight = inFlight
        try await options.run(mode)
    }
}
