import ArgumentParser
import JetBench

/// `jet bench connections`.
struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Connections.name,
        abstract: "Many peers, and the memory that each of them takes.",
        discussion: """
            Many peers connect, with a fetch each, and are told of some changes, one at a time. Printed: connections a \
            second, by how much the daemon's memory grew for each (in the first round; memory that a daemon has had before is \
            used again, so start a new one for this), and the time from sending a change to its notification, the longest \
            of which is the time until all are told.
            """)

    @Option(help: ArgumentHelp("How many connections.", valueName: "n"))
    var count = Connections().count

    @Option(help: ArgumentHelp("How many changes they are told of.", valueName: "n"))
    var changes = Connections().changes

    @Option(help: ArgumentHelp("How many bytes a value has, at least 26.", valueName: "bytes"))
    var size = Connections().size

    @OptionGroup var options: BenchOptions

    func validate() throws {
        try BenchNumbers.check("count", count, 1...100_000, "a number of connections")
        try BenchNumbers.check("changes", changes, 1...10_000, "a number of changes")
        try BenchNumbers.check(size: size)
    }

    func run() async throws {
        var mode = Connections()
        mode.count = count
        mode.changes = changes
        mode.size = size
        try await options.run(mode)
    }
}
