public import AgentCore
internal import JSONText
internal import JetProtocol
internal import Systemd

/// The host name: `system/hostname`, without its domain, settable where systemd-hostnamed is available.
///
/// The value is the kernel's host name, which is what programs see. All changes are reported, no matter which program
/// makes them.
public struct HostnameProvider: PushingProvider, ControllingProvider {
    /// `hostname`
    public let name = "hostname"
    /// Sets the name.
    public var controls: any Controls { hostname }

    private let hostname: HostnameControls
    private let following: Following
    private let faults: FaultLog

    /// The name of this host.
    public init(_ context: ProviderContext) { self.init(context, clock: ContinuousClock()) }

    init(_ context: ProviderContext, clock: any Clock<Duration>) {
        let host = context.host
        let nudge = Nudge()
        hostname = HostnameControls(bus: context.bus, host: host, nudge: nudge)
        faults = FaultLog(context.logger)
        following = Following(
            bus: context.bus,
            matches: [
                .propertiesChanged(sender: HostnameControls.service, path: HostnameControls.path)
            ], nudge: nudge, probe: { (try? HostnameControls.current(host)) ?? "" },
            interval: context.interval, clock: clock, isBusOptional: true)
    }

    /// The current name; it can be changed only over the bus.
    public mutating func readings() -> [Reading] { readings(isSettable: false) }

    /// Reports the name, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        try await following.run { _ in
            // The query starts systemd-hostnamed on demand: the answer shows whether the name can be set.
            let answer = try? await following.bus.property(
                "StaticHostname", of: HostnameControls.service, at: HostnameControls.path,
                destination: HostnameControls.service)
            report(readings(isSettable: answer != nil))
        }
    }

    private func readings(isSettable: Bool) -> [Reading] {
        let read = { () throws(HostFileError) -> String in try HostnameControls.current(hostname.host) }
        guard let name = faults.noting("system/hostname", read) else { return [] }
        let reading = Reading("system/hostname", .string(name), Metadata(title: "Host name", datatype: .string))
        return [isSettable ? reading.settable() : reading]
    }
}
