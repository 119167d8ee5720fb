import Files
import Testing

@testable import AgentCore
@testable import Providers

/// Names and triggers of LEDs, as the kernel writes them.
struct TriggerListTests {
    @Test("the trigger in brackets is the active one, and one of the list")
    func active() {
        let list = TriggerList(parsing: "none rc-feedback [timer] heartbeat")
        #expect(list.active == "timer")
        #expect(list.names == ["none", "rc-feedback", "timer", "heartbeat"])
    }

    @Test("a list without brackets has none that is active")
    func inactive() {
        #expect(TriggerList(parsing: "none timer").active == "none")
        #expect(TriggerList(parsing: "").names.isEmpty)
        #expect(TriggerList(parsing: "[]").active == "none")
    }

    @Test("a list that is longer than a page is read whole")
    func long() throws {
        let tree = try Tree()
        let names = (0..<1000).map { "cpu\($0)" }
        tree.write("trigger", "none " + names.joined(separator: " ") + " [last]\n")
        let list = TriggerList(parsing: try SysfsAttributes().read(tree.filePath("trigger")))
        #expect(list.names.count == 1002)
        #expect(list.active == "last")
    }

    @Test(
        "a trigger that blinks moves the brightness, one that follows a switch does not",
        arguments: [
            ("none", false), ("default-on", false), ("kbd-capslock", false), ("AC-online", false), ("timer", true),
            ("heartbeat", true), ("mmc0", true), ("phy0rx", true), ("phy0assoc", false), ("unheard-of", true),
        ])
    func moving(name: String, isMoving: Bool) {
        #expect(TriggerList(parsing: "[\(name)]").isMoving == isMoving)
    }

    @Test(
        "an LED is called by what its name says",
        arguments: [
            ("input3::capslock", "LED capslock (input3)"), ("green:status", "LED status, green"),
            (":rgb:status", "LED status, rgb"), ("mmc0::", "LED mmc0"), ("ACT", "LED ACT"),
            ("tpacpi::kbd_backlight", "LED kbd_backlight (tpacpi)"), ("a:b:c:d", "LED a:b:c:d"), ("::", "LED ::"),
        ])
    func titles(name: String, title: String) {
        #expect(LEDName.title(name) == title)
    }
}
