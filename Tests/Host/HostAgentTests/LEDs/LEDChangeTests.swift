import Files
import Glibc
import JSONText
import Jet
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// What a set of an LED comes to, and what is refused.
struct LEDChangeTests {
    private static let status = LEDStatus(
        brightness: 100, max: 200, triggers: TriggerList(parsing: "[none] timer heartbeat"),
        colors: [.init(name: "green", intensity: 10), .init(name: "red", intensity: 20)])

    private static let valid: [(JSON, LEDChange)] = [
        (["brightness": 3], LEDChange(brightness: 3)),
        (["percent": 50], LEDChange(brightness: 100)),
        (["percent": 0.1], LEDChange(brightness: 1)),
        (["percent": 0], LEDChange(brightness: 0)),
        (["trigger": "heartbeat"], LEDChange(trigger: "heartbeat")),
        (
            ["trigger": "timer", "delayOn": 100, "delayOff": 900],
            LEDChange(trigger: "timer", delayOn: 100, delayOff: 900)
        ),
        (3, LEDChange(brightness: 3)), (true, LEDChange(brightness: 200)), (false, LEDChange(brightness: 0)),
    ]

    @Test(
        "each part can be set by itself, and several at once",
        arguments: Self.valid)
    func parts(value: JSON, change: LEDChange) throws {
        #expect(try LEDChange(value, to: Self.status) == change)
    }

    @Test("true is steadily on: a trigger that blinks goes, one that does not stays")
    func steadily() throws {
        var status = Self.status
        status.triggers?.active = "heartbeat"
        #expect(try LEDChange(true, to: status) == LEDChange(trigger: "none", brightness: 200))
        #expect(try LEDChange(7, to: status) == LEDChange(brightness: 7))
        status.triggers?.active = "default-on"
        #expect(try LEDChange(true, to: status) == LEDChange(brightness: 200))
    }

    @Test("colours are written whole, in the kernel's order; those that are not named stay")
    func colors() throws {
        #expect(try LEDChange(["color": ["red": 7]], to: Self.status).intensities == [10, 7])
        #expect(try LEDChange(["color": ["red": 1, "green": 2]], to: Self.status).intensities == [2, 1])
    }

    @Test("a value that was fetched can be set again with one member changed")
    func wholeValue() throws {
        var value = try #require(Self.status.value(isBlinking: false).object)
        value["brightness"] = 150
        #expect(try LEDChange(.object(value), to: Self.status).brightness == 150)
        value["brightness"] = 100
        value["percent"] = 10
        #expect(try LEDChange(.object(value), to: Self.status).brightness == 20)
    }

    private static let misfits: [(JSON, String)] = [
        (["brightness": 201], "brightness"), (["brightness": -1], "brightness"),
        (["brightness": 1.5], "brightness"),
        (["brightness": "full"], "brightness"), (["percent": 101], "percent"), (["percent": "half"], "percent"),
        (["trigger": "disco"], "trigger"), (["trigger": 1], "trigger"), (["color": ["blue": 1]], "color.blue"),
        (["color": ["red": 201]], "color.red"), (["color": "#ff0000"], "color"), (["color": [:]], "color"),
        (["delayOn": 100], "delayOn"), (["trigger": "heartbeat", "delayOff": 1], "delayOff"),
        (["trigger": "timer", "delayOn": 3_600_001], "delayOn"), (["brigthness": 1], "brigthness"),
        (["max": 100], "max"), (["blinking": true], "blinking"), (["brightness": 1, "percent": 90], "percent"),
        ([:], "value"), (nil, "value"), ("on", "value"), ([1], "value"), (201, "brightness"), (1e300, "brightness"),
    ]

