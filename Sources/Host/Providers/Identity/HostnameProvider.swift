public import AgentCore
internal import JSONText
internal import JetProtocol
internal import Systemd

/// What the host is called: `system/hostname`, without its domain, settable where hostnamed is.
///
/// The value is the kernel's, which is what programs see; whoever changes it, by whatever means, it follows.
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

    /// The name now, which takes the bus to change.
    public mutating func readings() -> [Reading] { readings(isSettable: false) }

    /// Reports the name, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        try await following.run { _ in
            // Who would set it is started by being asked: so it is known whether it can be.
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
