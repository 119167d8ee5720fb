import ArgumentParser
import Jet
import JSONText
import Synchronization

/// `jet top`: shows the load of the bus.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the load of the bus: counts, rates, the busiest States.",
        discussion: """
            Shows the counts of the daemon, the messages, notifications and conflated notifications per second, and the \
            States that change most often. To count their changes it fetches them, so its own notifications are \
            counted, too; a PATH-RULE limits them.

            On a terminal the screen is updated until Ctrl-C; else a paragraph is printed each time. With --json, one \
            line each time: {"time", "statistics", "rates": {"messages", "notifications", "conflated"}, "busiest": [{"path", \
            "rate", "value"}]}, rates per second.

            Examples:
              jet top                       all States, every second
              jet top sensors/ --every 5    some States, every five seconds
              jet top --once                measure for a second and exit
              jet top --json | jq .rates    for a program
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("The time between two updates.", valueName: "seconds"))
    var every: Double = 1

    @Flag(help: "Measure once and exit.")
    var once = false

    @Option(help: ArgumentHelp("The maximum number of States shown.", valueName: "n"))
    var most: Int = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard every >= 0.1, every <= 86_400 else {
            throw ValidationError("--every must be a number of seconds from 0.1 to 86400.")
        }
        guard most >= 0 else { throw ValidationError("--most must be a number of States, 0 or more.") }
        if try rules.filter().rule.sort != nil {
            throw ValidationError(
                "A rule for jet top cannot have 'sort': the States are sorted by their rate of changes.")
        }
    }

    func run() async throws {
        let filter = try rules.filter()
        let terminal = output.terminal
        let isScreen = terminal.canRepaint && !once && !output.json
        try await untilInterrupted {
            let peer = try await connection.peer()
            let info = try await peer.info()
            let watcher = Watcher(peer: peer, info.statistics)
            let title = "\(info.name) \(info.version)  \(peer.endpoint)"
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await watcher.follow(filter) }
                group.addTask {
                    if isScreen {
                        try await show(title, colored: terminal.isColored, watcher)
                    } else {
                        try await print(title, watcher)
                    }
                }
                // The first task ends only with an error, the second also when it is finished.
                try await group.next()
            }
            await peer.close()
        }
    }

    /// Prints each measurement.
    private func print(_ title: String, _ watcher: Watcher) async throws {
        var isFirst = true
        repeat {
            try await Task.sleep(for: .seconds(every))
            let reading = try await watcher.look()
            if output.json {
                try output.write([reading.record(at: .now, most: most)])
            } else {
                let size = output.terminal.width.map { LiveTable.Size(columns: $0, lines: .max) }
                try output.write((isFirst ? [] : [[]]) + reading.lines(size, title: title, most: most))
            }
            isFirst = false
        } while !once
    }

    /// Shows the newest measurement on the screen.
    private func show(
        _ title: String, colored: Bool, _ watcher: Watcher
    ) async throws {
        try await Screen.whileShown {
            let draw = { (reading: Traffic.Reading) in
                let lines = reading.lines(Terminal.size, title: "\(title)  Ctrl-C to exit", most: most)
                try StandardOutput.write(Screen.frame(lines, colored: colored))
            }
            // The first measurement has no rates: they would count our own fetch.
            var reading = try await watcher.look()
            reading.rates = reading.rates.map { Traffic.Rate(name: $0.name, perSecond: 0) }
            reading.busiest = []
            while true {
                try draw(reading)
                try await Task.sleep(for: .seconds(every))
                reading = try await watcher.look()
            }
        }
    }
}

/// Counts the notifications of a fetch, and gets the statistics of the daemon.
private final class Watcher: Sendable {
    private let peer: Peer
    private let traffic: Mutex<Traffic>
    private let start = ContinuousClock.now

    init(peer: Peer, _ statistics: JSON) {
        self.peer = peer
        traffic = Mutex(Traffic(statistics, at: .zero))
    }

    /// Counts until cancelled.
    func follow(_ filter: ElementFilter) async throws {
        // All changes must be counted, so none are conflated here. The snapshot does not count.
        try await peer.follow(filter, buffering: .all, begin: { _ = try await look() }) { event in
            traffic.withLock { $0.note(event.kind.rawValue, event.path, value: event.value, unit: event.meta?.unit) }
            return true
        }
    }

    /// The traffic since the last measurement.
    func look() async throws -> Traffic.Reading {
        let statistics = try await peer.info().statistics
        return traffic.withLock { $0.read(statistics, at: ContinuousClock.now - start) }
    }
}
