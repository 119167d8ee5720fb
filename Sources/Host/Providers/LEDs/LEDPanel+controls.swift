internal import AgentCore
internal import JSONText
internal import Jet
internal import Synchronization

extension LEDPanel: Controls {
    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        .adjust(
            try await control(path) { slot, status in
                .write(try LEDChange(request.value, to: status, isBlinking: slot.isBlinking))
            })
    }

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        guard let slash = path.lastIndex(of: "/") else { throw Self.missing(path) }
        let method = try LEDMethod(String(path[path.index(after: slash)...]), request.arguments)
        return try await control(String(path[..<slash])) { slot, status in
            let isLit = status.brightness > 0 || status.triggers?.isMoving ?? false
            let bright = isLit && status.brightness > 0 ? status.brightness : slot.lit ?? status.max
            switch method {
            case .toggle:
                return .write(LEDChange(brightness: isLit ? 0 : min(bright, status.max)))
            case .blink(let on, let off, nil) where status.triggerNames.contains(LEDStatus.timer):
                // The kernel makes the LED blink, and continues without the agent.
                let start = LEDChange(trigger: LEDStatus.timer, delayOn: on, delayOff: off)
                return .write(start)
            case .blink(let on, let off, let count):
                return .blink(LEDRhythm(on: on, off: off, count: count, brightness: min(bright, status.max)))
            case .identify(let seconds):
                // Twice a second, as bright as it can.
                let count = max(1, Int((seconds * 2).rounded()))
                return .blink(LEDRhythm(on: 250, off: 250, count: count, brightness: status.max))
            }
        }
    }

    /// What to do for a request.
    private enum Action: Sendable {
        case write(LEDChange)
        case blink(LEDRhythm)
    }

    /// What is known of an LED beside its status.
    private struct Situation: Sendable {
        /// Whether the agent makes it blink.
        let isBlinking: Bool
        /// The brightness that it last had while it was on.
        let lit: Int?
    }

    /// Does what is asked of an LED.
    ///
    /// - Parameters:
    ///   - path: The LED's state.
    ///   - decide: Decides what to do from the LED's status; while the agent makes it blink, from the status before the
    ///     blinking. If it throws, nothing is changed.
    /// - Returns: The state's value afterwards, as the kernel reports it.
    private func control(
        _ path: String, _ decide: (Situation, LEDStatus) throws -> Action
    ) async throws -> JSON {
        let (led, number, former, action) = try slots.withLock { slots in
            guard var slot = slots[path] else { throw Self.missing(path) }
            let current = slot.blinking?.before
            let status: LEDStatus
            do {
                status = try current ?? slot.led.status(attributes)
            } catch {
                throw JetError(.invalidParams, "'\(path)' cannot be read: \(error).")
            }
            let action = try decide(Situation(isBlinking: current != nil, lit: slot.lit), status)
            slot.request += 1
            slot.blinking?.task?.cancel()
            slot.blinking = nil
            slots[path] = slot
            return (slot.led, slot.request, current, action)
        }
        defer { refresh(path) }
        if let former { try await write(LEDChange(restoring: former), to: led, number) }
        switch action {
        case .write(let change): try await write(change, to: led, number)
        case .blink(let rhythm): try await blink(rhythm, led, number)
        }
        return refresh(path) ?? .null
    }

    func write(_ change: LEDChange, to led: LED, _ number: Int) async throws {
        try await writer.write(change, to: led) { self.isNewest(number, led) }
    }

    func isNewest(_ number: Int, _ led: LED) -> Bool {
        slots.withLock { $0[led.path].map { $0.led == led && $0.request == number } ?? false }
    }

    /// Reads an LED again and signals a change.
    ///
    /// - Returns: Its value.
    @discardableResult
    func refresh(_ path: String) -> JSON? {
        let value = slots.withLock { slots -> JSON? in
            guard var slot = slots[path] else { return nil }
            read(&slot)
            slots[path] = slot
            return slot.status?.value(isBlinking: slot.blinking != nil)
        }
        tell()
        return value
    }

    private static func missing(_ path: String) -> JetError {
        JetError(.invalidParams, "There is no LED '\(path)' any more.", data: ["path": .string(path)])
    }
}
