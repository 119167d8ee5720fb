internal import AgentCore
internal import Files
internal import JSONText
internal import JetProtocol
internal import Udev

/// The devices that are there, as an enumeration found them and events have changed them since.
///
/// **Why nothing goes back to an older state.** The monitor is opened first, so that no event is missed; but the
/// enumeration already includes some of the events that are queued until it ends, and an enumerated device has no
/// sequence number to compare with. The number of the kernel's newest event is therefore noted *before* the
/// enumeration:
///
/// - An event with a greater number happened after it, and nothing in the table can be newer. It is applied as it came.
/// - An event with that number or a smaller one is only a hint. It must not be applied: after lost events the queue
///   can hold an `add` whose `remove` was lost, and the device would stay for ever. It must not be dropped either:
///   udev sends the event of a device after it has processed its rules, which may be after the enumeration read the
///   device without the properties that they set; and a `remove` may be of a device that was removed right after it
///   was listed. So the device is read again: the result is its current state, or that it is gone.
///
/// Events of one device come in the order of their numbers, so one that is not greater than the last one applied to the
/// device is a duplicate.
struct DeviceTable {
    /// A device that is shown.
    private struct Entry {
        /// Its directory: what tells a device from a later one with the same name.
        let syspath: FilePath
        /// The number of the newest event that was applied.
        let sequence: UInt64
        /// What stands on the bus.
        let reading: Reading
    }

    /// The result of the events of one batch.
    struct Outcome: Equatable {
        /// Devices that must be read again, by their directories, each once and in the order of the events.
        var stale: [FilePath] = []
        /// The last event that was not a duplicate.
        var last: Device?
        /// Whether events were lost, so that the devices must be enumerated again.
        var isLossy = false
    }

    private let filter: PropertyFilter
    private let subsystems: Set<String>
    /// By the path on the bus. Of two devices with the same path (the event that adds one may come before the event
    /// that removes the other), the later one is kept.
    private var entries: [String: Entry] = [:]
    /// The number of the newest event when the enumeration began.
    private var horizon: UInt64 = 0

    /// A table without devices.
    init(subsystems: [String], filter: PropertyFilter) {
        self.subsystems = Set(subsystems)
        self.filter = filter
    }

    /// All devices, sorted by path.
    var readings: [Reading] { entries.values.map(\.reading).sorted { $0.path < $1.path } }

    /// The devices' paths on the bus.
    var paths: Set<String> { Set(entries.keys) }

    /// Takes the result of an enumeration in the place of everything before.
    ///
    /// - Parameters:
    ///   - devices: All devices.
    ///   - horizon: The number of the kernel's newest event, noted before the enumeration.
    mutating func replace(with devices: [Device], horizon: UInt64) {
        self.horizon = horizon
        entries = [:]
        for device in devices { put(device) }
    }

    /// Applies events in their order.
    mutating func apply(_ events: [DeviceMonitor.Event]) -> Outcome {
        var outcome = Outcome()
        var stale: Set<FilePath> = []
        for event in events {
            guard case .device(let device) = event else {
                outcome.isLossy = true
                continue
            }
            guard let subsystem = device.subsystem, subsystems.contains(subsystem) else { continue }
            if let number = device.sequenceNumber, number <= horizon {
                for path in [device.syspath] + [device.formerSyspath].compactMap(\.self)
                where stale.insert(path).inserted {
                    outcome.stale.append(path)
                }
            } else if isDuplicate(device) {
                continue
            } else {
                apply(device)
            }
            outcome.last = device
        }
        return outcome
    }

    /// Takes what is so now of the device in a directory: `nil` if it is gone.
    mutating func refresh(_ syspath: FilePath, _ device: Device?) {
        if let device { put(device) } else { remove(syspath) }
    }

    /// Applies an event that is newer than all that is known.
    private mutating func apply(_ device: Device) {
        switch device.action {
        case "remove":
            guard let subsystem = device.subsystem else { return }
            let path = Self.path(subsystem, device.sysname)
            if entries[path]?.syspath == device.syspath { entries[path] = nil }
        case "move":
            // For example, a network link was renamed. The devices below it moved with it, without events of their own.
            if let former = device.formerSyspath { move(former, to: device.syspath) }
            put(device)
        default:
            // add, change, bind, unbind, online, offline: each comes with all that is so now.
            put(device)
        }
    }

    private mutating func put(_ device: Device) {
        guard let subsystem = device.subsystem, subsystems.contains(subsystem) else { return }
        let path = Self.path(subsystem, device.sysname)
        let known = entries[path].map { $0.syspath == device.syspath ? $0.sequence : 0 } ?? 0
        entries[path] = Entry(
            syspath: device.syspath, sequence: max(known, device.sequenceNumber ?? 0),
            reading: Reading(
                path, device.value(filter),
                Metadata(title: "\(subsystem) device \(device.sysname.text)", datatype: .json)))
    }

    private mutating func remove(_ syspath: FilePath) {
        for (path, entry) in entries where entry.syspath == syspath { entries[path] = nil }
    }

    private mutating func move(_ former: FilePath, to syspath: FilePath) {
        remove(former)
        for (path, entry) in entries where entry.syspath.hasPrefix(former + "/") {
            let moved = syspath + entry.syspath.dropFirst(former.bytes.count)
            var reading = entry.reading
            if var value = reading.value.object {
                value["syspath"] = .string(moved.text)
                reading.value = .object(value)
            }
            entries[path] = Entry(syspath: moved, sequence: entry.sequence, reading: reading)
        }
    }

    private func isDuplicate(_ device: Device) -> Bool {
        guard let number = device.sequenceNumber, let subsystem = device.subsystem,
            let known = entries[Self.path(subsystem, device.sysname)], known.syspath == device.syspath
        else { return false }
        return number <= known.sequence
    }

    /// Where a device stands on the bus. Its name is kept as people know it, since within a subsystem there is only one
    /// of it at a time.
    static func path(_ subsystem: String, _ sysname: FilePath) -> String {
        "devices/\(Slug.name(subsystem.utf8))/\(Slug.name(sysname.bytes))"
    }
}

extension Device {
    /// The device as the bus has it.
    fileprivate func value(_ filter: PropertyFilter) -> JSON {
        var value: JSON.Object = ["sysname": .string(sysname.text), "syspath": .string(syspath.text)]
        if let devnode { value["devnode"] = .string(devnode.text) }
        if let type = properties["DEVTYPE"] { value["devtype"] = .string(type) }
        if let driver = properties["DRIVER"] { value["driver"] = .string(driver) }
        var shown: JSON.Object = [:]
        for (name, text) in properties.filter({ filter.shows($0.key) }).sorted(by: { $0.key < $1.key }) {
            shown[name] = .string(text)
        }
        value["properties"] = .object(shown)
        return .object(value)
    }
}
