import Moments
import JSONText
import Jet
import Synchronization
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// The host's clock and where it is.
@Suite(.timeLimit(.minutes(1)))
struct ClockTests {
    private let tree: Tree
    private let bus = FakeBus()
    private let clock = FakeClock()
    private static let service = "org.freedesktop.timedate1"
    private static let path = "/org/freedesktop/timedate1"

    init() throws {
        tree = try Tree(
            manifest: """
                etc/localtime -> ../usr/share/zoneinfo/Europe/Berlin
                usr/share/zoneinfo/Europe/Berlin = TZif2
                usr/share/zoneinfo/Asia/Tokyo = TZif2
                usr/share/zoneinfo/zone.tab = no zone
                """)
        bus.set(Self.service, Self.path, ["NTP": .boolean(true), "LocalRTC": .boolean(false)])
    }

    @Test("zone and clock are told, and do not tick")
    func rest() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        #expect(running.reading("system/timezone")?.value == "Europe/Berlin")
        #expect(running.reading("system/timezone")?.role == .settable)
        #expect(
            running.reading("system/time")?.value == [
                "synchronized": false, "ntp": true, "rtcInLocalTimeZone": false, "setAt": nil, "movedBy": nil,
            ])
    }

    @Test("that the clock has become right is told")
    func synchronized() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        clock.synchronize()
        try await running.until("it is told") { $0.reading("system/time")?.value["synchronized"] == true }
    }

    @Test("a jump of the clock is told with its time and its width")
    func jump() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        clock.jump(bySeconds: -90)
        try await running.until("it is told") { $0.reading("system/time")?.value["movedBy"] == -90 }
        #expect(running.reading("system/time")?.value["setAt"] == "2026-11-21T07:58:30Z")
    }

    @Test("a jump of nothing, as after a suspend, is none")
    func noJump() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        clock.jump(bySeconds: 0)
        clock.synchronize()
        try await running.until("something is told") { $0.reading("system/time")?.value["synchronized"] == true }
        #expect(running.reading("system/time")?.value["setAt"] == .null)
    }

    @Test("what timedated is told by others is followed")
    func others() async throws {
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        bus.set(Self.service, Self.path, ["NTP": .boolean(false)])
        try await running.until("it is told") { $0.reading("system/time")?.value["ntp"] == false }
        tree.remove("etc/localtime")
        tree.link("etc/localtime", to: "/usr/share/zoneinfo/Asia/Tokyo")
        try await running.until("it is told") { $0.reading("system/timezone")?.value == "Asia/Tokyo" }
    }

    @Test("a zone of this host can be set")
    func set() async throws {
        let root = tree.root
        bus.answer("SetTimezone") { call in
            relink(root + "/etc/localtime", "/usr/share/zoneinfo/" + (call.arguments[0].string ?? ""))
            return []
        }
        let decision = try await provider().controls.set(
            "system/timezone", SetRequest(value: "Asia/Tokyo", current: "Europe/Berlin"))
        #expect(decision == .adjust("Asia/Tokyo"))
    }

    @Test(
        "another is refused before anybody is asked",
        arguments: [
            "Mars/Olympus", "zone.tab", "", "../../etc/passwd", "Europe//Berlin", "/etc/localtime", "Europe", 7,
        ] as [JSON])
    func unknown(zone: JSON) async throws {
        let error = await #expect(throws: JetError.self) {
            try await provider().controls.set("system/timezone", SetRequest(value: zone, current: "UTC"))
        }
        #expect(error?.data?["field"] == "timezone")
        #expect(bus.calls.isEmpty)
    }

    @Test("without timedated there are zone and clock all the same, only to look at")
    func absent() async throws {
        bus.setAbsent(Self.service)
        let running = RunningProvider(provider())
        try await running.until("it is there") { $0.count > 0 }
        #expect(running.reading("system/timezone")?.role == .shown)
        #expect(
            running.reading("system/time")?.value == ["synchronized": false, "setAt": nil, "movedBy": nil])
    }

    @Test("a copied localtime has the name that Debian's file says; without one it is UTC")
    func files() throws {
        tree.remove("etc/localtime")
        #expect(TimeZoneName.current(Host(tree)) == "UTC")
        tree.write("etc/localtime", "TZif2")
        #expect(TimeZoneName.current(Host(tree)) == nil)
        tree.write("etc/timezone", "Asia/Tokyo\n")
        #expect(TimeZoneName.current(Host(tree)) == "Asia/Tokyo")
    }

    @Test("the kernel's clock tells of its error, and can be waited on")
    func kernel() async throws {
        let clock = KernelClock()
        #expect(clock.isSynchronized != nil)
        #expect(clock.lead > 0)
        let waiting = Task { try await clock.followJumps {} }
        waiting.cancel()
        try await waiting.value
    }

    private func provider() -> ClockProvider { ClockProvider(.test(tree, bus), clock: clock, timer: ContinuousClock()) }
}

/// A clock that the test sets.
private final class FakeClock: WallClock {
    private let state = Mutex((isSynchronized: false, lead: Int64(1_000_000_000)))
    private let jumps: AsyncStream<Void>
    private let jumped: AsyncStream<Void>.Continuation

    init() { (jumps, jumped) = AsyncStream.makeStream() }

    var isSynchronized: Bool? { state.withLock { $0.isSynchronized } }
    var lead: Int64 { state.withLock { $0.lead } }
    var now: Moment {
        Moment(microseconds: UInt64(1_795_248_000_000_000 + (lead - 1_000_000_000) / 1000))
    }

    func followJumps(_ jumped: @Sendable () -> Void) async throws { for await _ in jumps { jumped() } }

    func synchronize() { state.withLock { $0.isSynchronized = true } }

    func jump(bySeconds seconds: Int64) {
        state.withLock { $0.lead += seconds * 1_000_000_000 }
        jumped.yield()
    }
}
