import Glibc
import JSONText
import Logging
import Testing

@testable import AgentCore
@testable import Providers

/// Whole boards, from their files to what stands on the bus. With `JET_GOLDEN=write` in the environment the listings are
/// written anew; what became of them is for `git diff` and eyes.
struct GoldenListingTests {
    @Test("a board gives exactly the readings of its golden listing", arguments: Board.allCases)
    func golden(board: Board) throws {
        let tree = try board.tree()
        let host = Host(tree, machine: board.machine)
        let logger = MemoryLog().logger
        let providers: [any Provider] = [
            SensorProvider(host, logger: logger), PowerProvider(host, logger: logger),
            SystemProvider(host, logger: logger), CPUProvider(host, logger: logger),
            FilesystemProvider(host, logger: logger) { (_) throws(HostFileError) -> FilesystemUsage in
                FilesystemUsage(
                    size: 10_000_000_000, used: 2_500_000_000, available: 7_000_000_000, inodes: 600_000,
                    freeInodes: 500_000)
            },
            DiskProvider(host, logger: logger), LEDProvider(host, logger: logger),
            DeviceProvider(host, logger: logger),
            HostnameProvider(ProviderContext(host: host, bus: FakeBus(), logger: logger)),
        ]
        let listing = providers.flatMap { provider in
            var provider = provider
            return provider.readings()
        }.sorted { $0.path < $1.path }.map(\.json.description)
        if getenv("JET_GOLDEN").map({ String(cString: $0) }) == "write" { try board.writeGolden(listing) }
        let golden = try board.golden()
        #expect(listing.count == golden.count)
        for (line, expected) in zip(listing, golden) { #expect(line == expected) }
    }

    @Test("reading twice gives the same, and a board at rest has nothing to publish", arguments: Board.allCases)
    func rest(board: Board) throws {
        let tree = try board.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        var published = StateBoard()
        let first = sensors.readings()
        #expect(published.apply(first, of: sensors.name).publications == first.map(Publication.add))
        let second = sensors.readings()
        #expect(second == first)
        #expect(published.apply(second, of: sensors.name).publications.isEmpty)
    }
}
