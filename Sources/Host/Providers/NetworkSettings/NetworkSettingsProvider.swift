public import AgentCore
internal import Handover
internal import JSONText
internal import JetProtocol
internal import NetworkSettings
internal import Systemd

/// The settings of the network links, `settings/net/<link>`, which can be changed, and the change that is pending.
///
///     {"mode": "static", "addresses": ["192.0.2.7/24"], "gateway": "192.0.2.1", "dns": ["192.0.2.1"],
///      "ipv6": "auto", "mtu": null, "managedBy": "networkd"}
///
/// - `settings/net/pending`: `null`, or the change that waits for its confirmation: `{id, link, by, from, to, deadline}`.
/// - `settings/net/last`: `null`, or what became of the last one: `{id, link, result, reason, restored, at}`.
/// - `settings/net/confirm` with `{"token": "..."}` or `{"id": "..."}`, `settings/net/rollback`: Methods.
///
/// All of that stands in files of the root program, which also does the work; the agent may end at any time, and knows
/// it all again when it is started.
public struct NetworkSettingsProvider: PushingProvider, ControllingProvider {
    /// `network-settings`
    public let name = "network-settings"

    /// Serves sets and calls.
    public let controls: any Controls

    private let files: SettingsFiles
    private let program: RootProgram
    private let clock: any Clock<Duration>
    private let faults: FaultLog
    private let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    /// How often the files are looked at.
    static let pause = Duration.seconds(2)

    /// The settings of the host's links.
    public init(_ context: ProviderContext, _ configuration: NetworkSettingsConfiguration) {
        self.init(context, configuration, clock: ContinuousClock())
    }

    init(
        _ context: ProviderContext, _ configuration: NetworkSettingsConfiguration = NetworkSettingsConfiguration(),
        clock: any Clock<Duration>
    ) {
        self.clock = clock
        files = SettingsFiles(context.host)
        program = RootProgram(context.host, bus: context.bus, clock: clock)
        faults = FaultLog(context.logger)
        let (looks, look) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        (self.looks, self.look) = (looks, look)
        controls = SettingsControls(
            files: files, program: program, confirmWithin: configuration.confirmWithin,
            look: { look.yield() })
    }

    /// What the root program has written down; nothing, if it is not there.
    public mutating func readings() -> [Reading] {
        do {
            guard let views = try files.views() else { return [] }
            let pending = try files.pending()
            let last = try files.last()
            faults.worked(name)
            let fixed: [Reading] = [
                Reading(
                    SettingsPath.pending, pending?.shown ?? .null,
                    Metadata(title: "Change of network settings that is not confirmed", datatype: .json)),
                Reading(
                    SettingsPath.last, last?.shown ?? .null,
                    Metadata(title: "Last change of network settings", datatype: .json)),
                .method(
                    SettingsPath.confirm,
                    Metadata(
                        title: "Confirm the change of network settings", datatype: .json,
                        format: SettingsSchema.confirmation.description)),
                .method(SettingsPath.rollback, Metadata(title: "Undo the change of network settings")),
            ]
            return fixed
                + views.map { view in
                    Reading(
                        SettingsPath.link(view.link), view.shown,
                        Metadata(
                            title: "Settings of network link \(view.link)", datatype: .json,
                            format: SettingsSchema.link.description)
                    ).settable()
                }
        } catch {
            faults.failed(name, error)
            return []
        }
    }

    /// Reports at once, and whenever the files have changed; has the root program look again when the links or
    /// networkd's files have.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        var fingerprint: [String] = []
        var reported: [Reading]?
        await withThrowingTaskGroup { group in
            group.addTask { [clock, look] in
                while true {
                    look.yield()
                    try await clock.sleep(for: Self.pause)
                }
            }
            for await _ in looks {
                let now = files.fingerprint()
                if now != fingerprint || isAwaited {
                    fingerprint = now
                    await show()
                }
                let readings = readings()
                if readings != reported { report(readings) }
                reported = readings
            }
            group.cancelAll()
        }
    }

    /// Whether it is not known yet what became of a change that the machine's start has undone.
    private var isAwaited: Bool { (try? files.last())?.awaited != nil }

    /// Has the root program look. Where there is none, as on a machine without networkd's package, nothing is shown.
    private func show() async {
        do throws(DBusError) {
            try await program.show()
            faults.worked("links")
        } catch {
            if error.isUnitMissing { return }
            faults.failed("links", error)
        }
    }
}
