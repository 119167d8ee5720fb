import ArgumentParser
import JetBench

/// `jet bench sorted`.
struct SortedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Sorted.name,
        abstract: "Measure changes with a sorted fetch of the first ten.",
        discussion: """
            The States have random numbers, and one peer fetches the ten with the highest ones. Random changes follow. \
            Output: changes per second, the time from sending a change to reading its answer, and the daemon's processor time \
            per change. At the end, the window of the peer must equal the sorted States.
            """)

    @Option(help: ArgumentHelp("The number of changes.", valueName: "n"))
    var count = Sorted().count

    @Option(help: ArgumentHelp("The number of changes before the measurement, to warm up.", valueName: "n"))
    var warmUp = Sorted().warmUp

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
    var size = Sorted().size

    @Option(help: ArgumentHelp("The number of States that are sorted.", valueName: "n"))
    var states = Sorted().states

    @Option(help: ArgumentHelp("The maximum number of changes without an answer.", valueName: "n"))
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
