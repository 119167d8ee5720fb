import ArgumentParser
import JetBench

/// `jet bench add`.
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: AddRemove.name,
        abstract: "States that are added and removed again.",
        discussion: """
            One peer adds States and removes them. With --fetchers, others look for something else meanwhile, so that \
            each new path has to be tried on their rules. Printed: adds and removes a second, the time from sending an add \
            to reading its answer, the daemon's processor time for each, and by how much its memory grew for each State \
            (in the first round; memory that a daemon has had before is used again, so start a new one for this).
            """)

    @Option(help: ArgumentHelp("How many States.", valueName: "n"))
    var count = AddRemove().count

    @Option(help: ArgumentHelp("How many States are added and removed ahead, unmeasured.", valueName: "n"))
    var warmUp = AddRemove().warmUp

    @Option(help: ArgumentHelp("How many bytes a value has, at least 26.", valueName: "bytes"))
    var size = AddRemove().size

    @Option(help: ArgumentHelp("How many fetchers there are that match nothing.", valueName: "n"))
    var fetchers = AddRemove().fetchers

    @Option(help: ArgumentHelp("What they look for in a path.", valueName: "name"))
    var predicate = AddRemove().predicate

    @Option(help: ArgumentHelp("How many requests may be without an answer.", valueName: "n"))
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
