import ArgumentParser
import JetBench

/// `jet bench add`.
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: AddRemove.name,
        abstract: "Measure adding and removing States.",
        discussion: """
            One peer adds States and removes them. With --fetchers, other peers have fetches with rules that match \
            nothing, so that the daemon must match each new path against them. Output: adds and removes per second, the \
            time from sending an add to reading its answer, the daemon's processor time for each, and the growth of its \
            memory per State (in the first round; a daemon reuses memory, so start a new one for this).
            """)

    @Option(help: ArgumentHelp("The number of States.", valueName: "n"))
    var count = AddRemove().count

    @Option(
        help: ArgumentHelp("The number of States added and removed before the measurement, to warm up.", valueName: "n")
    )
    var warmUp = AddRemove().warmUp

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
    var size = AddRemove().size

    @Option(help: ArgumentHelp("The number of fetchers that match nothing.", valueName: "n"))
    var fetchers = AddRemove().fetchers

    @Option(help: ArgumentHelp("The predicate in their rules.", valueName: "name"))
    var predicate = AddRemove().predicate

    @Option(help: ArgumentHelp("The maximum number of requests without an answer.", valueName: "n"))
    var inFlight = AddRemove().inFlight

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check("count", count, 1...ValueSize.mostStates, "a number of States")
        try BenchNumbers.check("warm-up", warmUp, 0...ValueSize.mostStates, "a number of States")
        try BenchNumbers.check(size: size)
        try BenchNumbers.check(fetchers: fetchers)
        try BenchNumbers.check(inFlight: inFlight, size: size)
    }

    func run() async throws {
        var mode = AddRemove()
        mode.count = count
        mode.warmUp = warmUp
        mode.size = size
        mode.fetchers = fetchers
        mode.predicate = predicate
        mode.inFlight = inFlight
        try await options.run(mode)
    }
}

extension Predicate: ExpressibleByArgument {}
