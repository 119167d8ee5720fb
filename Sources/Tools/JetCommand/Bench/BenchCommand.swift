import ArgumentParser

/// `jet bench`: measures the performance of a daemon.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the performance of a daemon.",
        discussion: """
            Connects to a running daemon as publishers and subscribers, and measures throughput, latency, and the \
            daemon's processor time and memory. It adds elements below jet-bench/ and removes them at the end. Every \
            message is counted and checked: if one is missing or wrong, no figures are printed and the exit code is 1.

            With several --transport, each round measures all of them, one after the other, and their medians are \
            compared with those of the first. Compare ratios of one run only: absolute figures depend on the machine \
            and its load.

            With --json, one line per transport: {"mode", "transport": "unix", "tcp", "ws", "jets" or "wss", "endpoint", "pid"?, \
            "settings": {...}, "figures": {name: number, ...}, "ratios": {...} (to the first transport), "rounds": \
            [{...}, ...]}. "figures" are the medians of the rounds; durations are in microseconds, memory in bytes.

            Examples:
              jet bench fan-out
              jet bench fan-out --transport tcp --transport ws --repeat 5
              jet bench route --in-flight 1
              jet bench add --fetchers 10000 --predicate contains
              jet bench connections --count 5000 --json | jq .figures.bytesPerConnection
            """,
        subcommands: [
            FanOutCommand.self, RouteCommand.self, AddCommand.self, SnapshotCommand.self, SortedCommand.self,
            ConnectionsCommand.self, HostileCommand.self,
        ])
}
