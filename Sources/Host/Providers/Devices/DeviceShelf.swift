internal import AgentCore
internal import Files
internal import Moments
internal import JSONText
internal import JetProtocol
internal import Synchronization
internal import Udev

/// What the follower of events and the reporter of readings share: the table of devices and the last event.
final class DeviceShelf: Sendable {
    /// How changes of devices are detected.
    enum Source: String, Sendable {
        /// By events from udev.
        case udev
        /// By polling.
        case poll
    }

    private struct Content {
        var table: DeviceTable
        var source: Source
        var last: JSON.Object = [:]
        var isEnumerated = false
    }

    private let content: Mutex<Content>
    private let now: @Sendable () -> String
    /// A signal for each change, or for several.
    let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    /// Where the last event stands.
    static let eventPath = "devices/event"

    /// An empty shelf.
    init(
        _ configuration: DeviceConfiguration, source: Source,
        now: @escaping @Sendable () -> String = { Moment.now.preciseText }
    ) {
        let filter = PropertyFilter(names: configuration.properties, serialNumbers: configuration.serialNumbers)
        content = Mutex(
            Content(table: DeviceTable(subsystems: configuration.subsystems, filter: filter), source: source))
        self.now = now
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The last event, and all devices.
    var readings: [Reading] {
        content.withLock { content in
            var event: JSON.Object = ["source": .string(content.source.rawValue)]
            for member in content.last { event[member.name] = member.value }
            let meta = Metadata(title: "Last event of a device", datatype: .json)
            return [Reading(Self.eventPath, .object(event), meta)] + content.table.readings
        }
    }

    /// Sets how changes of devices are detected from now on.
    func tell(by source: Source) { content.withLock { $0.source = source } }

    /// There will be no further changes.
    func close() { change.finish() }

    /// Enumerates all devices again.
    func enumerate(_ source: any DeviceSource) throws {
        let horizon = source.sequenceNumber
        let devices = try source.devices()
        content.withLock { content in
            let before = content.table.paths
            content.table.replace(with: devices, horizon: horizon)
            // Without events from udev, changes are found by comparison.
            if content.source == .poll, content.isEnumerated {
                let after = content.table.paths
                if let gone = before.subtracting(after).max() { content.last = event("remove", at: gone) }
                if let new = after.subtracting(before).max() { content.last = event("add", at: new) }
            }
            content.isEnumerated = true
        }
        change.yield()
    }

    /// Applies events.
    ///
    /// - Returns: Whether some were lost.
    func apply(_ events: [DeviceMonitor.Event], _ source: any DeviceSource) throws -> Bool {
        let outcome = content.withLock { content in
            let outcome = content.table.apply(events)
            if let last = outcome.last { content.last = event(last) }
            return outcome
        }
        for syspath in outcome.stale {
            let device = try source.device(at: syspath)
            content.withLock { $0.table.refresh(syspath, device) }
        }
        if outcome.last != nil { change.yield() }
        return outcome.isLossy
    }

    private func event(_ device: Device) -> JSON.Object {
        var event: JSON.Object = [
            "action": .string(device.action ?? "change"), "subsystem": .string(device.subsystem ?? ""),
            "name": .string(device.sysname.text),
        ]
        event["sequence"] = device.sequenceNumber.map { .number($0) }
        event["time"] = .string(now())
        return event
    }

    private func event(_ action: String, at path: String) -> JSON.Object {
        let words = path.split(separator: "/").map(String.init)
        return [
            "action": .string(action), "subsystem": .string(words.dropFirst().first ?? ""),
            "name": .string(words.last ?? ""), "time": .string(now()),
        ]
    }
}
