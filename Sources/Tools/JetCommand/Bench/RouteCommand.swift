import ArgumentParser
import JetBench

/// `jet bench route`.
struct RouteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Route.name,
        abstract: "Measure sets that are routed to the owner and answered by it.",
        discussion: """
            One peer sets the State of another one, which answers. Output: sets per second, the time from sending a set to \
            reading its answer, and the daemon's processor time per set. With --in-flight 1 the latency is that of one \
            caller, mostly the kernel waking processes; with many in flight the throughput counts.
            """)

    @Option(help: ArgumentHelp("The number of sets.", valueName: "n"))
    var count = Route().count

    @Option(help: ArgumentHelp("The number of sets before the measurement, to warm up.", valueName: "n"))
    var warmUp = Route().warmUp

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
    var size = Route().size

    @Option(help: ArgumentHelp("The maximum number of sets without an answer.", valueName: "n"))
    var inFlight = Route().inFlight

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check(count: count, of: "sets")
        try BenchNumbers.check(warmUp: warmUp, of: "sets")
        try BenchNumbers.check(size: size)
        try BenchNumbers.check(inFlight: inFlight, size: size)
    }

    func run() async throws {
        var mode = Route()
        mode.count = count
        mode.warmUp = warmUp
        mode.size = size
        mode.inFlight = inFlight
        try await options.run(mode)
    }
}
