import ArgumentParser
import JetBench

/// `jet bench hostile`.
struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile",
        abstract: "Measure honest peers beside attackers.",
        discussion: """
            Starts a jetd for each attack, and measures honest peers without an attack and then beside each: echoes, \
            sets of one peer's State by another, and new connections. The honest peers, the publisher of what the \
            attackers read, and the attackers are three users: of the system if jet runs as root, else of the bus. With \
            --connect a running daemon is attacked instead, where all are one user; never use this for a daemon that \
            others need.

            For each attack the output has: the messages sent, those refused because of a limit (by the name of the \
            limit), the connections refused or closed, the median, the 99th percentile and the maximum of what the \
            honest peers waited for, in milliseconds, and the peak memory of the daemon. The exit code is 1 if an \
            answer was wrong, missing or out of order, or if the daemon died; never because of a time. An attack ends \
            at most 30 seconds after its time; a daemon that uses more than 3 GiB is killed.

            Attacks:
            \(Attacks.table.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))

            With --json, one line for no attack and for each attack: {"mode", "attack", "pid"?, "seconds", "sent", \
            "answered", "refused": {limit: number}, "errors": {name: number}, "publisherRefused": {limit: number}, \
            "connections", "connectionsRefused", "connectionsClosed", "latencies": {"echo", "set", "connect", "login"?, "batch"?: \
            {"count", "median", "p99", "max"}}, "memory"?, "problems": [...], "skipped"?}.

            Examples:
              jet bench hostile
              jet bench hostile --attack lua-patterns --attack fetches --seconds 10
              jet bench hostile --scale 0.1 --json | jq -c '[.attack, .latencies.echo.p99, .refused]'
            """)

    @Option(
        help: ArgumentHelp("Run this attack; may be given several times. (default: all)", valueName: "name"),
        completion: .list(Attacks.names))
    var attack: [String] = []

    @Option(help: ArgumentHelp("The time that each attack takes.", valueName: "seconds"))
    var seconds = 5.0

    @Option(
        help: ArgumentHelp("What the sizes of the attacks are multiplied by, at most 1.", valueName: "factor"))
    var scale = 1.0

    @Option(
        help: ArgumentHelp(
            "The jetd to start. (default: the one beside this program, or the installed one)", valueName: "file"),
        completion: .file())
    var jetd: String?

    @Option(help: ArgumentHelp("The process ID of the daemon, with --connect.", valueName: "pid"))
    var daemonPid: Int32?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        for name in attack where !Attacks.names.contains(name) {
            throw ValidationError("There is no attack '\(name)': \(Attacks.names.joined(separator: ", ")).")
        }
        guard seconds >= 0.1, seconds <= 3600 else {
            throw ValidationError("--seconds must be a number of seconds from 0.1 to 3600.")
        }
        guard scale > 0, scale <= 1 else { throw ValidationError("--scale must be a number above 0, at most 1.") }
        if jetd != nil, connection.address.connect != nil {
            throw ValidationError("--jetd cannot be used with --connect.")
        }
        if daemonPid != nil, connection.address.connect == nil {
            throw ValidationError("--daemon-pid needs --connect.")
        }
    }

    func run() async throws {
        let target: HostileBenchmark.Target =
            if let endpoint = connection.address.connect {
                .running(endpoint, pid: daemonPid)
            } else {
                .started(program: jetd)
            }
        var attacked = HostileBenchmark(
            target: target, attacks: attack.isEmpty ? Attacks.names : attack, seconds: seconds, scale: scale)
        attacked.security = try connection.address.security(for: [connection.address.connect].compactMap(\.self))
        let benchmark = attacked
        let progress = ProgressLine()
        let (output, asJSON) = (output, output.json)
        let results: [HostileResult]
        do {
            results = try await BenchOptions.onOwnThread {
                var results: [HostileResult] = []
                try benchmark.run(progress: { progress.show($0) }) { result in
                    results.append(result)
                    progress.clear()
                    // A run takes minutes, so each result is shown when it is found.
                    let report = HostileReport(result)
                    try? asJSON
                        ? output.write([report.record])
                        : output.write((results.count == 1 ? HostileReport.heading : []) + report.lines)
                }
                return results
            }
            progress.clear()
        } catch let error as BenchError {
            progress.clear()
            throw Failure(error)
        }
        let failed = results.filter { !$0.problems.isEmpty }
        guard failed.isEmpty else {
            throw Failure(
                .refused,
                "The honest peers were not served beside: \(failed.map(\.attack).joined(separator: ", ")).")
        }
    }
}
