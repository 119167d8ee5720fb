internal import AgentCore
internal import Files
internal import JSONText
internal import Jet
internal import Systemd

/// Changes the host name through systemd-hostnamed, org.freedesktop.hostname1(5): the static name, which persists, and
/// with it the kernel's.
struct HostnameControls: Controls {
    static let service = "org.freedesktop.hostname1"
    static let path = "/org/freedesktop/hostname1"

    let bus: any MessageBus
    let host: Host
    let nudge: Nudge

    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        guard let name = request.value.string else { throw JetError.wrong("hostname", "must be a text") }
        if let fault = Hostname.fault(in: name) { throw JetError.wrong("hostname", fault) }
        try await bus.setText("SetStaticHostname", name, of: Self.service, at: Self.path, doing: "set the host name")
        nudge()
        return .adjust(.string((try? Self.current(host)) ?? name))
    }

    /// The current host name, as the kernel reports it.
    static func current(_ host: Host) throws(HostFileError) -> String {
        try HostFile.text(host.proc("sys/kernel/hostname"))
    }
}
