import ArgumentParser
import Jet
import JSONText
import Synchronization

/// `jet top`: how much happens on the bus, and where.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show how busy the bus is: rates, counts, the busiest States.",
        discussion: """
            Shows what the daemon holds and how many messages, notifications and conflated notifications a second there \
            are, and the States that change most often. To count their changes it fetches them, so its own \
            notifications are among those that are counted; a PATH-RULE leaves others out.

            On a terminal it keeps a screen until Ctrl-C; else it prints a paragraph each time. With --json, a line \
            each time: {"time", "statistics", "rates": {"messages", "notifications", "conflated"}, "busiest": [{"path", \
            "rate", "value"}]}, rates per second.

            Examples:
              jet top                       everything, each second
              jet top sensors/ --every 5    some of it, each five seconds
              jet top --once                one look, of a second
              jet top --json | jq .rates    for a program
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("How long to count before each look.", valueName: "seconds"))
    var every: Double = 1

    @Flag(help: "Look once, and end.")
    var once = false

    @Option(help: ArgumentHelp("How many States to show at most.", valueName: "n"))
    var most: Int = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard every >= 0.1, every <= 86_400 else {
            throw ValidationError("--every takes seconds, at least 0.1 and at most 86400.")
        }
        guard most >= 0 else { throw ValidationError("--most takes a number of States.") }
        if try rules.filter().rule.sort != nil {
            throw ValidationError("The States are in the order of their changes.")
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
                // Following ends by failing only, looking also when it was enough.
                try await group.next()
            }
            await peer.close()
        }
    }

    /// Prints what each look finds.
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

    /// Keeps what the last look has found on the screen.
    private func show(
        _ title: String, colored: Bool, _ watcher: Watcher
    ) async throws {
        try await Screen.whileShown {
            let draw = { (reading: Traffic.Reading) in
                let lines = reading.lines(Terminal.size, title: "\(title)  Ctrl-C ends", most: most)
                try StandardOutput.write(Screen.frame(lines, colored: colored))
            }
            // Nothing has been counted yet: rates of the first moment would be of our own fetch.
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

/// Counts what a fetch tells, and asks the daemon for its statistics.
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
        // Each change is to be counted, so none may be left out here. What the fetch begins with is no traffic.
        try await peer.follow(filter, buffering: .all, begin: { _ = try await look() }) { event in
            traffic.withLock { $0.note(event.kind.rawValue, event.path, value: event.value, unit: event.meta?.unit) }
            return true
        }
    }

    /// What has happened since the last look.
    func look() async throws -> Traffic.Reading {
        let statistics = try await peer.info().statistics
        return traffic.withLock { $0.read(statistics, at: ContinuousClock.now - start) }
    }
}
