internal import AgentCore
internal import JSONText
internal import JetProtocol

/// How an LED is at one moment, and what it can be: what the kernel says of it, and that in the words of the bus.
struct LEDStatus: Hashable, Sendable {
    /// One of the colours that an LED is mixed from.
    struct Color: Hashable, Sendable {
        /// What the kernel calls it: `red`.
        let name: String
        /// How much of it there is, from 0 to the LED's maximum.
        var intensity: Int
    }

    /// From 0 to `max`; while a trigger is at work, that of a moment.
    var brightness: Int
    /// The greatest brightness.
    var max: Int
    /// What makes it shine by itself; `nil` for an LED without triggers.
    var triggers: TriggerList?
    /// Its colours in the kernel's order, which is that of `multi_index`; none for an LED of one colour.
    var colors: [Color] = []
    /// With the trigger `timer`, how long it is on, in milliseconds.
    var delayOn: Int?
    /// With the trigger `timer`, how long it is off, in milliseconds.
    var delayOff: Int?
    /// What the hardware last changed the brightness to by itself, if it does that and has.
    var hardware: Int?

    /// The triggers that blink by `delay_on` and `delay_off`.
    static let blinkingTriggers: Set<String> = ["timer", "oneshot"]
    /// The trigger that blinks for ever.
    static let timer = "timer"
    /// The longest delay, in milliseconds.
    static let longestDelay = 3_600_000

    /// The brightness of 100 for the greatest.
    /// A driver may report more than the greatest.
    var percent: Int { Int(Swift.min(100, Swift.max(0, Double(brightness) * 100 / Double(max))).rounded()) }

    /// The brightness for a percentage: what is not 0 is not dark.
    func brightness(percent: Double) -> Int {
        guard percent > 0 else { return 0 }
        return Swift.max(1, Swift.min(max, Int(exactly: (percent * Double(max) / 100).rounded()) ?? max))
    }

    /// The names of its triggers.
    var triggerNames: [String] { triggers?.names ?? [] }

    /// The value of the state: `{"brightness", "percent", "max", "trigger"?, "blinking"?, "color"?, "delayOn"?,
    /// "delayOff"?, "hardware"?}`.
    ///
    /// - Parameter isBlinking: Whether the agent itself makes it blink. Then, and while a trigger changes the brightness
    ///   all the time, there is `"blinking": true` in the place of a brightness that would be wrong a moment later.
    func value(isBlinking: Bool) -> JSON {
        var value: JSON.Object = [:]
        if isBlinking || triggers?.isMoving ?? false {
            value["blinking"] = true
        } else {
            value["brightness"] = .number(brightness)
            value["percent"] = .number(percent)
        }
        value["max"] = .number(max)
        value["trigger"] = triggers.map { .string($0.active) }
        if !colors.isEmpty {
            var color: JSON.Object = [:]
            for one in colors { color[one.name] = .number(one.intensity) }
            value["color"] = .object(color)
        }
        value["delayOn"] = delayOn.map { .number($0) }
        value["delayOff"] = delayOff.map { .number($0) }
        value["hardware"] = hardware.map { .number($0) }
        return .object(value)
    }

    /// What the state means: `format` is a JSON schema of what can be set, with the names of all triggers.
    func meta(_ name: String) -> Metadata {
        func integer(_ limit: Int) -> JSON { ["type": "integer", "minimum": 0, "maximum": .number(limit)] }
        var members: JSON.Object = [
            "brightness": integer(max), "percent": ["type": "number", "minimum": 0, "maximum": 100],
        ]
        if !triggerNames.isEmpty { members["trigger"] = ["enum": .array(triggerNames.map(JSON.string))] }
        if !colors.isEmpty {
            var parts: JSON.Object = [:]
            for color in colors { parts[color.name] = integer(max) }
            members["color"] = ["type": "object", "properties": .object(parts), "additionalProperties": false]
        }
        if triggerNames.contains(where: Self.blinkingTriggers.contains) {
            members["delayOn"] = integer(Self.longestDelay)
            members["delayOff"] = integer(Self.longestDelay)
        }
        members["max"] = ["const": .number(max), "readOnly": true]
        members["blinking"] = ["type": "boolean", "readOnly": true]
        if hardware != nil { members["hardware"] = ["type": "integer", "readOnly": true] }
        let schema: JSON = ["type": "object", "properties": .object(members), "additionalProperties": false]
        return Metadata(title: LEDName.title(name), datatype: .json, format: schema.description)
    }
}
