public import AgentCore
internal import Files
internal import Handover

/// Updates of the system, as a job that all users can follow: the state `system/update`, and the methods
/// `system/update/check`, `system/update/start` and `system/update/cancel`.
///
/// The work is done by a separate program that runs as root (`SystemUpdate`), in its own systemd unit. The provider
/// starts the unit by its name, and watches the record that the program writes; so the job continues if the agent
/// stops, and the agent finds it again after a restart.
public struct UpdateProvider: ControllingProvider, PushingProvider {
    /// `update`
    public let name = "update"

    private let desk: UpdateDesk
    private let clock: any Clock<Duration>

    /// The time without a change of the record after which systemd is asked whether the job is still running.
    static let patience = Duration.seconds(2)
    /// The minimum time between two reads of the record: users cannot read the names of packages faster.
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
            for directory in desk.directories { watch.add(FilePath(directory)) }
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
