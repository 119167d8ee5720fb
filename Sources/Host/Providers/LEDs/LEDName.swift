internal import AgentCore
/// The name of an LED: what it says to people.
///
/// The kernel's convention is `devicename:color:function`, any part of which may be empty: `input3::capslock`,
/// `:green:status`, `tpacpi::kbd_backlight`. Drivers of old have names of their own (`ACT`). Source of fact:
/// Documentation/leds/leds-class.rst of the kernel.
struct LEDName: Hashable, Sendable {
    /// The device that carries it: `mmc0`.
    let device: String?
    /// Its colour: `green`.
    let color: String?
    /// What it is for: `capslock`.
    let function: String?

    /// The parts of a name; all are `nil` if it does not follow the convention.
    init(_ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? nil : String($0) }
        guard parts.count == 3 || parts.count == 2 else {
            (device, color, function) = (nil, nil, nil)
            return
        }
        device = parts.count == 3 ? parts[0] : nil
        color = parts.count == 3 ? parts[1] : parts[0]
        function = parts.last.flatMap { $0 }
    }

    /// How people would call an LED of this name: `LED capslock (input3)`, `LED status, green`.
    static func title(_ name: String) -> String {
        let parts = LEDName(name)
        guard let what = parts.function ?? parts.color ?? parts.device else { return "LED \(name)" }
        var title = "LED \(what)"
        if let color = parts.color, color != what { title += ", \(color)" }
        if let device = parts.device, device != what { title += " (\(device))" }
        return title
    }
}
