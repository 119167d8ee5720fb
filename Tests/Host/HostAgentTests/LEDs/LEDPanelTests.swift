import Files
import JSONText
import Jet
import Testing

@testable import AgentCore
@testable import Providers

/// LEDs that are set and blink, over files with the manners of the kernel.
@Suite(.timeLimit(.minutes(1)))
struct LEDPanelTests {
    private let tree: Tree
    private let kernel = KernelAttributes()
    private let log = MemoryLog()

    init() throws {
        tree = try Board.raspberryPi.tree()
    }

    private func panel(_ clock: any Clock<Duration> = VirtualClock(), hiding: [String] = []) -> LEDPanel {
        let panel = LEDPanel(
            Host(tree), hiding: hiding, attributes: kernel, clock: clock, logger: log.logger)
        panel.scan()
        return panel
    }

    private func set(_ panel: LEDPanel, _ path: String, _ value: JSON) async throws -> JSON? {
        guard case .adjust(let value) = try await panel.set(path, SetRequest(value: value, current: .null)) else {
            return nil
        }
        return value
    }

    private func call(_ panel: LEDPanel, _ path: String, _ arguments: JSON = .null) async throws -> JSON {
        try await panel.call(path, CallRequest(arguments: arguments))
    }

    private func value(_ panel: LEDPanel, _ path: String) -> JSON? {
        panel.readings.first { $0.path == path }?.value
    }

    private func file(_ led: String, _ name: String) throws -> String {
        try kernel.read(tree.filePath("sys/class/leds/\(led)/\(name)"))
    }

