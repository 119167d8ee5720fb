import ArgumentParser
import JetBench

/// `jet bench fan-out`.
struct FanOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: FanOut.name,
        abstract: "Changes of States, notified to all subscribers.",
        discussion: """
            One peer changes its States in turn; each change is notified to every subscriber. Printed: changes and \
            notifications a second, the time from sending a change to reading its notification, and the daemon's processor \
            time a notification. With --in-flight 1 the latency is that of a single change; with more, changes wait in line.
            """)

    @Option(help: ArgumentHelp("How many changes.", valueName: "n"))
    var count = FanOut().count

    @Option(help: ArgumentHelp("How many changes go ahead unmeasured.", valueName: "n"))
    var warmUp = FanOut().warmUp

    @Option(help: ArgumentHelp("How many bytes a value has, at least 26.", valueName: "bytes"))
    var size = FanOut().size

    @Option(help: ArgumentHelp("How many peers are told.", valueName: "n"))
    var subscribers = FanOut().subscribers

    @Option(help: ArgumentHelp("How many States are changed in turn.", valueName: "n"))
    var states = FanOut().states

    @Option(help: ArgumentHelp("How many fetchers there are besides that match nothing.", valueName: "n"))
    var fetchers = FanOut().fetchers

    @Option(help: ArgumentHelp("How many changes may be without an answer.", valueName: "n"))
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
