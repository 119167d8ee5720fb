internal import AgentCore
internal import Synchronization

/// How the agent makes an LED blink in software.
struct LEDRhythm: Hashable, Sendable {
    /// How long to be on, in milliseconds.
    let on: Int
    /// How long to be off, in milliseconds.
    let off: Int
    /// How often; `nil` for ever.
    let count: Int?
    /// How bright.
    let brightness: Int
}

/// Blinking in software: where there is no trigger for it, or where it has an end, after which the LED is as it was.
extension LEDPanel {
    /// Begins to blink.
    func blink(_ rhythm: LEDRhythm, _ led: LED, _ number: Int) async throws {
        let before = try led.status(attributes)
        var start = LEDChange()
        // A trigger would have its own idea of the brightness, and a colour of nothing cannot be seen.
        if before.triggers != nil { start.trigger = "none" }
        if !before.colors.isEmpty, before.colors.allSatisfy({ $0.intensity == 0 }) {
            start.intensities = before.colors.map { _ in before.max }
        }
        start.brightness = rhythm.brightness
        try await write(start, to: led, number)
        let hasBegun = slots.withLock { slots in
            guard slots[led.path]?.led == led, slots[led.path]?.request == number else { return false }
            slots[led.path]?.blinking = Blinking(before: before)
            return true
        }
        guard hasBegun else { return }
        let task = Lane.task { await self.keepBlinking(rhythm, led, number) }
        slots.withLock { slots in
            if slots[led.path]?.request == number, slots[led.path]?.blinking != nil {
                slots[led.path]?.blinking?.task = task
            }
        }
    }

    private func keepBlinking(_ rhythm: LEDRhythm, _ led: LED, _ number: Int) async {
        var left = rhythm.count
        while left != 0 {
            for (brightness, length) in [(rhythm.brightness, rhythm.on), (0, rhythm.off)] {
                guard shine(brightness, led, number) else { return }
                try? await writer.clock.sleep(for: .milliseconds(length))
            }
            left = left.map { $0 - 1 }
        }
        let before = slots.withLock { slots -> LEDStatus? in
            guard slots[led.path]?.led == led, slots[led.path]?.request == number else { return nil }
            return slots[led.path]?.blinking?.before
        }
        if let before { await restore(before, led, number) }
    }

    /// Writes a brightness, if the LED still exists and there is no newer request. Both are checked under the lock, so
    /// that what a newer request writes is never overwritten.
    private func shine(_ brightness: Int, _ led: LED, _ number: Int) -> Bool {
        slots.withLock { slots in
            guard !Task.isCancelled, let slot = slots[led.path], slot.led == led, slot.request == number,
                slot.blinking != nil
            else { return false }
            do {
                try attributes.write(String(brightness), to: led.attribute("brightness"))
                return true
            } catch {
                slots[led.path]?.blinking = nil
                return false
            }
        }
    }

    /// Restores an LED to its former state; its blinking ends after that.
    private func restore(_ before: LEDStatus, _ led: LED, _ number: Int) async {
        let subject = "\(led.path) as it was"
        do {
            try await write(LEDChange(restoring: before), to: led, number)
            faults.worked(subject)
        } catch {
            faults.failed(subject, error)
        }
        slots.withLock { slots in
            if slots[led.path]?.led == led, slots[led.path]?.request == number { slots[led.path]?.blinking = nil }
        }
        refresh(led.path)
    }

    /// Ends all blinking and restores the LEDs, as far as possible. Called when the agent shuts down.
    func end() async {
        let blinking = slots.withLock { slots -> [(LED, Int, LEDStatus)] in
            var blinking: [(LED, Int, LEDStatus)] = []
            for (path, slot) in slots {
                guard let current = slot.blinking else { continue }
                current.task?.cancel()
                blinking.append((slot.led, slot.request + 1, current.before))
                slots[path]?.request += 1
            }
            return blinking
        }
        guard !blinking.isEmpty else { return }
        // This task is cancelled already; a new one is used, since waiting for a trigger's files must not be cut short.
        await Lane.task { for (led, number, before) in blinking { await self.restore(before, led, number) } }.value
    }
}
