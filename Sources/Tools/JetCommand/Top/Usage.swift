import JSONText
import Jet

/// *Who uses what*: the accounts and peers of two looks at a daemon, with rates between them. Like `Traffic`, it knows no
/// connection and no clock.
struct Usage {
    /// An account or a peer.
    struct Row: Hashable, Sendable {
        /// Who it is, for people.
        var title: String
        /// What it uses: numbers; for what grows, the rate per second. Work is in percent of one processor.
        var values: [UsageKey: Double]
        /// The entry of the daemon, with what was added here.
        var json: JSON
    }

    /// What one look has found.
    struct Reading: Hashable, Sendable {
        var accounts: [Row] = []
        var peers: [Row] = []
    }

    /// The names of users and processes.
    private let names: SystemNames
    private var last: (totals: [String: [UsageKey: Int]], time: Duration)?

    init(names: SystemNames) { self.names = names }

    /// What has happened since the last look.
    mutating func read(_ report: DaemonPeers, at now: Duration) -> Reading {
        var totals: [String: [UsageKey: Int]] = [:]
        var reading = Reading()
        let conflated = report.peers.reduce(into: [:]) { $0[$1.account, default: 0] += $1.conflated }
        for account in report.accounts {
            let own = Self.values(account.usage).merging([
                .connections: account.connections, .conflated: conflated[account.name] ?? 0,
            ]) { $1 }
            totals["account \(account.name)"] = own
            reading.accounts.append(
                row(names.title(of: account), own, "account \(account.name)", account.json, at: now))
        }
        for peer in report.peers {
            let own = Self.values(peer.usage).merging([.connections: 1, .conflated: peer.conflated]) { $1 }
            // A later connection can have the same number.
            let key = "peer \(peer.number) \(peer.pid ?? 0) \(peer.address ?? "")"
            totals[key] = own
            var json = peer.json.object ?? [:]
            if let uid = peer.uid, let name = names.user(uid) { json["system"] = .string(name) }
            if let pid = peer.pid, let command = names.command(pid) { json["command"] = .string(command) }
            reading.peers.append(row(names.title(of: peer), own, key, .object(json), at: now))
        }
        last = (totals, now)
        return reading
    }

    private static func values(_ usage: DaemonPeers.Usage) -> [UsageKey: Int] {
        Dictionary(uniqueKeysWithValues: UsageKey.allCases.map { ($0, $0.value(in: usage)) })
    }

    private func row(
        _ title: String, _ totals: [UsageKey: Int], _ key: String, _ json: JSON, at now: Duration
    ) -> Row {
        var values = totals.mapValues(Double.init)
        var rates: JSON.Object = [:]
        // Who was not there before has done everything since; in the first look nothing is known.
        let before = last?.totals[key] ?? [:]
        let time = last.map { max((now - $0.time) / .seconds(1), 1e-3) }
        for key in UsageKey.allCases where key.isRate {
            let growth = Double(max(0, (totals[key] ?? 0) - (before[key] ?? 0)))
            let rate = time.map { growth / $0 } ?? 0
            // Nanoseconds of a second, in percent.
            values[key] = key == .work ? rate / 1e7 : rate
            rates[key.rawValue] = Traffic.number(values[key] ?? 0)
        }
        var object = json.object ?? [:]
        object["rates"] = .object(rates)
        return Row(title: title, values: values, json: .object(object))
    }
}

extension [Usage.Row] {
    /// The rows with the most of `key` first; the same among equals by work, then by who it is.
    func sorted(by key: UsageKey) -> [Usage.Row] {
        sorted { left, right in
            for key in [key, .work, .messages] {
                let (one, two) = (left.values[key] ?? 0, right.values[key] ?? 0)
                if one != two { return one > two }
            }
            return left.title.utf8.lexicographicallyPrecedes(right.title.utf8)
        }
    }
}
