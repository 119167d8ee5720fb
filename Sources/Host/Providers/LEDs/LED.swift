internal import AgentCore
internal import Files
internal import JSONText

/// One LED of the kernel's LED class, as a scan found it: where it stands on the bus, and where its attributes are.
///
/// Source of fact: Documentation/leds/leds-class.rst and leds-class-multicolor.rst of the kernel.
struct LED: Hashable, Sendable {
    /// What the kernel calls it: `input3::capslock`.
    let name: FilePath
    /// Where its attributes are.
    let directory: FilePath
    /// Its real directory: what tells an LED from a later one with the same name.
    let identity: FilePath

    /// Where it stands on the bus: `led/<name>`.
    var path: String { "led/\(Slug.name(name.bytes))" }

    /// The path of one of its attributes.
    func attribute(_ name: String) -> FilePath { "\(directory)/\(name)" }

    /// The LEDs of the host but those whose names are as one of the `hidden` patterns, sorted by name.
    static func scan(_ host: Host, hiding hidden: Patterns) -> [LED] {
        host.devices(ofClass: "leds").compactMap { name in
            if hidden.match(name.text) { return nil }
            let directory = host.sys("class/leds/\(name)")
            return HostFile.realPath(directory).map { LED(name: name, directory: directory, identity: $0) }
        }
    }

    /// The current status, as the kernel reports it.
    ///
    /// - Throws: If the brightness cannot be read: most likely the LED is gone.
    func status(_ attributes: any Attributes) throws(HostFileError) -> LEDStatus {
        func text(_ name: String) -> String? { try? attributes.read(attribute(name)) }
        func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
        let max = integer("max_brightness").flatMap { $0 > 0 ? $0 : nil } ?? 255
        let triggers = text("trigger").map(TriggerList.init(parsing:))
        var colors: [LEDStatus.Color] = []
        if let names = text("multi_index"), let intensities = text("multi_intensity") {
            let values = intensities.split(separator: " ").map { Int($0) ?? 0 }
            colors = zip(names.split(separator: " "), values).map { .init(name: String($0), intensity: $1) }
        }
        // Files of other triggers may have these names too, but these two have the same meaning in all of them.
        let hasDelays = triggers.map { LEDStatus.blinkingTriggers.contains($0.active) } ?? false
        return LEDStatus(
            brightness: try brightness(attributes), max: max, triggers: triggers, colors: colors,
            delayOn: hasDelays ? integer("delay_on") : nil, delayOff: hasDelays ? integer("delay_off") : nil,
            hardware: integer("brightness_hw_changed"))
    }

    /// How bright it is now.
    func brightness(_ attributes: any Attributes) throws(HostFileError) -> Int {
        let text = try attributes.read(attribute("brightness"))
        guard let value = Int(text) else { throw HostFileError(notANumber: text) }
        return value
    }
}