    @Test("each LED is a state that can be set, with three methods; hidden ones are not there")
    func readings() {
        #expect(
            panel(hiding: ["P*"]).readings.map { "\($0.path) \($0.role)" } == [
                "led/:rgb:status settable", "led/:rgb:status/toggle method", "led/:rgb:status/blink method",
                "led/:rgb:status/identify method", "led/ACT settable", "led/ACT/toggle method",
                "led/ACT/blink method", "led/ACT/identify method",
            ])
    }

    @Test("what a set comes to is what the kernel says afterwards: darkness takes the trigger away")
    func kernelsWord() async throws {
        let panel = panel()
        #expect(value(panel, "led/ACT")?["blinking"] == true)
        let after = try await set(panel, "led/ACT", false)
        #expect(after == ["brightness": 0, "percent": 0, "max": 255, "trigger": "none"])
        #expect(value(panel, "led/ACT") == after)
    }

    @Test("the trigger is written first, then its delays, then the colour, then the brightness")
    func order() async throws {
        let panel = panel()
        let value: JSON = [
            "brightness": 9, "color": ["red": 1, "green": 2], "delayOff": 900, "delayOn": 100, "trigger": "timer",
        ]
        _ = try await set(panel, "led/:rgb:status", value)
        #expect(
            kernel.writes == [
                "trigger=timer", "delay_on=100", "delay_off=900", "multi_intensity=2 0 1", "brightness=9",
            ])
    }

    @Test("a trigger's files may be written as soon as udev's rule has given them to us")
    func lateRule() async throws {
        let panel = panel()
        kernel.forbid("delay_on", times: 7)
        let after = try await set(panel, "led/ACT", ["trigger": "timer", "delayOn": 100, "delayOff": 900])
        #expect(after == ["blinking": true, "max": 255, "trigger": "timer", "delayOn": 100, "delayOff": 900])
    }

    @Test("without the udev rule, a set is refused with what to do about it", arguments: ["brightness", "delay_on"])
    func forbidden(name: String) async throws {
        let panel = panel()
        kernel.forbid(name)
        await #expect {
            try await set(panel, "led/ACT", name == "brightness" ? 1 : ["trigger": "timer", "delayOn": 1])
        } throws: {
            let error = $0 as? JetError
            return error?.message.contains("60-jet-leds.rules") ?? false
                && error?.data?["file"]?.string?.hasSuffix("ACT/" + name) ?? false
        }
    }

    @Test("toggle turns off what is on, and on again as it was")
    func toggle() async throws {
        let panel = panel()
        #expect(try await call(panel, "led/:rgb:status/toggle")["brightness"] == 0)
        #expect(try await call(panel, "led/:rgb:status/toggle")["brightness"] == 128)
        // One that blinks is on.
        #expect(try await call(panel, "led/ACT/toggle")["trigger"] == "none")
        #expect(try await call(panel, "led/ACT/toggle")["brightness"] == 255)
    }

    @Test("blink without an end is the kernel's business, where it has the trigger for it")
    func blinkByTrigger() async throws {
        let panel = panel()
        let after = try await call(panel, "led/PWR/blink", ["on": 100, "off": 200])
        #expect(after == ["blinking": true, "max": 255, "trigger": "timer", "delayOn": 100, "delayOff": 200])
        #expect(kernel.writes == ["trigger=timer", "delay_on=100", "delay_off=200"])
    }

    @Test("blink with a count blinks so often, and then the LED is as it was")
    func blinkCounted() async throws {
        let panel = panel()
        _ = try await call(panel, "led/:rgb:status/blink", ["count": 2])
        try await wait { value(panel, "led/:rgb:status")?["brightness"] == 128 }
        #expect(
            kernel.writes == [
                "brightness=128", "brightness=128", "brightness=0", "brightness=128", "brightness=0",
                "multi_intensity=10 0 255", "brightness=128",
            ])
    }

    @Test("identify blinks and then gives the trigger back")
    func identify() async throws {
        let panel = panel()
        _ = try await call(panel, "led/PWR/identify", ["seconds": 2])
        try await wait { value(panel, "led/PWR")?["trigger"] == "default-on" }
        #expect(kernel.writes.count { $0 == "brightness=0" } == 4)
        #expect(try file("PWR", "brightness") == "255")
    }

    @Test("a set while an LED blinks wins: the LED is as it was but for what is set, and stays so")
    func setInBetween() async throws {
        let panel = panel(ContinuousClock())
        #expect(try await call(panel, "led/:rgb:status/identify")["blinking"] == true)
        #expect(value(panel, "led/:rgb:status")?["brightness"] == nil)
        let after = try await set(panel, "led/:rgb:status", ["color": ["green": 99]])
        #expect(
            after == [
                "brightness": 128, "percent": 50, "max": 255, "trigger": "none",
                "color": ["green": 99, "blue": 0, "red": 255],
            ])
        let writes = kernel.writes
        try await Task.sleep(for: .milliseconds(400))
        #expect(kernel.writes == writes)
    }

    @Test("a set that is refused does not disturb what goes on")
    func refusedInBetween() async throws {
        let panel = panel(ContinuousClock())
        _ = try await call(panel, "led/ACT/identify")
        await #expect(throws: JetError.self) { try await set(panel, "led/ACT", ["brightness": 4711]) }
        #expect(value(panel, "led/ACT")?["blinking"] == true && value(panel, "led/ACT")?["trigger"] == "none")
        await panel.end()
    }

    @Test("when the agent ends, what it made blink is as it was")
    func end() async throws {
        let panel = panel(ContinuousClock())
        _ = try await call(panel, "led/PWR/identify")
        #expect(value(panel, "led/PWR")?["trigger"] == "none")
        await panel.end()
        #expect(value(panel, "led/PWR")?["trigger"] == "default-on")
        #expect(try file("PWR", "brightness") == "255")
    }

    @Test("what others change is seen: the brightness by looking, but not while it changes all the time")
    func others() throws {
        let panel = panel()
        tree.write("sys/devices/platform/leds/leds/PWR/brightness", "7\n")
        tree.write("sys/devices/platform/leds/leds/ACT/brightness", "7\n")
        let before = value(panel, "led/ACT")
        panel.look()
        #expect(value(panel, "led/PWR")?["brightness"] == 7)
        #expect(value(panel, "led/ACT") == before)
    }

    @Test("an LED that goes takes its methods along, and a control that comes too late says so")
    func unplugged() async throws {
        let panel = panel()
        tree.remove("sys/class/leds/PWR")
        panel.scan(rereading: [])
        #expect(!panel.readings.contains { $0.path.hasPrefix("led/PWR") })
        await #expect(throws: JetError.self) { try await call(panel, "led/PWR/toggle") }
    }

    @Test("a broken LED costs only itself, and says so once")
    func broken() throws {
        tree.breakFile("sys/devices/platform/leds/leds/PWR/brightness")
        let panel = panel()
        panel.scan()
        #expect(Set(panel.readings.filter { $0.role == .settable }.map(\.path)) == ["led/:rgb:status", "led/ACT"])
        #expect(log.said == ["warning cannot be read led/PWR"])
    }

    /// Waits for what must come.
    private func wait(until condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
