import Files
import JSONText
import Synchronization
import Testing
import Udev

@testable import AgentCore
@testable import Providers

/// The provider of devices, with a udev that says what it was told to.
@Suite(.timeLimit(.minutes(1)))
struct DeviceProviderTests {
    @Test("what is there is reported, then what comes; the last event says what that was")
    func follows() async {
        let source = ScriptedSource(
            enumerations: [[.usb("1-1")]], batches: [[.device(.usb("1-2", "add", 7)), .device(.usb("1-3", "add", 8))]])
        let last = await lastReport(of: source)
        #expect(last.map(\.path) == ["devices/event", "devices/usb/1-1", "devices/usb/1-2", "devices/usb/1-3"])
        #expect(last.first?.value["action"] == "add")
        #expect(last.first?.value["name"] == "1-3")
        #expect(last.first?.value["sequence"] == 8)
        #expect(last.first?.value["source"] == "udev")
    }

    @Test("a burst of two hundred events is one report")
    func burst() async {
        let burst = (1...200).map { DeviceMonitor.Event.device(.usb("1-\($0)", "add", UInt64($0))) }
        let source = ScriptedSource(enumerations: [[]], batches: [burst])
        let reports = await reports(of: source)
        #expect(reports.count <= 2)
        #expect(reports.last?.count == 201)
    }

    @Test("when events were lost, devices are enumerated anew")
    func lost() async {
        let source = ScriptedSource(
            enumerations: [[.usb("1-1"), .usb("1-2")], [.usb("1-2"), .usb("1-3")]], batches: [[.lost]])
        #expect(await lastReport(of: source).map(\.path).suffix(2) == ["devices/usb/1-2", "devices/usb/1-3"])
    }

    @Test("where udev does not run, devices are looked for now and then; that is said once, and in the state of events")
    func polls() async {
        let log = MemoryLog()
        let source = ScriptedSource(
            enumerations: [[.usb("1-1")], [.usb("1-1"), .usb("1-2")], [.usb("1-2")]], batches: [], tellsEvents: false)
        let reports = await reports(of: source, log)
        #expect(reports.last?.map(\.path) == ["devices/event", "devices/usb/1-2"])
        #expect(reports.last?.first?.value["source"] == "poll")
        #expect(reports.last?.first?.value["action"] == "remove")
        #expect(log.said.count { $0.hasPrefix("warning udev is not running") } == 1)
    }

    @Test("two thousand devices are taken in one by one, and all of them are reported")
    func size() throws {
        let source = ScriptedSource(enumerations: [[]], batches: [])
        let shelf = DeviceShelf(DeviceConfiguration(), source: .udev)
        var board = StateBoard()
        // One by one, each with a report of its own: the worst that can be.
        for number in 1...2000 {
            _ = try shelf.apply([.device(.usb("1-\(number)", "add", UInt64(number)))], source)
            if number % 10 == 0 { _ = board.apply(shelf.readings, of: "devices") }
        }
        #expect(shelf.readings.count == 2001)
    }

    private func lastReport(of source: ScriptedSource) async -> [Reading] { await reports(of: source).last ?? [] }

    /// All reports until the script ends.
    private func reports(of source: ScriptedSource, _ log: MemoryLog = MemoryLog()) async -> [[Reading]] {
        let reports = Mutex<[[Reading]]>([])
        var provider = DeviceProvider(DeviceConfiguration(), clock: VirtualClock(), logger: log.logger) { source }
        await #expect(throws: ScriptedSource.End.self) {
            try await provider.run { readings in reports.withLock { $0.append(readings) } }
        }
        return reports.withLock { $0 }
    }
}

/// A udev that follows a script; when that is over, the source ends.
private final class ScriptedSource: DeviceSource {
    /// The script is over.
    struct End: Error {}

    let tellsEvents: Bool
    let sequenceNumber: UInt64 = 0
    private let enumerations: Mutex<[[Device]]>
    private let batches: Mutex<[[DeviceMonitor.Event]]>

    init(enumerations: [[Device]], batches: [[DeviceMonitor.Event]], tellsEvents: Bool = true) {
        self.enumerations = Mutex(enumerations)
        self.batches = Mutex(batches)
        self.tellsEvents = tellsEvents
    }

    func events() async throws -> [DeviceMonitor.Event] {
        // Whoever listens has had its turn meanwhile.
        for _ in 0..<100 { await Task.yield() }
        guard let next = batches.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw End() }
        return next
    }

    func devices() throws -> [Device] {
        guard let next = enumerations.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { throw End() }
        return next
    }

    func device(at syspath: FilePath) throws -> Device? { nil }
}

extension Device {
    fileprivate static func usb(_ name: FilePath, _ action: String? = nil, _ number: UInt64? = nil) -> Device {
        Device(
            action: action, sequenceNumber: number, subsystem: "usb", sysname: name,
            syspath: "/sys/devices/usb1/\(name)")
    }
}
