import ArgumentParser
import JSONText
import Jet

/// `jet top`: shows the load of the bus.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the load of the bus: counts, rates, accounts, peers, the busiest States.",
        discussion: """
            Shows the counts of the daemon; the messages, notifications and conflated notifications per second; the \
            accounts to which the daemon charges what peers use, and the peers, for users in the group operator; and the \
            States that change most often. To count their changes it fetches them, so its own notifications are \
            counted, too; a PATH-RULE limits them, and without --states in the choice it fetches nothing.

            Accounts and peers have the columns work% (the daemon's processor time for them), msg/s, elems (elements), \
            bytes (of these), fetches, rules (bytes of the rules of the fetches), unread (bytes that wait for them), \
            pending (requests without an answer), confl/s (notifications left out), refus/s (requests refused because \
            of a limit) and conns (connections). A narrow terminal shows some of them.

            On a terminal the screen is updated until Ctrl-C; else a paragraph is printed each time. With --json, one \
            line each time: {"time", "statistics", "rates": {"messages", "notifications", "conflated"}, "busiest": [{"path", \
            "rate", "value"}], "accounts": [...], "peers": [...]}, rates per second. Accounts and peers are as in the \
            response to peers, see jet-protocol(7), with "rates": {"work", "messages", "conflated", "refused"}, where \
            work is in percent, and on a unix socket with "system" (the user's name) and "command".

            Examples:
              jet top                       everything, every second
              jet top sensors/ --every 5    some States, every five seconds
              jet top --peers --by unread   the peers that do not read
              jet top --once                measure for a second and exit
              jet top --json | jq .rates    for a program
            """)

    @OptionGroup var rules: RuleOptions

    @Option(help: ArgumentHelp("The time between two updates.", valueName: "seconds"))
    var every: Double = 1

    @Flag(help: "Measure once and exit.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "What accounts and peers are sorted by: \(UsageKey.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "column"))
    var by: UsageKey = .work

    @Flag(help: "Show the accounts.")
    var accounts = false

    @Flag(help: "Show the peers.")
    var peers = false

    @Flag(help: "Show the busiest States. (default: accounts, peers and States)")
    var states = false

    @Option(help: ArgumentHelp("The maximum number of accounts, peers and States shown, each.", valueName: "n"))
    var most: Int = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard every >= 0.1, every <= 86_400 else {
            throw ValidationError("--every must be a number of seconds from 0.1 to 86400.")
        }
        guard most >= 0 else { throw ValidationError("--most must be a number of rows, 0 or more.") }
        if !sections.contains(.states), rules.pathRule != nil || rules.rule != nil {
            throw ValidationError("A rule selects States, which are shown with --states.")
        }
        if try rules.filter().rule.sort != nil {
            throw ValidationError(
                "A rule for jet top cannot have 'sort': the States are sorted by their rate of changes.")
        }
    }

    /// What to show: everything, unless something is chosen.
    private var sections: Set<TopScreen.Section> {
        let chosen: Set<TopScreen.Section> = Set(
            [(accounts, .accounts), (peers, .peers), (states, .states)].compactMap { $0 ? $1 : nil })
        return chosen.isEmpty ? Set(TopScreen.Section.allCases) : chosen
    }

    func run() async throws {
        let filter = try rules.filter()
        let terminal = output.terminal
        let isScreen = terminal.canRepaint && !once && !output.json
        try await untilInterrupted {
            let peer = try await connection.peer()
            let info = try await peer.info()
            let watcher = TopWatcher(
                peer: peer, info.statistics, sections: sections, sortKey: by, most: most)
            let title = "\(info.name) \(info.version)  \(peer.endpoint)"
            try await watcher.checkAccess()
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                if sections.contains(.states) { group.addTask { try await watcher.follow(filter) } }
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
    private func print(_ title: String, _ watcher: TopWatcher) async throws {
        var isFirst = true
        if !sections.contains(.states) { _ = try await watcher.look() }
        repeat {
            try await Task.sleep(for: .seconds(every))
            let screen = try await watcher.look()
            if output.json {
                if isFirst, let absence = screen.absence, sections != [.states] {
                    StandardOutput.say("jet: " + absence.sentence)
                }
                try output.write([screen.record(at: .now)])
            } else {
                let size = output.terminal.width.map { LiveTable.Size(columns: $0, lines: .max) }
                try output.write((isFirst ? [] : [[]]) + screen.lines(size, title: title))
            }
            isFirst = false
        } while !once
    }

    /// Shows the newest measurement on the screen.
    private func show(
        _ title: String, colored: Bool, _ watcher: TopWatcher
    ) async throws {
        try await Screen.whileShown {
            // The first measurement has no rates: they would count our own fetch.
            var screen = try await watcher.look()
            screen.traffic.rates = screen.traffic.rates.map { Traffic.Rate(name: $0.name, perSecond: 0) }
            screen.traffic.busiest = []
            while true {
                let lines = screen.lines(Terminal.size, title: "\(title)  Ctrl-C to exit")
                try StandardOutput.write(Screen.frame(lines, colored: colored))
                try await Task.sleep(for: .seconds(every))
                screen = try await watcher.look()
            }
        }
    }
}

extension UsageKey: ExpressibleByArgument {}
