import Testing

@testable import AgentCore
@testable import Providers

/// Patterns of names, as in `hide = ["input*::*"]`.
struct PatternsTests {
    @Test("a star is any text, a question mark any letter, and the rest stands for itself")
    func patterns() {
        let keyboards = Patterns(["input*::*"])
        #expect(keyboards.match("input3::capslock"))
        #expect(keyboards.match("input3::"))
        #expect(!keyboards.match("tpacpi::kbd_backlight"))
        #expect(Patterns(["mmc?::"]).match("mmc0::"))
        #expect(!Patterns(["mmc?::"]).match("mmc10::"))
    }

    @Test("a star goes beyond slashes")
    func slashes() {
        #expect(Patterns(["*/alarms"]).match("sensors/coretemp/alarms"))
        #expect(Patterns(["sensors/nct6798/*"]).match("sensors/nct6798/in0"))
    }

    @Test("of several patterns one is enough, and none fits nothing")
    func several() {
        #expect(Patterns(["a", "b*"]).match("bc"))
        #expect(!Patterns([]).match(""))
    }
}
