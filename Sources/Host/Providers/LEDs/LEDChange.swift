internal import AgentCore
internal import JSONText
internal import Jet

/// What is to become of an LED: the parts that change. It is made from what somebody sets, and complete: nothing in it
/// needs to be checked again.
///
/// What can be set: `{"brightness": 3}`, `{"percent": 50}`, `{"trigger": "timer", "delayOn": 100, "delayOff": 900}`,
/// `{"color": {"red": 255}}`, and several of them at once; a bare number is a brightness, `true` and `false` are
/// steadily on and off. What is left out stays. A value that was fetched can be set again as a whole, with one member changed: the
/// members that only tell something must then be as they were.
struct LEDChange: Hashable, Sendable {
    /// The trigger to choose.
    var trigger: String?
    /// How long to be on, in milliseconds.
    var delayOn: Int?
    /// How long to be off, in milliseconds.
    var delayOff: Int?
    /// The intensities of all colours, in the kernel's order.
    var intensities: [Int]?
    /// The brightness.
    var brightness: Int?

    /// Nothing, or these parts.
    init(
        trigger: String? = nil, delayOn: Int? = nil, delayOff: Int? = nil, intensities: [Int]? = nil,
        brightness: Int? = nil
    ) {
        self.trigger = trigger
        self.delayOn = delayOn
        self.delayOff = delayOff
        self.intensities = intensities
        self.brightness = brightness
    }

    /// What somebody asks of an LED.
    ///
    /// - Parameters:
    ///   - value: What is asked for.
    ///   - status: How the LED is now.
    ///   - isBlinking: Whether the agent makes it blink.
    /// - Throws: A refusal that names the field which is wrong.
    init(_ value: JSON, to status: LEDStatus, isBlinking: Bool = false) throws(JetError) {
        self.init()
        if let isOn = value.bool {
            brightness = isOn ? status.max : 0
            // Darkness takes a trigger away by itself; light would only be the brightness that it blinks with.
            if isOn, status.triggers?.isMoving ?? false { trigger = "none" }
        } else if let members = value.object {
            guard !members.isEmpty else {
                throw JetError.wrong("value", "says nothing: give a brightness, percent, trigger or color")
            }
            try take(members, status, status.value(isBlinking: isBlinking))
        } else if case .number = value {
            brightness = try Self.integer("brightness", value, upTo: status.max)
        } else {
            throw JetError.wrong(
                "value", "must be an object such as {\"brightness\": \(status.max)}, a number, true or false")
        }
    }

    /// What makes an LED as it was. While a trigger is at work, the brightness is the trigger's affair.
    init(restoring status: LEDStatus) {
        trigger = status.triggers?.active
        delayOn = status.delayOn
        delayOff = status.delayOff
        if !status.colors.isEmpty { intensities = status.colors.map(\.intensity) }
        if trigger == nil || trigger == "none" { brightness = status.brightness }
    }

    private mutating func take(_ members: JSON.Object, _ status: LEDStatus, _ now: JSON) throws(JetError) {
        for member in try Self.unambiguous(members, now) {
            let value = member.value
            switch member.name {
            case "brightness": brightness = try Self.integer("brightness", value, upTo: status.max)
            case "percent":
                guard let percent = value.double, (0...100).contains(percent) else {
                    throw JetError.wrong("percent", "must be a number from 0 to 100")
                }
                brightness = status.brightness(percent: percent)
            case "trigger": trigger = try Self.trigger(value, of: status)
            case "delayOn": delayOn = try Self.integer("delayOn", value, upTo: LEDStatus.longestDelay)
            case "delayOff": delayOff = try Self.integer("delayOff", value, upTo: LEDStatus.longestDelay)
            case "color": intensities = try Self.intensities(value, of: status)
            case "max", "hardware", "blinking":
                guard value == now[member.name] else {
                    throw JetError.wrong(member.name, "can be read, but not set")
                }
            default:
                throw JetError.wrong(member.name, "is not known; known are \(Self.known.joined(separator: ", "))")
            }
        }
        try checkDelays(status)
    }

    /// The names of what can be set.
    private static let known = ["brightness", "percent", "trigger", "color", "delayOn", "delayOff"]

    /// The members, with the brightness given in one way: if it is given in both, the one that says what is so already
    /// was only not left out.
    private static func unambiguous(_ members: JSON.Object, _ now: JSON) throws(JetError) -> JSON.Object {
        guard let brightness = members["brightness"], let percent = members["percent"] else { return members }
        var members = members
        if percent == now["percent"] {
            members["percent"] = nil
        } else if brightness == now["brightness"] {
            members["brightness"] = nil
        } else {
            throw JetError.wrong("percent", "says something else than 'brightness': give one of them")
        }
        return members
    }

    private func checkDelays(_ status: LEDStatus) throws(JetError) {
        let active = trigger ?? status.triggers?.active ?? "none"
        if LEDStatus.blinkingTriggers.contains(active) { return }
        for (field, delay) in [("delayOn", delayOn), ("delayOff", delayOff)] where delay != nil {
            throw JetError.wrong(field, "only means something to the trigger timer: set it with \"trigger\": \"timer\"")
        }
    }

    private static func trigger(_ value: JSON, of status: LEDStatus) throws(JetError) -> String {
        guard let triggers = status.triggers else { throw JetError.wrong("trigger", "is nothing that this LED has") }
        guard let name = value.string, triggers.names.contains(name) else {
            throw JetError.wrong("trigger", "must be one of \(triggers.names.joined(separator: ", "))")
        }
        return name
    }

    /// The intensities of all colours: those that are not named stay, since the kernel takes only all of them.
    private static func intensities(_ value: JSON, of status: LEDStatus) throws(JetError) -> [Int] {
        guard !status.colors.isEmpty else { throw JetError.wrong("color", "is nothing that this LED has") }
        let names = status.colors.map(\.name)
        guard let members = value.object, !members.isEmpty else {
            throw JetError.wrong("color", "must be an object with members of \(names.joined(separator: ", "))")
        }
        for member in members where !names.contains(member.name) {
            throw JetError.wrong("color.\(member.name)", "is not known; known are \(names.joined(separator: ", "))")
        }
        var intensities: [Int] = []
        for color in status.colors {
            guard let value = members[color.name] else {
                intensities.append(color.intensity)
                continue
            }
            intensities.append(try integer("color.\(color.name)", value, upTo: status.max))
        }
        return intensities
    }

    private static func integer(_ field: String, _ value: JSON, upTo limit: Int) throws(JetError) -> Int {
        guard let number = value.int, (0...limit).contains(number) else {
            throw JetError.wrong(field, "must be a whole number from 0 to \(limit)")
        }
        return number
    }
}
