import ArgumentParser

/// `jet bench`: how fast a daemon is.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a daemon is.",
        discussion: """
            Connects to a running daemon as publishers and subscribers at once, and measures throughput, latency, and \
            the daemon's processor time and memory. What it adds is below jet-bench/ and gone when it ends. Every \
            message is counted and looked at: when one is missing or wrong there are no figures, and the exit code \
            is 1.

            With several --transport, each round measures all of them, one after the other, and their medians are \
            compared with those of the first. Only ratios of one run say something: absolute figures differ from \
            machine to machine and from hour to hour.

            With --json, a line for each transport: {"mode", "transport": "unix", "tcp" or "ws", "endpoint", "pid"?, \
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
            ConnectionsCommand.self,
        ])
}
