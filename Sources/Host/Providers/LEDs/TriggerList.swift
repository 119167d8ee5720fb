internal import AgentCore
/// The triggers of an LED: what can make it shine by itself, and what does.
///
/// The kernel lists them in one line, the one that is chosen in brackets: `none [timer] heartbeat`. Source of fact:
/// Documentation/ABI/testing/sysfs-class-led of the kernel.
struct TriggerList: Hashable, Sendable {
    /// All names, in the kernel's order.
    var names: [String]
    /// The one that is chosen; `none` if none is.
    var active: String

    /// Reads the kernel's line.
    init(parsing text: String) {
        var names: [String] = []
        var active = "none"
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard word.first == "[", word.last == "]", word.utf8.count > 2 else {
                names.append(String(word))
                continue
            }
            active = String(word.dropFirst().dropLast())
            names.append(active)
        }
        self.names = names
        self.active = active
    }

    /// Whether the active trigger changes the brightness all the time, so that a brightness is only that of a moment.
    var isMoving: Bool { !Self.isSteady(active) }

    /// Whether a trigger keeps the brightness until something happens that people would call a change: a key, a battery
    /// that is full, a cable that is plugged in.
    private static func isSteady(_ name: String) -> Bool {
        let names = ["none", "default-on", "backlight", "gpio", "camera-flash", "camera-torch", "panic"]
        let beginnings = ["kbd-", "rfkill", "audio-"]
        let ends = ["-online", "-power", "-charging", "-full", "-charging-or-full", "-link", "assoc", "radio"]
        return names.contains(name) || beginnings.contains(where: name.hasPrefix)
            || ends.contains(where: name.hasSuffix)
    }
}
