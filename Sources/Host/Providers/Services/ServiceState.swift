internal import AgentCore
internal import Moments
internal import JSONText
internal import JetProtocol
internal import Systemd

/// A unit as the bus shows it.
struct ServiceState: Sendable {
    let unit: String
    private let properties: [String: DBusValue]

    init(_ unit: String, _ properties: [String: DBusValue]) {
        self.unit = unit
        self.properties = properties
    }

    /// The unit's cgroup, in which its processes are; `nil` while it has none.
    var cgroup: String? {
        properties["ControlGroup"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The path of its state.
    static func path(of unit: String) -> String { "services/" + Slug.name(unit.utf8) }

    /// `services/<unit>`: `{active, sub, since, result?, restarts?, memory, enabled, description}`. `since` is when
    /// `sub` last changed; `memory` is in bytes, `null` if it is not accounted; properties that the type of unit does
    /// not have are left out.
    ///
    /// - Parameter memory: The memory usage as the kernel reports it, if it was read.
    func reading(memory: UInt64?) -> Reading {
        var value = JSON.Object()
        value["active"] = text("ActiveState")
        value["sub"] = text("SubState")
        value["since"] = moment("StateChangeTimestamp")
        if let result = properties["Result"]?.string { value["result"] = .string(result) }
        if let restarts = properties["NRestarts"]?.uint64 { value["restarts"] = .number(restarts) }
        value["memory"] = (memory ?? counted).map { .number($0) } ?? .null
        value["enabled"] = text("UnitFileState")
        value["description"] = text("Description")
        return Reading(
            Self.path(of: unit), .object(value), Metadata(title: properties["Description"]?.string, datatype: .json),
            deadband: .members(["memory": max(Self.smallestChange, Double(memory ?? 0) / 50)]))
    }

    /// How it failed, in systemd's words.
    var failure: String { properties["Result"]?.string ?? properties["SubState"]?.string ?? "unknown" }

    /// Less than this, or a fiftieth of the whole, is not worth telling: memory is never still.
    private static let smallestChange = 1_048_576.0

    /// systemd's own count; its largest number stands for "not counted".
    private var counted: UInt64? {
        properties["MemoryCurrent"]?.uint64.flatMap { $0 == .max ? nil : $0 }
    }

    private func text(_ name: String) -> JSON {
        guard let text = properties[name]?.string, !text.isEmpty else { return .null }
        return .string(text)
    }

    private func moment(_ name: String) -> JSON {
        properties[name]?.uint64.flatMap { Moment(microseconds: $0).text }.map(JSON.string) ?? .null
    }
}
