internal import AgentCore
internal import Files
internal import Logging
internal import Synchronization

/// The LEDs that are shown and their state, shared by the provider, which watches them, and its controls.
///
/// A new request for an LED ends the previous one, if that is still running. Blinking in software is ended by
/// restoring the LED first, so that setting one part (the colour, for example) leaves the others as they were before.
/// Each request gives the LED a new number; a task that finds another number after a wait has been superseded and
/// writes nothing more.
final class LEDPanel: Sendable {
    /// An LED and what is known of it.
    struct Slot: Sendable {
        let led: LED
        /// As it was last seen; `nil` while it cannot be read.
        var status: LEDStatus?
        /// What the agent does with it over time.
        var blinking: Blinking?
        /// The number of the newest request.
        var request = 0
        /// The brightness that it last had while it was on.
        var lit: Int?

        /// Whether its status is expected to stay the same for a while.
        var isSteady: Bool { blinking == nil && !(status?.triggers?.isMoving ?? false) }
    }

    /// Blinking that the agent does in software.
    struct Blinking: Sendable {
        /// The LED's status before, to be restored afterwards.
        let before: LEDStatus
        /// The task that does it; `nil` before it has begun.
        var task: Task<Void, Never>?
    }

    private let host: Host
    private let hidden: Patterns
    let writer: LEDWriter
    let faults: FaultLog
    let slots = Mutex<[String: Slot]>([:])
    private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

    var attributes: any Attributes { writer.attributes }

    /// A panel on which nothing has been looked for yet.
    init(
        _ host: Host, hiding hidden: [String], attributes: any Attributes = SysfsAttributes(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.host = host
        self.hidden = Patterns(hidden)
        writer = LEDWriter(attributes: attributes, clock: clock)
        faults = FaultLog(logger)
    }

    // MARK: - What there is

    /// The LEDs' states and methods, sorted by path.
    var readings: [Reading] {
        slots.withLock { $0.values.sorted { $0.led.path < $1.led.path } }.flatMap { slot -> [Reading] in
            guard let status = slot.status else { return [] }
            let value = status.value(isBlinking: slot.blinking != nil)
            return [Reading(slot.led.path, value, status.meta(slot.led.name.text)).settable()]
                + LEDMethod.readings(of: slot.led)
        }
    }

    /// The files by which the kernel reports changes that the hardware made.
    var notifyingFiles: [FilePath] {
        slots.withLock { slots in
            slots.values.map { $0.led.attribute("brightness_hw_changed") }.filter(HostFile.exists)
        }
    }

    /// A signal for each change from now on, or for several.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        listener.withLock { $0 = continuation }
        continuation.yield()
        return stream
    }

    /// Ends the current stream of changes.
    func endChanges() { listener.withLock { $0?.finish() } }

    func tell() { listener.withLock { _ = $0?.yield() } }

    /// Finds the LEDs that exist now.
    ///
    /// - Parameter named: Which of the LEDs that are known already to read again, by their names; `nil` for all.
    func scan(rereading named: Set<FilePath>? = nil) {
        let found = LED.scan(host, hiding: hidden)
        let (gone, hasChanged) = slots.withLock { slots -> ([Slot], Bool) in
            let before = slots
            var former = slots
            slots = [:]
            for led in found {
                var slot = former.removeValue(forKey: led.path).flatMap { $0.led == led ? $0 : nil } ?? Slot(led: led)
                if slot.status == nil || named?.contains(led.name) ?? true { read(&slot) }
                slots[led.path] = slot
            }
            let isSame = slots.allSatisfy { before[$0]?.led == $1.led && before[$0]?.status == $1.status }
            return (Array(former.values), !isSame || !former.isEmpty)
        }
        for slot in gone { slot.blinking?.task?.cancel() }
        faults.keep(found.map(\.path))
        if hasChanged { tell() }
    }

    /// Checks whether the brightness of LEDs has changed, except for those that blink or whose trigger changes it.
    func look() {
        let hasChanged = slots.withLock { slots in
            var hasChanged = false
            for (path, slot) in slots where slot.isSteady {
                guard let status = slot.status, let brightness = try? slot.led.brightness(attributes),
                    brightness != status.brightness || !status.colors.isEmpty
                else { continue }
                var slot = slot
                read(&slot)
                hasChanged = hasChanged || slot.status != status
                slots[path] = slot
            }
            return hasChanged
        }
        if hasChanged { tell() }
    }

    func read(_ slot: inout Slot) {
        slot.status = faults.noting(slot.led.path) { () throws(HostFileError) in try slot.led.status(attributes) }
        if slot.isSteady, let brightness = slot.status?.brightness, brightness > 0 { slot.lit = brightness }
    }
}
