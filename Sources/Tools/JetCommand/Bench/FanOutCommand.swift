import ArgumentParser
import JetBench

/// `jet bench fan-out`.
struct FanOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: FanOut.name,
        abstract: "Measure changes of States that are notified to all subscribers.",
        discussion: """
            One peer changes its States in turn; each change is notified to every subscriber. Output: changes and \
            notifications per second, the time from sending a change to reading its notification, and the daemon's processor \
            time per notification. With --in-flight 1 the latency is that of a single change; with more, changes are queued.
            """)

    @Option(help: ArgumentHelp("The number of changes.", valueName: "n"))
    var count = FanOut().count

    @Option(help: ArgumentHelp("The number of changes before the measurement, to warm up.", valueName: "n"))
    var warmUp = FanOut().warmUp

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
    var size = FanOut().size

    @Option(help: ArgumentHelp("The number of subscribers.", valueName: "n"))
    var subscribers = FanOut().subscribers

    @Option(help: ArgumentHelp("The number of States that are changed in turn.", valueName: "n"))
    var states = FanOut().states

    @Option(help: ArgumentHelp("The number of additional fetchers that match nothing.", valueName: "n"))
    var fetchers = FanOut().fetchers

    @Option(help: ArgumentHelp("The maximum number of changes without an answer.", valueName: "n"))
    var inFlight = FanOut().inFlight

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check(count: count, of: "changes")
        try BenchNumbers.check(warmUp: warmUp, of: "changes")
        try BenchNumbers.check(size: size)
        try BenchNumbers.check("subscribers", subscribers, 1...10_000, "a number of peers")
        try BenchNumbers.check(states: states)
        try BenchNumbers.check(fetchers: fetchers)
        try BenchNumbers.check(inFlight: inFlight, size: size)
    }

    func run() async throws {
        var mode = FanOut()
        mode.count = count
        mode.warmUp = warmUp
        mode.size = size
        mode.subscribers = subscribers
        mode.states = states
        mode.fetchers = fetchers
        mode.inFlight = inFlight
        try await options.run(mode)
    }
}
