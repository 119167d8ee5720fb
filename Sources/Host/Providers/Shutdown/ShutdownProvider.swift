public import AgentCore
internal import Files
internal import Logging
internal import Systemd

/// Reboot and power off through logind: the methods `system/reboot`, `system/poweroff` and `system/shutdown/cancel`, and
/// the state `system/shutdown` with the scheduled shutdown, including one that another program scheduled. A machine
/// without logind has none of them.
///
/// logind 252 sends no signal when a shutdown is scheduled; but it writes a file, which is polled.
public struct ShutdownProvider: PushingProvider, ControllingProvider {
    /// `shutdown`
    public let name = "shutdown"
    /// Schedules and cancels shutdowns.
    public var controls: any Controls { shutdowns }

    private let shutdowns: ShutdownControls
    private let following: Following
    private let logger: Logger

    /// Shutdowns of this machine.
    public init(_ context: ProviderContext) { self.init(context, clock: ContinuousClock()) }

    init(_ context: ProviderContext, clock: any Clock<Duration>) {
        let nudge = Nudge()
        let schedule = context.host.file("run/systemd/shutdown/scheduled")
        shutdowns = ShutdownControls(context.bus, nudge: nudge)
        logger = context.logger
        following = Following(
            bus: context.bus, matches: Login.matches, nudge: nudge,
            probe: { (try? HostFile.text(schedule)) ?? "" }, interval: context.interval, clock: clock)
    }

    /// None: the state of logind is only available over D-Bus.
    public mutating func readings() -> [Reading] { [] }

    /// Reports what is pending, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let login = Login(bus: following.bus)
        var isMissing = false
        try await following.run { _ in
            do throws(DBusError) {
                let pending = try await login.scheduled()
                report(Shutdown.readings(pending, by: pending.flatMap(shutdowns.author)))
                isMissing = false
            } catch {
                guard error.isServiceMissing else { throw error }
                if !isMissing { logger.info("there is no logind to shut the machine down by") }
                isMissing = true
                report([])
            }
        }
    }
}
