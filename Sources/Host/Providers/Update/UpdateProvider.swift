public import AgentCore
internal import Handover

/// Updates of the system, as a job that all can follow: the state `system/update`, and the methods
/// `system/update/check`, `system/update/start` and `system/update/cancel`.
///
/// The work is done by a root program of its own (`SystemUpdate`) in a systemd unit of its own. The provider starts the
/// unit by its name, and follows the record that the program keeps; so the job goes on without the agent, and the agent
/// finds it again when it comes back.
public struct UpdateProvider: ControllingProvider, PushingProvider {
    /// `update`
    public let name = "update"

    private let desk: UpdateDesk
    private let clock: any Clock<Duration>

    /// So long a job may say nothing before the service manager is asked whether it lives.
    static let patience = Duration.seconds(2)
    /// A record that changes faster than this is read as often: nobody can follow the names of packages faster.
    static let pause = Duration.milliseconds(200)

    /// The updates of the host.
    public init(_ context: ProviderContext) { self.init(context, clock: ContinuousClock()) }

    init(_ context: ProviderContext, clock: any Clock<Duration>) {
        desk = UpdateDesk(context.host, bus: context.bus, logger: context.logger)
        self.clock = clock
    }

    /// Serves the methods.
    public var controls: any Controls { UpdateControls(desk: desk) }

    /// The state and the methods; nothing where there is no apt.
    public mutating func readings() -> [Reading] {
        desk.isSupported ? UpdateValue.readings(desk.job, desk.rebootRequired) : []
    }

    /// Reports after each change of the job's record, or of the files by which packages ask for a restart.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let watch = try DirectoryWatch()
        while !Task.isCancelled {
            for directory in desk.directories { watch.add(directory) }
            report(readings())
            try await clock.sleep(for: Self.pause)
            if desk.job?.phase.isRunning == true {
                if await !watch.change(within: Self.patience, by: clock) { await desk.settle() }
            } else {
                await watch.change()
            }
        }
    }
}
