import JSONText
import JetProtocol
import Testing

@testable import JetCommand

@Suite("A listing")
struct ListingTests {
    private let rows = [
        Listing.Row(path: "cpu/load", value: [0.5, 0.25], unit: nil),
        Listing.Row(path: "cpu/temperature", value: 48.5, unit: "°C"),
        Listing.Row(path: "system/reboot", value: nil),
    ]

    private func text(_ lines: [StyledLine]) -> [String] { lines.map { $0.rendered(colored: false) } }

    @Test("shows kind, path, value and unit in columns")
    func elements() {
        #expect(
            text(Listing.elements(rows, width: nil)) == [
                "state   cpu/load         [0.5,0.25]",
                "state   cpu/temperature  48.5 °C",
                "method  system/reboot",
            ])
    }

    @Test("cuts values to the terminal's width, and never paths")
    func cut() {
        let long = Listing.Row(path: "os", value: .string(String(repeating: "x", count: 100)), unit: "u")
        let lines = text(Listing.elements([long], width: 40))
        #expect(lines == ["state   os  \"" + String(repeating: "x", count: 24) + "… u"])
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 })
        let path = String(repeating: "p", count: 60)
        #expect(text(Listing.elements([Listing.Row(path: path, value: 1)], width: 40)) == ["state   \(path)  1"])
    }

    @Test("is not pushed apart by one long path")
    func longPath() {
        let long = Listing.Row(path: String(repeating: "p", count: 30), value: 1)
        #expect(text(Listing.elements([long] + rows, width: 46))[2] == "state   cpu/temperature  48.5 °C")
    }

    @Test("of values shows them whole")
    func values() {
        #expect(
            text(Listing.values(Array(rows.prefix(2)))) == ["cpu/load         [0.5,0.25]", "cpu/temperature  48.5 °C"])
    }

    @Test("escapes paths, values and units")
    func escaped() {
        let row = Listing.Row(path: "a\u{1B}", value: "b\u{9B}", unit: "c\u{07}")
        #expect(text(Listing.values([row])) == [#"a\u001b  "b\u009b" c\u0007"#])
    }

    @Test("has colour only where colour is on")
    func color() {
        let lines = Listing.elements([rows[2]], width: nil)
        #expect(lines[0].rendered(colored: true) == "\u{1B}[36mmethod  \u{1B}[0msystem/reboot")
    }
}

@Suite("A line of jet watch")
struct EventLineTests {
    @Test("says when, what, where and which value")
    func line() {
        let time = Timestamp(seconds: 0, milliseconds: 7)
        let row = Listing.Row(path: "cpu/temperature", value: 48.5, unit: "°C")
        let line = EventLine.line("change", at: time, row).rendered(colored: false)
        #expect(line == "\(time.timeOfDay)  change  cpu/temperature  48.5 °C")
        let method = EventLine.line("add", at: time, Listing.Row(path: "m", value: nil)).rendered(colored: false)
        #expect(method == "\(time.timeOfDay)  add     m  method")
    }

    @Test("knows the unit that came with add until the State is removed")
    func units() {
        var units = UnitMemory()
        #expect(units.unit(of: "a", event: "add", unit: "s") == "s")
        #expect(units.unit(of: "a", event: "change", unit: nil) == "s")
        #expect(units.unit(of: "b", event: "change", unit: nil) == nil)
        #expect(units.unit(of: "a", event: "remove", unit: nil) == "s")
        #expect(units.unit(of: "a", event: "change", unit: nil) == nil)
    }

    @Test("keeps paths apart that differ only in how an accent is written")
    func codePoints() {
        var units = UnitMemory()
        _ = units.unit(of: "\u{E9}", event: "add", unit: "s")
        #expect(units.unit(of: "e\u{301}", event: "change", unit: nil) == nil)
    }
}

@Suite("A moment")
struct TimestampTests {
    @Test("is written in UTC to the millisecond, for programs")
    func utc() {
        #expect(Timestamp(seconds: 1_795_248_133, milliseconds: 45).utc == "2026-11-21T08:02:13.045Z")
        #expect(Timestamp(seconds: 0, milliseconds: 0).utc == "1970-01-01T00:00:00.000Z")
    }
}

@Suite("The records of --json")
struct RecordTests {
    @Test("have the documented members, in order")
    func shapes() {
        let state = Record.element(path: "a", value: 1, isFetchOnly: true, meta: .init(unit: "s"))
        #expect(state.description == #"{"path":"a","kind":"state","value":1,"fetchOnly":true,"meta":{"unit":"s"}}"#)
        let method = Record.element(path: "m", value: nil, isFetchOnly: false, meta: nil)
        #expect(method.description == #"{"path":"m","kind":"method"}"#)
        let null = Record.element(path: "n", value: .null, isFetchOnly: false, meta: nil)
        #expect(null.description == #"{"path":"n","kind":"state","value":null}"#)
        let event = Record.event("add", at: Timestamp(seconds: 0, milliseconds: 1), element: method)
        #expect(
            event.description == #"{"time":"1970-01-01T00:00:00.001Z","event":"add","path":"m","kind":"method"}"#)
        #expect(Record.answer(path: "a", result: true).description == #"{"path":"a","result":true}"#)
    }
}