    @Test(
        "what does not fit is refused by the name of its field",
        arguments: Self.misfits)
    func refusals(value: JSON, field: String) {
        #expect {
            try LEDChange(value, to: Self.status)
        } throws: {
            ($0 as? JetError)?.code == .invalidParams && ($0 as? JetError)?.data?["field"]?.string == field
        }
    }

    @Test("an LED has no trigger and no colour that it does not have")
    func plain() {
        let plain = LEDStatus(brightness: 0, max: 1)
        #expect(throws: JetError.self) { try LEDChange(["trigger": "none"], to: plain) }
        #expect(throws: JetError.self) { try LEDChange(["color": ["red": 1]], to: plain) }
    }

    @Test("while an LED blinks it has no brightness to show; without triggers it has none of those")
    func values() {
        #expect(
            Self.status.value(isBlinking: true)
                == ["blinking": true, "max": 200, "trigger": "none", "color": ["green": 10, "red": 20]])
        #expect(
            LEDStatus(brightness: 1, max: 3).value(isBlinking: false) == ["brightness": 1, "percent": 33, "max": 3])
    }

    @Test("whatever numbers a driver has, they are understood")
    func extremes() throws {
        let odd = LEDStatus(brightness: .max, max: 1)
        #expect(odd.percent == 100)
        #expect(LEDStatus(brightness: .min, max: 1).percent == 0)
        let huge = LEDStatus(brightness: 0, max: .max)
        #expect(try LEDChange(["percent": 100], to: huge) == LEDChange(brightness: .max))
        #expect(huge.brightness(percent: 0.1) > 0)
    }

    @Test("udev gives the agent the files that a change is written to, and no others")
    func rule() throws {
        let rule = try Repository.text("packaging/udev/60-jet-leds.rules")
        let list = try #require(rule.firstMatch(of: /for file in ([a-z_ ]+);/)).1
        #expect(
            list.split(separator: " ") == ["brightness", "trigger", "multi_intensity", "delay_on", "delay_off"])
    }

    @Test(
        "udev's rule works for LEDs of any name, and runs nothing of it",
        arguments: ["ACT", "a b", "a'b", "a\"b", "$(touch hacked)", "a;touch hacked;", "`touch hacked`", "-n", "a%b*"])
    func ruleForOddNames(name: String) async throws {
        let tree = try Tree()
        tree.makeFolder("sys/class/leds/\(name)")
        for file in ["brightness", "trigger", "max_brightness"] as [FilePath] {
            tree.write("sys/class/leds/\(name)/\(file)", bytes: [])
        }
        let rule = try Repository.text("packaging/udev/60-jet-leds.rules")
        let run = try #require(rule.firstMatch(of: /RUN\+="\/bin\/sh -c '(.+)'"/)).1
        // As udev reads it, for the tree in the place of /sys, and without the group, which this machine need not have.
        let script = run.replacing(#"\""#, with: "\"").replacing("$$", with: "$")
            .replacing("/sys$DEVPATH", with: "\(tree.root)/sys$DEVPATH").replacing("/bin/chgrp jet-agent", with: "true")
        let shell = try ChildProcess(
            "/bin/sh", ["-c", "cd \(tree.root) && " + script], environment: ["DEVPATH": "/class/leds/\(name)"])
        #expect(try await shell.end() == 0)
        #expect(shell.text() == "" && shell.text(.error) == "")
        for (file, isWritable) in [("brightness", true), ("trigger", true), ("max_brightness", false)] {
            var status = stat()
            #expect(tree.filePath("sys/class/leds/\(name)/\(file)").withCString { stat($0, &status) } == 0)
            #expect((status.st_mode & 0o020 != 0) == isWritable, "\(file)")
        }
        #expect(File.names(in: FilePath(tree.root)) == ["sys"])
    }

    @Test("the schema in meta lists the triggers and the colours")
    func schema() throws {
        let format = try #require(Self.status.meta("ACT").format)
        let members = try JSON(parsing: format)["properties"]
        #expect(members?["trigger"]?["enum"] == ["none", "timer", "heartbeat"])
        #expect(members?["brightness"]?["maximum"] == 200)
        #expect(members?["color"]?["properties"]?["red"]?["maximum"] == 200)
    }

    private static let wrongArguments: [(String, JSON, String)] = [
        ("blink", ["on": 1], "on"), ("blink", ["of": 100], "of"), ("blink", ["count": 0], "count"),
        ("identify", ["seconds": 0], "seconds"), ("identify", ["seconds": "long"], "seconds"),
        ("toggle", ["x": 1], "x"), ("blink", 3, "args"),
    ]

    @Test(
        "arguments of methods that do not fit are refused by their names",
        arguments: Self.wrongArguments)
    func arguments(word: String, arguments: JSON, field: String) {
        #expect {
            try LEDMethod(word, arguments)
        } throws: {
            ($0 as? JetError)?.data?["field"]?.string == field
        }
    }

    @Test("a method can be called without arguments, with an object, or with a list of one")
    func callForms() throws {
        for none in [.null, [], [:], [[:]]] as [JSON] {
            #expect(try LEDMethod("blink", none) == .blink(on: 500, off: 500, count: nil))
            #expect(try LEDMethod("identify", none) == .identify(seconds: 10))
        }
        #expect(try LEDMethod("blink", [["count": 3, "on": 100]]) == .blink(on: 100, off: 500, count: 3))
    }
}
