import ArgumentParser
import JetBench

/// `jet bench snapshot`.
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Snapshot.name,
        abstract: "Measure the notifications of all States for a new fetch.",
        discussion: """
            A new peer fetches all States and is notified of them. Output: States per second, the time from sending the fetch \
            to reading the last State, and the daemon's processor time per State.
            """)

    @Option(help: ArgumentHelp("The number of snapshots.", valueName: "n"))
    var count = Snapshot().count

    @Option(help: ArgumentHelp("The number of snapshots before the measurement, to warm up.", valueName: "n"))
    var warmUp = Snapshot().warmUp

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
    var size = Snapshot().size

    @Option(help: ArgumentHelp("The number of States.", valueName: "n"))
    var states = Snapshot().states

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check("count", count, 1...10_000, "a number of snapshots")
        try BenchNumbers.check("warm-up", warmUp, 0...10_000, "a number of snapshots")
        try BenchNumbers.check(size: size)
        try BenchNumbers.check(states: states)
    }

    func run() async throws {
        var mode = Snapshot()
        mode.count = count
        mode.warmUp = warmUp
        mode.size = size
        mode.states = states
        try await options.run(mode)
    }
}
