import ArgumentParser
import JetBench

/// `jet bench connections`.
struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Connections.name,
        abstract: "Measure many connections, and the memory of each.",
        discussion: """
            Many peers connect, with a fetch each, and are notified of some changes, one at a time. Output: connections \
            per second, the growth of the daemon's memory per connection (in the first round; a daemon reuses memory, so \
            start a new one for this), and the time from sending a change to its notification, the maximum of which is \
            the time until all peers are notified.
            """)

    @Option(help: ArgumentHelp("The number of connections.", valueName: "n"))
    var count = Connections().count

    @Option(help: ArgumentHelp("The number of changes that are notified to them.", valueName: "n"))
    var changes = Connections().changes

    @Option(help: ArgumentHelp("The size of a value, at least 26.", valueName: "bytes"))
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
