internal import AgentCore
internal import JSONText
internal import Jet
internal import Systemd

/// Puts the host in another time zone through timedated, org.freedesktop.timedate1(5).
struct ClockControls: Controls {
    static let service = "org.freedesktop.timedate1"
    static let path = "/org/freedesktop/timedate1"

    let bus: any MessageBus
    let host: Host
    let nudge: Nudge

    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        guard let name = request.value.string else { throw JetError.wrong("timezone", "must be a text") }
        if let fault = TimeZoneName.fault(in: name, on: host) { throw JetError.wrong("timezone", fault) }
        try await bus.setText("SetTimezone", name, of: Self.service, at: Self.path, doing: "set the time zone")
        nudge()
        return .adjust(.string(TimeZoneName.current(host) ?? name))
    }
}
