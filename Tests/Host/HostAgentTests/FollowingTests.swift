import Synchronization
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// Looking at a service again whenever there is a reason to.
@Suite(.timeLimit(.minutes(1)))
struct FollowingTests {
    private let bus = FakeBus()
    private let tick = Signal(path: "/", interface: "com.example.Clock", member: "Tick")

    @Test("signals that come while somebody looks are one reason to look again")
    func coalescing() async throws {
        let looks = Mutex(0)
        let following = Following(bus: bus, matches: [SignalMatch(member: "Tick")])
        await #expect(throws: DBusError.disconnected) {
            try await following.run { _ in
                let count = looks.withLock { looks in
                    looks += 1
                    return looks
                }
                if count == 1 {
                    for _ in 0..<100 { bus.emit(tick) }
                } else {
                    bus.disconnect()
                }
            }
        }
        // The hundred may arrive in two parts: those before the second look, and those after it.
        #expect((2...3).contains(looks.withLock { $0 }))
    }

    @Test("something that was done is a reason too")
    func nudge() async throws {
        let nudge = Nudge()
        var looks = 0
        let following = Following(bus: bus, matches: [SignalMatch(member: "Tick")], nudge: nudge)
        await #expect(throws: DBusError.disconnected) {
            try await following.run { _ in
                looks += 1
                if looks == 1 { nudge() } else { bus.disconnect() }
            }
        }
        #expect(looks >= 2)
    }

    @Test("time is a reason to look only at what is cheap")
    func ticks() async throws {
        var occasions: [Following.Occasion] = []
        let following = Following(
            bus: bus, matches: [SignalMatch(member: "Tick")], hasTicks: true, interval: .milliseconds(1))
        await #expect(throws: DBusError.disconnected) {
            try await following.run { occasion in
                occasions.append(occasion)
                if occasions.count == 3 { bus.disconnect() }
            }
        }
        #expect(occasions.prefix(3) == [.change, .tick, .tick])
    }

    @Test("a bus that is optional is looked for again after a rest; meanwhile the rest is looked at")
    func optional() async throws {
        bus.disconnect()
        let clock = VirtualClock()
        var looks = 0
        let following = Following(
            bus: bus, matches: [SignalMatch(member: "Tick")], clock: clock, isBusOptional: true)
        let task = Task { [bus] in
            while bus.listeners == 0 { await Task.yield() }
        }
        await #expect(throws: CancellationError.self) {
            try await following.run { _ in
                looks += 1
                switch looks {
                case 2: bus.connect()
                case 3:
                    await task.value
                    throw CancellationError()
                default: break
                }
            }
        }
        #expect(clock.sleeps.prefix(2) == [Following.busDelay, Following.busDelay])
    }

    @Test("a look that fails ends it")
    func failure() async throws {
        let following = Following(bus: bus, matches: [SignalMatch(member: "Tick")])
        await #expect(throws: DBusError.timeout) { try await following.run { _ in throw DBusError.timeout } }
    }
}
