import ArgumentParser
import Jet
import JSONText

/// `jet watch`: prints changes as they happen.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print elements, and then every change of them.",
        discussion: """
            Prints one line per event: the time it was received, 'add' (for elements that exist at the start, and for \
            new ones), 'change' or 'remove', the path and the value. With --table, shows a table of all matching States \
            on the terminal instead. Ctrl-C exits with code 0.

            With --json, one event per line: {"time" (UTC, ISO 8601), "event": "add", "change" or "remove", "path", \
            "kind": "state" or "method", "value"?, "fetchOnly"?: true, "meta"?}; the last two only with 'add'.

            Examples:
              jet watch                          all elements
              jet watch cpu/ --table             a table that is updated
              jet watch cpu/ --once --table      print the table once
              jet watch 'net/*/state' --json     for a program
              jet watch boot/done --count 1      wait until the element exists
              jet watch --reconnect              continue after a restart of the daemon
            """)

    @OptionGroup var rules: RuleOptions

    @Flag(help: "Show a table of the States on the terminal. If the output is not a terminal, print it once.")
    var table = false

    @Flag(help: "Print the elements and exit.")
    var once = false

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Exit after this number of events.", valueName: "n"))
    var count: Int?

    @Flag(help: "Retry if the connection fails or is closed.")
    var reconnect = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be a number of events, 1 or more.") }
        if table, output.json { throw ValidationError("--table and --json cannot be used together.") }
        if !once, try rules.filter().rule.sort != nil {
            throw ValidationError("A rule for jet watch cannot have 'sort', except with --once.")
        }
        if count != nil, table || once { throw ValidationError("--count cannot be used with --table or --once.") }
    }

    func run() async throws {
        let filter = try rules.filter()
        let terminal = output.terminal
        if table, !once, terminal.isTerminal, !terminal.canRepaint {
            StandardOutput.say("jet: This terminal cannot update a table (see TERM), so the table is printed once.")
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

    /// Prints events until `count` is reached.
    private func follow(_ peer: Peer, _ filter: ElementFilter, colored: Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if reconnect { group.addTask { try await Self.reportConnections(peer) } }
            var units = UnitMemory()
            var left = count
            do {
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
            } catch {
                // If it was ended because connecting again is of no use, that is the reason.
                group.cancelAll()
                try await group.waitForAll()
                throw error
            }
        }
    }

    /// - Throws: Why connecting again is of no use: the key was removed.
    private static func reportConnections(_ peer: Peer) async throws {
        for await event in peer.connectionEvents {
            switch event {
            case .connected: StandardOutput.say("jet: Reconnected.")
            case .disconnected(let error):
                if case .invalidKey? = error.refusal {
                    await peer.close()
                    throw Failure(error)
                }
                StandardOutput.say(Failure(error).retrying)
            }
        }
    }
}
