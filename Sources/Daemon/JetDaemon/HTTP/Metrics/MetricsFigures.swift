import JetBus

/// The daemon's own figures in metrics.
struct MetricsFigures: Sendable {
    /// The name and the version of the daemon.
    var name = ""
    var version = ""
    /// When it has started, in seconds since 1970.
    var startTime = 0.0
    var statistics = Bus.Statistics()
    var counts = Bus.Counts()
    /// The accounts; `nil` for those who may not see them.
    var accounts: [Bus.AccountFigures]?

    /// How many accounts are shown by name. The others are summed up as `other`.
    static let accountLimit = 100

    /// Writes the families.
    func write(to text: inout MetricsText) {
        text.family("jet_build", .info, help: "The daemon: its name and its version.")
        text.sample([("name", name), ("version", version)], "1")
        text.family("process_start_time_seconds", .gauge, unit: "seconds", help: "When the daemon has started.")
        text.sample("\(startTime)")
        text.family("jet_elements", .gauge, help: "States and Methods on the bus.")
        text.sample([("kind", "state")], "\(counts.states)")
        text.sample([("kind", "method")], "\(counts.methods)")
        for (name, help, value) in gauges {
            text.family("jet_\(name)", .gauge, unit: name.hasSuffix("_bytes") ? "bytes" : nil, help: help)
            text.sample("\(value)")
        }
        for (name, help, value) in counters {
            text.family("jet_\(name)", .counter, help: help)
            text.sample("\(value)")
        }
        if let accounts { Self.write(Self.bounded(accounts), to: &text) }
    }

    private var gauges: [(String, String, Int)] {
        [
            ("peers", "Connected peers.", statistics.peers),
            ("slow_peers", "Peers that do not keep up, and get only the newest values.", statistics.slowPeers),
            ("fetches", "Active fetches.", statistics.fetchers),
            ("pending_requests", "Requests that wait for the answer of an owner.", statistics.pendingRequests),
            ("outbox_bytes", "Bytes that wait to be written to peers.", statistics.waitingBytes),
        ]
    }

    private var counters: [(String, String, UInt64)] {
        [
            ("messages", "Messages that were received.", statistics.messages),
            (
                "notifications", "Notifications of fetches, those included that newer ones replaced.",
                statistics.notifications
            ),
            (
                "conflated_notifications", "Notifications that a newer one replaced before a slow peer had read them.",
                statistics.conflated
            ),
            (
                "paced_notifications", "Notifications that a newer one replaced within the interval of a fetch.",
                statistics.paced
            ),
            (
                "dropped_answers", "Answers that came too late, twice, or from a peer that was not asked.",
                statistics.droppedAnswers
            ),
        ]
    }

    // MARK: Accounts

    /// At most `accountLimit` of them, those with the most messages, and the sum of the others.
    private static func bounded(_ accounts: [Bus.AccountFigures]) -> [(name: String, figures: Bus.AccountFigures)] {
        let ranked = accounts.map { (name: "\($0.name)", figures: $0) }.sorted {
            $0.figures.messages == $1.figures.messages ? $0.name < $1.name : $0.figures.messages > $1.figures.messages
        }
        var shown = Array(ranked.prefix(accountLimit)).sorted { $0.name < $1.name }
        if var rest = ranked.dropFirst(accountLimit).first?.figures {
            for other in ranked.dropFirst(accountLimit + 1) { rest.add(other.figures) }
            shown.append((name: "other", figures: rest))
        }
        return shown.map { (name: label($0.name), figures: $0.figures) }
    }

    /// The beginning of a name, which may be any text of the users file.
    private static func label(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(200).map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    private static func write(
        _ accounts: [(name: String, figures: Bus.AccountFigures)], to text: inout MetricsText
    ) {
        func gauge(_ name: String, unit: String? = nil, _ help: String, _ value: (Bus.AccountFigures) -> Int) {
            text.family("jet_account_\(name)", .gauge, unit: unit, help: help)
            for (account, figures) in accounts { text.sample([("account", account)], "\(value(figures))") }
        }
        func counter(_ name: String, unit: String? = nil, _ help: String, _ value: (Bus.AccountFigures) -> String) {
            text.family("jet_account_\(name)", .counter, unit: unit, help: help)
            for (account, figures) in accounts { text.sample([("account", account)], value(figures)) }
        }
        gauge("connections", "Peers of the account.") { $0.connections }
        gauge("elements", "States and Methods of the account.") { $0.usage.elements }
        gauge("memory_bytes", unit: "bytes", "Memory of its elements, fetches and waiting requests.") {
            $0.usage.bytes
        }
        gauge("fetches", "Fetches of the account.") { $0.usage.fetches }
        gauge("rule_bytes", unit: "bytes", "Memory of the rules of its fetches.") { $0.usage.ruleBytes }
        gauge("pending_requests", "Its requests that wait for the answer of an owner.") { $0.usage.pendingRequests }
        gauge("unread_bytes", unit: "bytes", "Bytes that wait for its peers to read them.") { $0.unread }
        counter("messages", "Messages that its peers have sent.") { "\($0.messages)" }
        counter("work_seconds", unit: "seconds", "Work that its peers have caused, an estimate.") {
            "\(Double($0.work) / 1e9)"
        }
        counter("refused_requests", "Its requests that were refused because of a limit.") { "\($0.refused)" }
    }
}
