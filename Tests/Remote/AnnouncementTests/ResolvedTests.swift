import Systemd
import Testing

@testable import Announcement

@Suite("Announcing over systemd-resolved", .timeLimit(.minutes(1)))
struct ResolvedTests {
    /// A resolved that answers multicast DNS, and calls the host `shed`.
    ///
    /// - Parameter scopes: The scopes in which it answers on each link.
    static func resolved(_ setting: String = "yes", scopes: UInt64 = 0b11001) -> FakeResponder {
        let bus = FakeResponder(running: "org.freedesktop.resolve1")
        bus.answer("Get") { (call) throws(DBusError) in
            switch call.arguments[1].string {
            case "MulticastDNS": [.variant(.string(setting))]
            case "ScopesMask": [.variant(.uint64(scopes))]
            default: [.variant(.string("Shed"))]
            }
        }
        bus.answer("GetLink", .objectPath("/org/freedesktop/resolve1/link/_31"))
        bus.answer("RegisterService", .objectPath("/org/freedesktop/resolve1/dnssd/jet"))
        bus.answer("UnregisterService")
        return bus
    }

    @Test func `The service is registered, and unregistered at the end`() async throws {
        let (bus, machine) = (Self.resolved(), try Machine())
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.status == "announced as shed on shed.local by systemd-resolved" }
            try await machine.wait { machine.lines("name") == ["shed.local"] }
        }
        let call = try #require(bus.calls("RegisterService").first)
        #expect(call.arguments.map(\.signature).joined() == "sssqqqaa{say}")
        #expect(call.arguments[1].string == "shed")
        let text = call.arguments[6].array?.first?.dictionary ?? [:]
        #expect(text["txtvers"]?.bytes == Array("1".utf8))
        #expect(text["fp"]?.bytes == Array("\(Machine.fingerprint)".utf8))
        // Once for what a former process may have left, and once at the end.
        #expect(bus.calls("UnregisterService").count == 2)
    }

    @Test func `A name that is taken gets a number`() async throws {
        let (bus, machine) = (Self.resolved(), try Machine())
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("RegisterService")
            bus.emit(
                "org.freedesktop.resolve1.DnssdService", "Conflicted", path: "/org/freedesktop/resolve1/dnssd/jet")
            await bus.waitForCalls("RegisterService", 2)
            try await machine.wait { machine.status == "announced as shed #2 on shed.local by systemd-resolved" }
        }
    }

    @Test func `Without multicast DNS nothing is registered, and the status says what to set`() async throws {
        let (bus, machine) = (Self.resolved("resolve"), try Machine())
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.status.contains("MulticastDNS= in resolved.conf(5)") }
        }
        #expect(bus.calls("RegisterService").isEmpty)
    }

    @Test func `If no link answers multicast DNS nothing is registered, and the status says so`() async throws {
        let (bus, machine) = (Self.resolved(scopes: 0b111), try Machine())
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.status.contains("on all links that are up") }
        }
        #expect(bus.calls("RegisterService").isEmpty)
    }

    @Test func `Avahi is preferred if both run`() async throws {
        let (bus, machine) = (Self.resolved(), try Machine())
        bus.set("org.freedesktop.Avahi", isRunning: true)
        bus.answer("GetState", .int32(1))
        try await machine.announcing(on: bus) { _ in await bus.waitForCalls("GetState") }
        #expect(bus.calls("RegisterService").isEmpty)
    }

    @Test func `Without a bus the names are written all the same`() async throws {
        let machine = try Machine()
        let bus = SystemBus(address: "unix:path=/nonexistent/bus")
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.lines("names") == ["shed", "192.168.7.4"] }
            try await machine.wait { machine.status.hasPrefix("not announced: ") }
        }
    }
}
