public import AgentCore
internal import Moments
internal import JSONText
internal import JetProtocol
internal import Synchronization
internal import Systemd

/// The host's clock, without its ticking: `system/timezone`, settable where timedated is, and `system/time`:
/// `{synchronized, ntp, rtcInLocalTimeZone, setAt, movedBy}`.
///
/// - `synchronized`: whether the kernel holds the clock for right.
/// - `ntp`: whether it is to be kept right over the network; `rtcInLocalTimeZone`: whether the battery clock runs in
///   local time. Both are timedated's knowledge, and left out without it.
/// - `setAt`, `movedBy`: when the clock jumped last while the agent ran, and by how many seconds; `null` before.
public struct ClockProvider: PushingProvider, ControllingProvider {
    /// `clock`
    public let name = "clock"
    /// Sets the time zone.
    public var controls: any Controls { zone }

    private let zone: ClockControls
    private let clock: any WallClock
    private let following: Following
    private let jumps: Jumps

    /// The clock of this machine.
    public init(_ context: ProviderContext) {
        self.init(context, clock: KernelClock(), timer: ContinuousClock())
    }

    init(_ context: ProviderContext, clock: any WallClock, timer: any Clock<Duration>) {
        let host = context.host
        let nudge = Nudge()
        let jumps = Jumps(clock)
        zone = ClockControls(bus: context.bus, host: host, nudge: nudge)
        self.clock = clock
        self.jumps = jumps
        following = Following(
            bus: context.bus,
            matches: [.propertiesChanged(sender: ClockControls.service, path: ClockControls.path)], nudge: nudge,
            sources: [{ changed in try await clock.followJumps { if jumps.look(at: clock) { changed() } } }],
            probe: { "\(TimeZoneName.current(host) ?? "") \(clock.isSynchronized ?? false)" },
            interval: context.interval, clock: timer, isBusOptional: true)
    }

    /// The time zone: what files tell of the clock.
    public mutating func readings() -> [Reading] { zone(isSettable: false) }

    /// Reports zone and clock, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        try await following.run { _ in
            // Who would set the zone is started by being asked: so it is known whether it can be set.
            let service = try? await following.bus.properties(
                of: ClockControls.service, at: ClockControls.path, destination: ClockControls.service)
            report(zone(isSettable: service != nil) + [time(service ?? [:])])
        }
    }

    private func zone(isSettable: Bool) -> [Reading] {
        guard let name = TimeZoneName.current(zone.host) else { return [] }
        let reading = Reading(
            "system/timezone", .string(name), Metadata(title: "Time zone", datatype: .string))
        return [isSettable ? reading.settable() : reading]
    }

    private func time(_ service: [String: DBusValue]) -> Reading {
        var value = JSON.Object()
        value["synchronized"] = clock.isSynchronized.map(JSON.boolean) ?? .null
        value["ntp"] = service["NTP"]?.bool.map(JSON.boolean)
        value["rtcInLocalTimeZone"] = service["LocalRTC"]?.bool.map(JSON.boolean)
        let last = jumps.last
        value["setAt"] = last?.at.text.map(JSON.string) ?? .null
        value["movedBy"] = last.map { .number(Double($0.milliseconds) / 1000) } ?? .null
        return Reading("system/time", .object(value), Metadata(title: "Clock", datatype: .json))
    }
}

/// When the clock jumped last, and how far.
private final class Jumps: Sendable {
    struct Jump: Sendable {
        let at: Moment
        let milliseconds: Int64
    }

    private let state: Mutex<(lead: Int64, last: Jump?)>

    init(_ clock: any WallClock) { state = Mutex((clock.lead, nil)) }

    var last: Jump? { state.withLock { $0.last } }

    /// Notes a jump, if there was one: the kernel says "maybe" after a suspend, too.
    func look(at clock: any WallClock) -> Bool {
        let lead = clock.lead
        let now = clock.now
        return state.withLock { state in
            let (difference, overflow) = lead.subtractingReportingOverflow(state.lead)
            state.lead = lead
            let milliseconds = (overflow ? .max : difference) / 1_000_000
            guard milliseconds.magnitude >= Self.smallest else { return false }
            state.last = Jump(at: now, milliseconds: milliseconds)
            return true
        }
    }

    /// What is less is no jump, but the kernel's own accuracy, in milliseconds.
    private static let smallest = 10
}
