import JSONText
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// A provider that runs for as long as this object lives, and what it reported.
final class RunningProvider: Sendable {
    private let reports = Mutex<[[Reading]]>([])
    private let end = Mutex<(any Error)?>(nil)
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ provider: some PushingProvider) {
        task.withLock {
            $0 = Task { [weak self] in
                var provider = provider
                do {
                    try await provider.run { [weak self] readings in self?.reports.withLock { $0.append(readings) } }
                } catch {
                    self?.end.withLock { $0 = error }
                }
            }
        }
    }

    deinit { task.withLock { $0?.cancel() } }

    /// How many reports there were.
    var count: Int { reports.withLock { $0.count } }
    /// Why it ended, if it did.
    var failure: (any Error)? { end.withLock { $0 } }

    /// What is at `path` by the newest report.
    func reading(_ path: String) -> Reading? { reports.withLock { $0.last?.first { $0.path == path } } }

    /// The paths of the newest report; `nil` before the first.
    var paths: [String]? { reports.withLock { $0.last?.map(\.path) } }

    /// Waits until `condition` holds.
    func until(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: (RunningProvider) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition(self) {
            try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

extension ProviderContext {
    /// A context of a test: files in a tree, a fake bus, and looks every few milliseconds.
    static func test(
        _ tree: Tree, _ bus: FakeBus, log: MemoryLog = MemoryLog()
    ) -> ProviderContext {
        ProviderContext(host: Host(tree), interval: .milliseconds(5), bus: bus, logger: log.logger)
    }
}
