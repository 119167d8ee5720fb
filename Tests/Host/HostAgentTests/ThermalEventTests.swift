import Netlink
import CNetlink
import JSONText
import Testing
import TestSupport

@testable import AgentCore
@testable import Providers

/// What the kernel tells about thermal things, and what becomes of it.
struct ThermalEventTests {
    @Test("the request for the families is what the kernel wants, byte by byte")
    func request() {
        #expect(
            NetlinkRequest.genericFamilies.datagram(sequence: 1) == [
                // length, GENL_ID_CTRL, request and dump, number
                20, 0, 0, 0, 16, 0, 0x01, 0x03, 1, 0, 0, 0, 0, 0, 0, 0,
                3, 1, 0, 0,  // CTRL_CMD_GETFAMILY, version 1
            ])
    }

    @Test("a real kernel's thermal family is found, with its groups")
    func family() throws {
        let messages = try Fixture.capture("thermal.capture").filter { $0.name == "families" }
            .flatMap { NetlinkMessage.all(in: $0.bytes) }
        let families = messages.compactMap(GenericFamily.init)
        #expect(families.map(\.name).contains("nlctrl"))
        let thermal = try #require(families.first { $0.name == "thermal" })
        #expect(thermal.identifier == 0x13)
        #expect(thermal.groups == ["sampling": 2, "event": 3])
    }

    @Test("a real kernel tells of a trip point that is crossed, up and down")
    func captured() throws {
        let capture = try Fixture.capture("thermal.capture")
        let up = try #require(capture.first { $0.name == "up" })
        #expect(
            ThermalEvent.all(in: up.bytes, family: 0x13).map {
                [$0.kind.rawValue, "\($0.zone ?? -1)", "\($0.trip ?? -1)"]
            }
                == [["trip-up", "0", "1"]])
        #expect(ThermalEvent.all(in: up.bytes, family: 0x13).first?.celsius == 112)
        let down = try #require(capture.first { $0.name == "down" })
        #expect(ThermalEvent.all(in: down.bytes, family: 0x13).map(\.kind) == [.tripDown])
        #expect(ThermalEvent.all(in: down.bytes, family: 0x13).first?.celsius == 60)
        #expect(ThermalEvent.all(in: up.bytes, family: 0x14).isEmpty)
    }

    @Test("before the first crossing the state is there and null; without such a kernel it is not there")
    func before() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        #expect(event(&sensors) == nil)
        sensors.news.put([])
        #expect(event(&sensors) == .null)
    }

    @Test("a crossing becomes the state, with the zone's and the trip point's names, and stays")
    func crossing() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        sensors.news.put([Self.tripUp(zone: 0, trip: 1, millidegrees: 55_250)])
        let expected: JSON = [
            "event": "trip-up", "zone": "cpu-thermal",
            "trip": ["type": "active", "temperature": 55, "hysteresis": 10], "temperature": 55.25, "count": 1,
        ]
        #expect(event(&sensors) == expected)
        #expect(event(&sensors) == expected)
        sensors.news.put([Self.tripUp(zone: 0, trip: 1, millidegrees: 55_250)])
        #expect(event(&sensors)?["count"] == 2)
    }

    @Test("a crossing of an unknown zone is none; of an unknown trip point, it is one without a name")
    func unknown() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        sensors.news.put([Self.tripUp(zone: 7, trip: 1, millidegrees: 1000)])
        #expect(event(&sensors) == .null)
        sensors.news.put([Self.tripUp(zone: 0, trip: 9, millidegrees: -1500)])
        #expect(event(&sensors) == ["event": "trip-up", "zone": "cpu-thermal", "temperature": -1.5, "count": 1])
    }

    @Test("what else the kernel tells has everything looked at anew: a governor, a trip point, a mode")
    func other() throws {
        let tree = try Board.raspberryPi.tree()
        let policy = "sys/devices/virtual/thermal/thermal_zone0/policy"
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        func shown() -> JSON? { sensors.readings().first { $0.path == "thermal/zone/cpu-thermal" }?.value["policy"] }
        #expect(shown() == "step_wise")
        tree.write(policy, "user_space\n")
        #expect(shown() == "step_wise")
        sensors.news.put([Self.event(THERMAL_GENL_EVENT_TZ_GOV_CHANGE, NetlinkBuilder.attribute(2, [0, 0, 0, 0]))])
        #expect(shown() == "user_space")
    }

    @Test("lost events have everything looked at anew")
    func lost() throws {
        let tree = try Board.raspberryPi.tree()
        var sensors = SensorProvider(Host(tree), logger: MemoryLog().logger)
        _ = sensors.readings()
        tree.write("sys/devices/virtual/thermal/thermal_zone0/mode", "disabled\n")
        sensors.news.put(nil)
        #expect(sensors.readings().first { $0.path == "thermal/zone/cpu-thermal" }?.value["mode"] == "disabled")
    }

    @Test("events that nobody reads do not pile up")
    func bounded() {
        let news = SensorNews()
        for number in 0..<1000 { news.put([Self.tripUp(zone: number, trip: 0, millidegrees: 0)]) }
        let kept = news.take().events ?? []
        #expect(kept.count == 64)
        #expect(kept.last?.zone == 999)
    }

    @Test("captured messages cut short, with bytes changed at random, and noise", arguments: 1...4)
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let capture = try Fixture.capture("thermal.capture").map(\.bytes)
        for datagram in capture {
            for length in 0..<min(200, datagram.count) { digest(Array(datagram.prefix(length))) }
        }
        for _ in 0..<2_000 {
            var datagram = capture.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let end = min(96, datagram.count)
                datagram[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            digest(datagram)
        }
    }

    @Test("this machine's kernel lists its families")
    func live() throws {
        #expect(try GenericFamily.named("nlctrl")?.identifier == UInt16(GENL_ID_CTRL))
        #expect(try GenericFamily.named("no such family") == nil)
    }

    private func digest(_ datagram: [UInt8]) {
        for message in NetlinkMessage.all(in: datagram) { _ = GenericFamily(message) }
        for event in ThermalEvent.all(in: datagram, family: 0x13) { _ = event.crossing(in: [], count: 1) }
    }

    private func event(_ sensors: inout SensorProvider) -> JSON? {
        sensors.readings().first { $0.path == "thermal/event" }?.value
    }

    private static func tripUp(zone: Int, trip: Int, millidegrees: Int) -> ThermalEvent {
        func number(_ value: Int) -> [UInt8] { withUnsafeBytes(of: Int32(value)) { Array($0) } }
        return event(
            THERMAL_GENL_EVENT_TZ_TRIP_UP,
            NetlinkBuilder.attribute(Int(THERMAL_GENL_ATTR_TZ_ID.rawValue), number(zone))
                + NetlinkBuilder.attribute(Int(THERMAL_GENL_ATTR_TZ_TRIP_ID.rawValue), number(trip))
                + NetlinkBuilder.attribute(Int(THERMAL_GENL_ATTR_TZ_TEMP.rawValue), number(millidegrees)))
    }

    private static func event(_ command: thermal_genl_event, _ attributes: [UInt8]) -> ThermalEvent {
        let bytes = NetlinkBuilder.message(0x13, [UInt8(command.rawValue), 1, 0, 0] + attributes)
        guard let event = ThermalEvent.all(in: bytes, family: 0x13).first else { preconditionFailure("no event") }
        return event
    }
}
