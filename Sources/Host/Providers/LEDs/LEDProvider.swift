public import AgentCore
internal import Files
public import Logging
internal import Udev

/// The machine's LEDs: `led/<name>`, which others can set, with the Methods `led/<name>/toggle`, `led/<name>/blink` and
/// `led/<name>/identify`.
///
/// A state's value is what the kernel reports for the LED (`LEDStatus.value`), also after it was set; `LEDChange`
/// describes what can be set. Changes that others make are detected: udev reports a new trigger and LEDs that are added
/// or removed, the kernel reports changes that the hardware makes itself, and a new brightness is found by polling. An
/// LED is not polled while a trigger changes its brightness all the time.
public struct LEDProvider: PushingProvider, ControllingProvider {
    /// `leds`
    public let name = "leds"

    private let panel: LEDPanel
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let open: @Sendable () throws -> any DeviceSource

    /// The minimum time between two reports.
    private static let reportPause = Duration.milliseconds(20)

    /// The LEDs of `host`.
    public init(_ host: Host, configuration: LEDConfiguration = LEDConfiguration(), logger: Logger) {
        self.init(
            LEDPanel(host, hiding: configuration.hide, logger: logger), interval: configuration.interval,
            clock: ContinuousClock(), logger: logger
        ) { try DeviceSources.source(of: host, subsystems: ["leds"]) }
    }

    init(
        _ panel: LEDPanel, interval: Duration, clock: any Clock<Duration>, logger: Logger,
        open: @escaping @Sendable () throws -> any DeviceSource
    ) {
        self.panel = panel
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.open = open
    }

    /// Serves sets and calls.
    public var controls: any Controls { panel }

    /// All LEDs now.
    public mutating func readings() -> [Reading] {
        panel.scan()
        return panel.readings
    }

    /// Reports all LEDs, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        let (panel, clock) = (panel, clock)
        let watcher = LEDWatcher(
            panel: panel, source: try open(), open: open, watch: try AttributeWatch(), interval: interval, clock: clock)
        panel.scan()
        let changes = panel.changes()
        let result = await Self.result {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    defer { panel.endChanges() }
                    try await watcher.run()
                }
                for await _ in changes {
                    report(panel.readings)
                    try await clock.sleep(for: Self.reportPause)
                }
                try await group.waitForAll()
            }
        }
        await panel.end()
        try result.get()
    }

    private static func result(of body: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// Keeps a panel up to date, until the task is cancelled.
private struct LEDWatcher: Sendable {
    let panel: LEDPanel
    let source: any DeviceSource
    let open: @Sendable () throws -> any DeviceSource
    let watch: AttributeWatch
    let interval: Duration
    let clock: any Clock<Duration>

    func run() async throws {
        watch.watch(panel.notifyingFiles)
        try await withThrowingTaskGroup { group in
            group.addTask { try await follow() }
            group.addTask { await listen() }
            // The first task to end cancels the other: its event source has failed, or the agent is shutting down.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Follows the changes that others make: as udev reports them, or by reading all LEDs where udev does not run.
    private func follow() async throws {
        var source = source
        if !source.tellsEvents {
            repeat {
                try await pause()
                scan(rereading: nil)
            } while !source.tellsEvents
            // A monitor that was opened before udev was started does not receive its events.
            source = try open()
            scan(rereading: nil)
        }
        try await withThrowingTaskGroup { [source] group in
            group.addTask { try await hear(source) }
            group.addTask {
                while true {
                    try await pause()
                    panel.look()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Follows udev's events: LEDs that are added or removed, and triggers that are chosen.
    private func hear(_ source: any DeviceSource) async throws {
        while !Task.isCancelled {
            let events = try await source.events()
            if events.isEmpty { return }
            var names: Set<FilePath>? = []
            for event in events {
                if case .device(let device) = event { names?.insert(device.sysname) } else { names = nil }
            }
            scan(rereading: names)
        }
    }

    /// Follows the changes that the hardware makes, as the kernel reports them.
    private func listen() async {
        while !Task.isCancelled {
            await watch.change()
            // The files of a removed LED would signal a change for ever.
            if !Task.isCancelled { scan(rereading: nil) }
        }
    }

    private func pause() async throws { try await clock.sleep(for: interval, tolerance: interval / 5) }

    private func scan(rereading names: Set<FilePath>?) {
        panel.scan(rereading: names)
        watch.watch(panel.notifyingFiles)
    }
}
