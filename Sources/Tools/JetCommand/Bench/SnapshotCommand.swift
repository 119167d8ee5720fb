import ArgumentParser
import JetBench

/// `jet bench snapshot`.
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Snapshot.name,
        abstract: "All States, told to a peer that has just fetched them.",
        discussion: """
            A new peer fetches all States and is told of them. Printed: States a second, the time from sending the fetch \
            to reading the last State, and the daemon's processor time a State.
            """)

    @Option(help: ArgumentHelp("How many snapshots.", valueName: "n"))
    var count = Snapshot().count

    @Option(help: ArgumentHelp("How many snapshots go ahead unmeasured.", valueName: "n"))
    var warmUp = Snapshot().warmUp

    @Option(help: ArgumentHelp("How many bytes a value has, at least 26.", valueName: "bytes"))
    var size = Snapshot().size

    @Option(help: ArgumentHelp("How many States there are.", valueName: "n"))
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
