import Digests
import Files
import Logging
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Announcement

/// A machine that a test describes, and the announcer that runs on it.
final class Machine: Sendable {
    static let fingerprint = Fingerprint(ofKey: Array("a key".utf8))

    let folder: TemporaryFolder
    private let state = Mutex(
        (facts: HostFacts(name: "shed", addresses: ["192.168.7.4"]), fingerprint: Machine.fingerprint as Fingerprint?))
    private let statuses = Mutex<[String]>([])

    init() throws { folder = try TemporaryFolder() }

    /// Whether the kernel does not answer.
    var isBlind: Bool {
        get { blindness.withLock { $0 } }
        set { blindness.withLock { $0 = newValue } }
    }
    private let blindness = Mutex(false)

    var status: String { statuses.withLock { $0.last ?? "" } }

    func rename(_ name: String) { state.withLock { $0.facts.name = name } }
    func move(to addresses: [String]) { state.withLock { $0.facts.addresses = addresses } }
    func certify(_ fingerprint: Fingerprint?) { state.withLock { $0.fingerprint = fingerprint } }

    /// Runs an announcer during `body`.
    func announcing(
        on bus: any MessageBus, retry: Duration = .milliseconds(1), _ body: (Announcer) async throws -> Void
    ) async throws {
        var pace = Announcer.Pace()
        pace.settle = .milliseconds(1)
        pace.retry = retry
        let announcer = Announcer(
            bus: bus, folder: folder.path, pace: pace,
            facts: {
                if self.isBlind { throw DBusError(message: "the kernel does not answer") }
                return self.state.withLock { $0.facts }
            },
            fingerprint: { self.state.withLock { $0.fingerprint } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            show: { status in self.statuses.withLock { $0.append(status) } }, beat: {})
        let task = Task { await announcer.run() }
        do {
            try await body(announcer)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    /// The lines of a file that the announcer writes.
    func lines(_ name: String) -> [String] {
        let bytes = (try? File.contents("\(folder.path)/\(name)", limit: 1 << 16)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until a condition holds.
    func wait(until condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "\(status) \(lines("name")) \(lines("names"))")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
