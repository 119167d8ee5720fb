import ArgumentParser
import Jet
import JSONText

/// `jet info`: shows the daemon.
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show the daemon: name, version, endpoint, features, statistics.",
        discussion: """
            With --json: {"name", "version", "protocolVersion", "features", "statistics", "endpoint"}. The statistics \
            count from the start of the daemon; 'jet top' shows them as rates.

            Examples:
              jet info
              jet info --connect tcp://192.0.2.7:11122
              jet info --json | jq .features
            """)

    /// The labels of the statistics.
    private static let figures = [
        ("peers", "peers"), ("slow peers", "slowPeers"), ("elements", "elements"), ("fetches", "fetchers"),
        ("pending requests", "pendingRequests"), ("bytes waiting", "waitingBytes"), ("messages", "messages"),
        ("notifications", "notifications"), ("conflated", "conflated"), ("held by interval", "paced"),
        ("dropped answers", "droppedAnswers"),
    ]

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let (info, endpoint) = try await connection.withPeer { (try await $0.info(), $0.endpoint) }
        if output.json {
            var object = info.json.object ?? [:]
            object["endpoint"] = .string(endpoint.description)
            return try output.write([.object(object)])
        }
        var rows = [
            ("daemon", "\(info.name) \(info.version)"), ("protocol", info.protocolVersion),
            ("endpoint", endpoint.description),
        ]
        for feature in info.features.object ?? [:] { rows.append((feature.name, feature.value.description)) }
        for (title, name) in Self.figures {
            if let figure = info.statistics[name] { rows.append((title, figure.description)) }
        }
        let width = rows.map { DisplayWidth.of(TerminalText.escaped($0.0)) }.max() ?? 0
        try output.write(
            rows.map { name, text in
                let head = DisplayWidth.padded(TerminalText.escaped(name), to: width + 2)
                return [StyledText(head, .faint), StyledText(TerminalText.escaped(text))]
            })
    }
}
