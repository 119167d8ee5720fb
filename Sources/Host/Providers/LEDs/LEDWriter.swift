internal import AgentCore
internal import Files
internal import Glibc
internal import Jet

/// Writes the changes of an LED, in the only order that works: the trigger first, since choosing one sets the
/// brightness; then its delays, whose files do not exist before; then the colour and the brightness, which is last
/// because writing 0 removes the trigger.
///
/// The files of a new trigger belong to root at first, until udev has processed the `change` event that choosing it
/// causes, and its rule has given them to the agent's group. So a write that fails right after that is retried for a
/// second.
struct LEDWriter: Sendable {
    let attributes: any Attributes
    let clock: any Clock<Duration>

    /// How often to try to write a new file, and how long to wait between two attempts: one second altogether.
    private static let attempts = 50
    private static let pause = Duration.milliseconds(20)

    /// Writes what is to change.
    ///
    /// - Parameters:
    ///   - isCurrent: Whether this is still the newest request for the LED; checked after each wait.
    /// - Throws: `JetError` that says what to do about it.
    func write(_ change: LEDChange, to led: LED, isCurrent: @Sendable () -> Bool = { true }) async throws {
        var isNew = false
        if let trigger = change.trigger {
            let active = (try? attributes.read(led.attribute("trigger"))).map { TriggerList(parsing: $0).active }
            if active != trigger {
                try put(trigger, "trigger", led)
                isNew = true
            }
        }
        let delays = [("delay_on", change.delayOn), ("delay_off", change.delayOff)]
        for (file, delay) in delays {
            guard let delay else { continue }
            try await put(String(delay), file, led, attempts: isNew ? Self.attempts : 1, isCurrent)
        }
        if let intensities = change.intensities {
            try put(intensities.map(String.init).joined(separator: " "), "multi_intensity", led)
        }
        if let brightness = change.brightness { try put(String(brightness), "brightness", led) }
    }

    private func put(
        _ text: String, _ file: String, _ led: LED, attempts: Int, _ isCurrent: @Sendable () -> Bool
    ) async throws {
        for attempt in 1...attempts {
            do throws(HostFileError) {
                return try attributes.write(text, to: led.attribute(file))
            } catch {
                guard attempt < attempts, error.isMissing || error.isForbidden else { throw refusal(error, file, led) }
            }
            try await clock.sleep(for: Self.pause)
            guard isCurrent() else {
                throw JetError(.invalidParams, "Somebody else has set '\(led.path)' in between.")
            }
        }
    }

    private func put(_ text: String, _ file: String, _ led: LED) throws(JetError) {
        do throws(HostFileError) {
            try attributes.write(text, to: led.attribute(file))
        } catch {
            throw refusal(error, file, led)
        }
    }

    /// The error that the caller receives for a file that cannot be written.
    private func refusal(_ error: HostFileError, _ file: String, _ led: LED) -> JetError {
        let path = led.attribute(file).text
        if error.isForbidden {
            return JetError(
                .invalidParams,
                "The agent may not write \(path). The udev rules 60-jet-leds.rules let its group do so: install them, "
                    + "and run 'udevadm control --reload' and 'udevadm trigger --subsystem-match=leds'.",
                data: ["file": .string(path), "reason": .string(error.description)])
        }
        if error.code == EINVAL, file == "trigger" {
            return JetError.wrong("trigger", "is not a trigger of the kernel any more")
        }
        return JetError(
            .invalidParams, "The kernel refuses to write \(path): \(error).",
            data: ["file": .string(path), "reason": .string(error.description)])
    }
}

extension HostFileError {
    /// Whether this process has no right to do that.
    var isForbidden: Bool { code == EACCES || code == EPERM || code == EROFS }
}
