@testable import AgentCore
import Providers
import JSONText
import Jet
import JetProtocol
import Testing

/// What others do to the host over a real bus, with a real daemon.
@Suite(.timeLimit(.minutes(1)))
struct ControlTests {
    @Test("who is in the group sets a state: what it became is the result, and is told once")
    func set() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let lamp = Lamp()
        let lamps = ReportedLamps(PeerPublisher(try await bus.peer(), logger: MemoryLog().logger))
        await lamps.report(0, lamp)
        let user = try await bus.peer()
        let fetcher = try await user.fetch(.path("lamp"), as: Int.self)
        #expect(try await user.set("lamp", to: 300, valueAsResult: true) == 255)
        // The provider's own report of what it became tells nothing new.
        await lamps.report(255, lamp)
        await lamps.report(7, lamp)
        var heard: [Int?] = []
        for try await event in fetcher {
            heard.append(event.value)
            if event.value == 7 { break }
        }
        #expect(heard == [0, 255, 7])
        await bus.stop()
    }

    @Test("a report that is quicker than the set's own answer is told once, too")
    func quickReport() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let lamps = ReportedLamps(PeerPublisher(try await bus.peer(), logger: MemoryLog().logger))
        let lamp = QuickLamp(lamps: lamps)
        await lamps.report(0, lamp)
        let user = try await bus.peer()
        let fetcher = try await user.fetch(.path("lamp"), as: Int.self)
        #expect(try await user.set("lamp", to: 9, valueAsResult: true) == 9)
        await lamps.report(10, lamp)
        var heard: [Int?] = []
        for try await event in fetcher {
            heard.append(event.value)
            if event.value == 10 { break }
        }
        #expect(heard == [0, 9, 10])
        await bus.stop()
    }

    @Test("who is not in the group can see what there is, but not change it")
    func outsider() async throws {
        let bus = try await TestBus(granting: ["audience"])
        let lamp = Lamp()
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        let controller = Controller(lamp, group: "operator")
        _ = await publisher.publish([.add(Lamp.reading(0)), .add(Lamp.off)], controller: controller)
        let user = try await bus.peer()
        #expect(try await user.get(.path("lamp")).map(\.isFetchOnly) == [true])
        await #expect(throws: JetError.self) { try await user.set("lamp", to: 1) }
        await #expect(throws: JetError.self) { try await user.call("lamp/off") }
        await bus.stop()
    }

    @Test("a method answers with its result, and goes when it is removed")
    func method() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        let controller = Controller(Lamp(), group: "operator")
        #expect(await publisher.publish([.add(Lamp.off)], controller: controller).isEmpty)
        let user = try await bus.peer()
        let result: JSON = try await user.call("lamp/off", JSON.array([3]))
        #expect(result == ["off": [3]])
        _ = await publisher.publish([.remove(path: "lamp/off")], controller: controller)
        #expect(try await user.get(.path("lamp/off")).isEmpty)
        await bus.stop()
    }

    @Test("a refusal reaches the caller with the field that is wrong, and the log says who asked for what")
    func refusal() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let log = MemoryLog()
        let publisher = PeerPublisher(try await bus.peer(), logger: log.logger)
        _ = await publisher.publish([.add(Lamp.reading(0))], controller: Controller(Lamp(), group: "operator"))
        let user = try await bus.peer()
        await #expect {
            try await user.set("lamp", to: -1)
        } throws: {
            let error = $0 as? JetError
            return error?.message == "'brightness' must be from 0 to 255."
                && error?.data?["field"] == "brightness"
        }
        #expect(log.said.contains("notice not set"))
        await bus.stop()
    }

    @Test("the log shows what was asked for, but no secrets")
    func secret() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let log = MemoryLog()
        let publisher = PeerPublisher(try await bus.peer(), logger: log.logger)
        _ = await publisher.publish([.add(Lamp.off)], controller: Controller(Lamp(), group: "operator"))
        let user = try await bus.peer()
        let _: JSON = try await user.call("lamp/off", ["pin": 1234] as JSON)
        let _: JSON = try await user.call("lamp/off", ["after": 5] as JSON)
        #expect(log.metadata.compactMap { $0["value"] } == [#""not shown""#, #"{"after":5}"#])
        await bus.stop()
    }

    @Test("a set that begins something longer answers with what the caller needs to go on, and changes nothing yet")
    func answered() async throws {
        let bus = try await TestBus(granting: ["operator"])
        let publisher = PeerPublisher(try await bus.peer(), logger: MemoryLog().logger)
        _ = await publisher.publish([.add(Lamp.reading(5))], controller: Controller(Lamp(), group: "operator"))
        let user = try await bus.peer()
        #expect(try await user.set("lamp", to: 42) == ["job": 1])
        #expect(try await user.get(.path("lamp")).map(\.value) == [5])
        await bus.stop()
    }
}

/// A lamp that shines with 255 at most, refuses what is below zero, and takes its time to become 42.
private struct Lamp: Controls {
    static let off = Reading.method("lamp/off", Metadata(title: "Lamp off"))

    static func reading(_ value: Int) -> Reading {
        Reading("lamp", .number(value), Metadata(title: "Lamp", datatype: .integer, format: "0:255:1")).settable()
    }

    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        let value = request.value.int ?? -1
        if value < 0 { throw JetError.wrong("brightness", "must be from 0 to 255") }
        if value == 42 { return .answer(["job": 1]) }
        return .adjust(.number(min(255, value)))
    }

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON { ["off": request.arguments] }

    func loggable(_ argument: JSON, at path: String) -> JSON { argument == ["pin": 1234] ? "not shown" : argument }
}

/// A lamp on the bus by way of the board, as the agent publishes what a provider reports.
private final class ReportedLamps: Sendable {
    private let board = SharedBoard()
    private let publisher: PeerPublisher

    init(_ publisher: PeerPublisher) { self.publisher = publisher }

    /// The provider reports how bright the lamp is.
    func report(_ brightness: Int, _ controls: any Controls) async {
        let run = ProviderRun(LampProvider(), clock: ContinuousClock(), logger: MemoryLog().logger)
        let controller = Controller(LaneControls(controls, of: run, on: board), group: "operator")
        let steps = board.apply([Lamp.reading(brightness)], of: run.name).publications
        if !steps.isEmpty { _ = await publisher.publish(steps, controller: controller) }
    }

    private struct LampProvider: Provider {
        let name = "lamps"
        mutating func readings() -> [Reading] { [] }
    }
}

/// A lamp whose provider reports what became of a set before the set is answered.
private struct QuickLamp: Controls {
    let lamps: ReportedLamps

    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        await lamps.report(request.value.int ?? 0, self)
        return .adjust(request.value)
    }
}
