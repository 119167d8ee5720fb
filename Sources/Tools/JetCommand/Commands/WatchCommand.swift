import ArgumentParser
import Jet
import JSONText

/// `jet watch`: what happens on the bus, as it happens.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch elements live: what is there, then every change.",
        discussion: """
            Prints a line an event: the time it was received here, 'add' (what is there at the start, and what comes), \
            'change' or 'remove', the path and the value. With --table, keeps one table of all matching States on the \
            terminal instead. Ctrl-C ends it, with exit code 0.

            With --json, a line an event: {"time" (UTC, ISO 8601), "event": "add", "change" or "remove", "path", \
            "kind": "state" or "method", "value"?, "fetchOnly"?: true, "meta"?}; the last two come with 'add' alone.

            Examples:
              jet watch                          everything
              jet watch cpu/ --table             a living table
              jet watch cpu/ --once --table      the table once
              jet watch 'net/*/state' --json     for a program
              jet watch boot/done --count 1      wait until it is there
              jet watch --reconnect              survive restarts of the daemon
            """)

    @OptionGroup var rules: RuleOptions

    @Flag(help: "Keep a table of the States on the terminal. When the output is no terminal: print it once.")
    var table = false

    @Flag(help: "Print what is there, and end.")
    var once = false

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("End after so many events.", valueName: "n"))
    var count: Int?

    @Flag(help: "When the connection ends, or there is none yet: keep trying.")
    var reconnect = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count takes a number of events, 1 or more.") }
        if table, output.json { throw ValidationError("--table is for people, --json for programs: choose one.") }
        if !once, try rules.filter().rule.sort != nil {
            throw ValidationError("What happens has no order to sort it by: 'sort' is for ls, get and watch --once.")
        }
        if count != nil, table || once { throw ValidationError("--count goes with neither --table nor --once.") }
    }

    func run() async throws {
        let filter = try rules.filter()
        let terminal = output.terminal
        if table, !once, terminal.isTerminal, !terminal.canRepaint {
            StandardOutput.say("jet: This terminal cannot redraw (TERM): the table is printed once.")
        }
        if once || table && !terminal.canRepaint {
            try await printOnce(filter)
        } else {
            try await untilInterrupted {
                let peer = try await connection.peer(reconnecting: reconnect)
                if table {
                    try await LiveScreen(peer: peer, filter: filter, colored: terminal.isColored).run()
                } else {
                    try await follow(peer, filter, colored: terminal.isColored)
                }
                await peer.close()
            }
        }
    }

    private func printOnce(_ filter: ElementFilter) async throws {
        var elements = try await connection.withPeer { try await $0.elements(filter) }
        if table { elements.removeAll { $0.value == nil } }
        guard !elements.isEmpty else { throw rules.nothingMatches }
        if table { return try output.write(Listing.values(elements.map(\.row))) }
        let now = Timestamp.now
        if output.json {
            try output.write(elements.lazy.map { Record.event("add", at: now, element: $0.record) })
        } else {
            try output.write(elements.map { EventLine.line("add", at: now, $0.row) })
        }
    }

    /// Prints events as they come, until there were enough.
    private func follow(_ peer: Peer, _ filter: ElementFilter, colored: Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if reconnect { group.addTask { await Self.tellOfConnections(peer) } }
            var units = UnitMemory()
            var left = count
            try await peer.follow(filter, buffering: .all) { event in
                let unit = units.unit(of: event.path, event: event.kind.rawValue, unit: event.meta?.unit)
                let row = Listing.Row(path: event.path, value: event.value, unit: unit)
                if output.json {
                    let element = Record.element(
                        path: event.path, value: event.value, isFetchOnly: event.isFetchOnly, meta: event.meta)
                    try output.write([Record.event(event.kind.rawValue, at: .now, element: element)])
                } else {
                    let line = EventLine.line(event.kind.rawValue, at: .now, row)
                    try StandardOutput.write(lines: [line.rendered(colored: colored)])
                }
                left = left.map { $0 - 1 }
                return left != 0
            }
        }
    }

    private static func tellOfConnections(_ peer: Peer) async {
        for await event in peer.connectionEvents {
            switch event {
            case .connected: StandardOutput.say("jet: Connected again.")
            case .disconnected(let error):
                StandardOutput.say(Failure(error).retrying)
            }
        }
    }
}
