import Files
import Synchronization
import Testing
import Udev

@testable import AgentCore
@testable import Providers

/// How the provider of LEDs learns what others do.
@Suite(.timeLimit(.minutes(1)))
struct LEDProviderTests {
    private let tree: Tree

    init() throws { tree = try Board.raspberryPi.tree() }

    private func running(_ open: @escaping @Sendable () throws -> any DeviceSource) -> RunningProvider {
        let log = MemoryLog()
        let panel = LEDPanel(Host(tree), hiding: [], attributes: KernelAttributes(), logger: log.logger)
        return RunningProvider(
            LEDProvider(panel, interval: .milliseconds(5), clock: ContinuousClock(), logger: log.logger, open: open))
    }

    @Test("where udev does not run, LEDs that come and go are seen by looking; when it runs, by its word")
    func lateUdev() async throws {
        let runs = Mutex(false)
        let opened = Mutex<[Source]>([])
        let running = running {
            let source = Source { runs.withLock { $0 } }
            opened.withLock { $0.append(source) }
            return source
        }
        try await running.until("the LEDs are there") { $0.reading("led/PWR") != nil }
        tree.remove("sys/class/leds/PWR")
        try await running.until("one is gone") { $0.reading("led/PWR") == nil }

        runs.withLock { $0 = true }
        try await running.until("it listens anew") { _ in opened.withLock { $0.count } == 2 }
        tree.remove("sys/class/leds/ACT")
        opened.withLock { $0.last }?.tell(
            Device(action: "remove", sequenceNumber: 1, subsystem: "leds", sysname: "ACT", syspath: "/sys/x"))
        try await running.until("another is gone") { $0.reading("led/ACT") == nil && $0.paths?.isEmpty == false }
    }

    @Test("nothing is reported of LEDs that stay as they are")
    func rest() async throws {
        let looks = Mutex(0)
        let running = running {
            Source {
                looks.withLock { $0 += 1 }
                return false
            }
        }
        try await running.until("there were many looks") { _ in looks.withLock { $0 } > 20 }
        #expect(running.count == 1)
    }
}

/// A source whose events the test tells.
private final class Source: DeviceSource {
    private let runs: @Sendable () -> Bool
    private let stream: AsyncStream<DeviceMonitor.Event>
    private let continuation: AsyncStream<DeviceMonitor.Event>.Continuation

    init(runs: @escaping @Sendable () -> Bool) {
        self.runs = runs
        (stream, continuation) = AsyncStream.makeStream()
    }

    var tellsEvents: Bool { runs() }
    var sequenceNumber: UInt64 { 0 }

    func tell(_ device: Device) { continuation.yield(.device(device)) }

    func events() async throws -> [DeviceMonitor.Event] {
        for await event in stream { return [event] }
        return []
    }

    func devices() throws -> [Device] { [] }
    func device(at syspath: FilePath) throws -> Device? { nil }
}
