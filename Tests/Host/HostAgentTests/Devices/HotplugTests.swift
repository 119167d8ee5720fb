import JSONText
import Jet
import JetProtocol
import TestSupport
import Testing

/// Devices that come and go, from udev's events to what a peer hears over a real bus: umockdev is the machine, the agent
/// is the program that ships.
@Suite(.enabled(if: Testbed.isAvailable, "needs umockdev"), .timeLimit(.minutes(2)), .serialized)
struct HotplugTests {
    @Test("of two hundred devices that are plugged in at once none is missed and none comes twice; then all go")
    func burst() async throws {
        let (testbed, bus) = (try Testbed(), try await TestBus())
        try testbed.add("usb", "1-1", ["ID_MODEL": "Hub"])
        let agent = try testbed.agent(on: bus)
        let peer = try await bus.peer()
        var log = FetchedEvents(try await peer.fetch(.path(startsWith: "devices/usb/"), as: JSON.self))
        try await log.read { $0.known == ["devices/usb/1-1"] }

        for number in 1...200 { try testbed.add("usb", "4-\(number)") }
        try await log.read { $0.known.count == 201 }
        #expect(log.adds.count == 201 && log.adds.values.allSatisfy { $0 == 1 })
        #expect(log.adds.keys.allSatisfy { $0.hasPrefix("devices/usb/4-") || $0 == "devices/usb/1-1" })

        for number in 1...200 { try testbed.remove("usb", "4-\(number)") }
        try await log.read { $0.known == ["devices/usb/1-1"] }
        #expect(log.adds.values.allSatisfy { $0 == 1 } && log.removes.count == 200)
        #expect(log.removes.values.allSatisfy { $0 == 1 } && log.changes == 0)
        #expect(try await peer.get(.path("devices/event")).first?.value?["action"] == "remove")
        try await end(agent, bus)
    }

    @Test("a burst that begins before the agent looks is seen whole too")
    func burstAtStart() async throws {
        let (testbed, bus) = (try Testbed(), try await TestBus())
        let peer = try await bus.peer()
        var log = FetchedEvents(try await peer.fetch(.path(startsWith: "devices/usb/"), as: JSON.self))
        let agent = try testbed.agent(on: bus)
        for number in 1...200 { try testbed.add("usb", "4-\(number)") }
        try await log.read { $0.known.count == 200 }
        try testbed.add("usb", "9-9")
        try await log.read { $0.known.count == 201 }
        #expect(log.adds.values.allSatisfy { $0 == 1 } && log.removes.isEmpty)
        try await end(agent, bus)
    }

    @Test("what is changed is changed, and serial numbers are nobody's business unless the admin says so")
    func change() async throws {
        let cases: [(String, JSON?)] = [("", nil), ("[devices]\nserial-numbers = true\n", "0815")]
        for (configuration, serial) in cases {
            let (testbed, bus) = (try Testbed(), try await TestBus())
            let agent = try testbed.agent(on: bus, configuration: configuration)
            let peer = try await bus.peer()
            var log = FetchedEvents(try await peer.fetch(.path(startsWith: "devices/usb/"), as: JSON.self))
            try testbed.add("usb", "1-2", ["ID_MODEL": "Stick", "ID_SERIAL": "0815", "DEVTYPE": "usb_device"])
            try await log.read { $0.known.count == 1 }
            try testbed.change("usb", "1-2", ["ID_MODEL": "Other"])
            try await log.read { $0.last?["properties"]?["ID_MODEL"] == "Other" }
            #expect(log.last?["properties"]?["ID_SERIAL"] == serial)
            #expect(log.last?["syspath"] == "/sys/devices/1-2")
            try await end(agent, bus)
        }
    }

    @Test("an LED comes with its methods, is set, tells what others did, and goes with its methods")
    func led() async throws {
        let (testbed, bus) = (try Testbed(), try await TestBus(granting: ["operator"]))
        let agent = try testbed.agent(on: bus)
        let peer = try await bus.peer()
        var log = FetchedEvents(try await peer.fetch(.path(startsWith: "led/"), as: JSON.self))
        try testbed.add(
            "leds", ":green:status", attributes: ["brightness": "0", "max_brightness": "10", "trigger": "none"])
        try testbed.add(
            "leds", "input7::capslock", attributes: ["brightness": "0", "max_brightness": "1", "trigger": "none"])
        let path = "led/:green:status"
        try await log.read { $0.known == [path, path + "/blink", path + "/identify", path + "/toggle"] }

        #expect(try await peer.set(path, to: ["percent": 30] as JSON, valueAsResult: true)["brightness"] == 3)
        #expect(try testbed.read("leds", ":green:status", "brightness") == "3")
        try await log.read { $0.last?["brightness"] == 3 }
        await #expect(throws: JetError.self) { try await peer.set(path, to: 11) }

        testbed.write("leds", ":green:status", "brightness", "7")
        try await log.read { $0.last?["brightness"] == 7 }

        let off: JSON = try await peer.call(path + "/toggle")
        #expect(off["brightness"] == 0)
        try testbed.remove("leds", ":green:status")
        try await log.read { $0.known.isEmpty }
        try await end(agent, bus)
    }

    private func end(_ agent: ChildProcess, _ bus: TestBus) async throws {
        agent.send(15)
        #expect(try await agent.end() == 0, "\(agent.text(.error))")
        await bus.stop()
    }
}

/// What a fetch has told so far.
private struct FetchedEvents {
    private(set) var known: Set<String> = []
    private(set) var adds: [String: Int] = [:]
    private(set) var removes: [String: Int] = [:]
    private(set) var changes = 0
    /// The last value of a state.
    private(set) var last: JSON?
    private var events: Fetcher<JSON>.AsyncIterator

    init(_ fetcher: Fetcher<JSON>) { events = fetcher.makeAsyncIterator() }

    /// Reads on until what is known is as wanted.
    mutating func read(until isDone: (FetchedEvents) -> Bool) async throws {
        while !isDone(self) {
            let event = try #require(try await events.next())
            switch event.kind {
            case .add:
                known.insert(event.path)
                adds[event.path, default: 0] += 1
            case .remove:
                known.remove(event.path)
                removes[event.path, default: 0] += 1
            case .change: changes += 1
            }
            if let value = event.value { last = value }
        }
    }
}
