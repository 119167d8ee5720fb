internal import AgentCore
internal import Synchronization
internal import Udev

/// What the kernel and udev told about sensors since they were last read.
final class SensorNews: Sendable {
    /// What there is to know.
    struct Content: Sendable {
        /// Whether devices came, went or changed.
        var isOutdated = false
        /// The events of the thermal subsystem; `nil` if this kernel does not send any.
        var events: [ThermalEvent]?
    }

    /// The maximum number of events that are kept until they are read. The oldest are dropped: later ones replace them.
    private static let capacity = 64

    private let content = Mutex(Content())

    /// Takes the news.
    func take() -> Content {
        content.withLock { content in
            defer { content = Content(events: content.events.map { _ in [] }) }
            return content
        }
    }

    /// Collects what udev tells until the task is cancelled.
    ///
    /// - Parameters:
    ///   - subsystems: Whose devices matter.
    ///   - wake: Called whenever there are any.
    /// - Throws: What ended the source for good.
    func collectDevices(_ subsystems: [String], _ wake: @Sendable () -> Void) async throws {
        for try await _ in try DeviceMonitor(of: subsystems) {
            deviceChanged()
            wake()
        }
    }

    /// Notes that a device came, went or changed.
    func deviceChanged() { content.withLock { $0.isOutdated = true } }

    /// Collects the thermal subsystem's events until the task is cancelled; at once over where there are none.
    func collectThermalEvents(_ wake: @Sendable () -> Void) async throws {
        guard let socket = try ThermalEventSocket() else { return }
        content.withLock { $0.events = $0.events ?? [] }
        wake()
        while !Task.isCancelled {
            let events = try await socket.events()
            if events?.isEmpty ?? false { continue }
            put(events)
            wake()
        }
    }

    /// Leaves `events` to be taken; `nil` for some that were lost.
    func put(_ events: [ThermalEvent]?) {
        content.withLock { content in
            // Anything but a crossing may have changed what there is: a zone's mode, a trip point's temperature.
            if events?.contains(where: { $0.kind == .other }) ?? true { content.isOutdated = true }
            content.events = ((content.events ?? []) + (events ?? [])).suffix(Self.capacity)
        }
    }
}
