import Digests
import Systemd
import Testing

@testable import Announcement

@Suite("Announcing over Avahi", .timeLimit(.minutes(1)))
struct AvahiTests {
    /// Avahi's numbers.
    private static let (registering, running, collision) = (DBusValue.int32(1), DBusValue.int32(2), DBusValue.int32(3))
    private static let (established, taken) = (DBusValue.int32(2), DBusValue.int32(3))

    /// An Avahi that runs, and calls the host `shed.local`.
    private static func avahi() -> FakeResponder {
        let bus = FakeResponder(running: "org.freedesktop.Avahi")
        bus.answer("GetState", running)
        bus.answer("GetHostNameFqdn", .string("shed.local"))
        bus.answer("EntryGroupNew", .objectPath("/Client1/EntryGroup1"))
        bus.answer("AddService")
        bus.answer("GetAlternativeServiceName") { (call) throws(DBusError) in
            [.string((call.arguments[0].string ?? "") + " #2")]
        }
        return bus
    }

    private static func establish(_ bus: FakeResponder) {
        bus.emit(
            "org.freedesktop.Avahi.EntryGroup", "StateChanged", path: "/Client1/EntryGroup1", established, .string(""))
    }

    private static func text(_ call: MethodCall) -> [String] {
        (call.arguments[8].array ?? []).map { String(decoding: $0.bytes ?? [], as: UTF8.self) }
    }

    @Test func `The service has the host's name, the port and the fingerprint`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("Commit")
            Self.establish(bus)
            try await machine.wait { machine.status == "announced as shed on shed.local by Avahi" }
        }
        let call = try #require(bus.calls("AddService").first)
        #expect(call.arguments[3...6].map(\.string) == ["shed", "_jet._tcp", "", ""])
        #expect(call.arguments[7].int == 11124)
        #expect(Self.text(call) == ["txtvers=1", "fp=\(Machine.fingerprint)"])
        #expect(call.arguments.map(\.signature).joined() == "iiussssqaay")
    }

    @Test func `At the end the service is withdrawn`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in await bus.waitForCalls("Commit") }
        #expect(bus.calls("Free").map(\.path) == ["/Client1/EntryGroup1"])
    }

    @Test func `The published name is written first, then all names and addresses`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.lines("names") == ["shed", "shed.local", "192.168.7.4"] }
            #expect(machine.lines("name") == ["shed.local"])
        }
    }

    @Test func `A host name that is taken is followed, and the service is registered again`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("Commit")
            bus.emit("org.freedesktop.Avahi.Server", "StateChanged", Self.collision, .string(""))
            await bus.waitForCalls("Reset")
            bus.answer("GetHostNameFqdn", .string("shed-2.local"))
            bus.emit("org.freedesktop.Avahi.Server", "StateChanged", Self.running, .string(""))
            await bus.waitForCalls("AddService", 2)
            Self.establish(bus)
            try await machine.wait { machine.lines("name") == ["shed-2.local"] }
            try await machine.wait { machine.status == "announced as shed on shed-2.local by Avahi" }
        }
    }

    @Test func `A service name that is taken is replaced by the one that Avahi proposes`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("Commit")
            bus.emit(
                "org.freedesktop.Avahi.EntryGroup", "StateChanged", path: "/Client1/EntryGroup1", Self.taken,
                .string(""))
            await bus.waitForCalls("AddService", 2)
            Self.establish(bus)
            try await machine.wait { machine.status == "announced as shed #2 on shed.local by Avahi" }
        }
        #expect(bus.calls("AddService").map { $0.arguments[3].string } == ["shed", "shed #2"])
    }

    @Test func `A name that another service of this machine has is replaced, too`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        bus.answer("AddService") { (call) throws(DBusError) in
            if call.arguments[3].string == "shed" {
                throw DBusError(name: "org.freedesktop.Avahi.CollisionError", message: "Local name collision")
            }
            return []
        }
        try await machine.announcing(on: bus) { _ in await bus.waitForCalls("Commit") }
        #expect(bus.calls("AddService").map { $0.arguments[3].string } == ["shed", "shed #2"])
    }

    @Test func `A restart of Avahi, and one of the bus, are followed`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("AddService")
            bus.set("org.freedesktop.Avahi", isRunning: false)
            try await machine.wait { machine.status == "not announced: neither Avahi nor systemd-resolved runs" }
            try await machine.wait { machine.lines("name").isEmpty }
            await bus.waitForListener { $0.argument0 == "org.freedesktop.resolve1" }
            bus.set("org.freedesktop.Avahi", isRunning: true)
            await bus.waitForCalls("AddService", 2)
            bus.disconnect()
            await bus.waitForCalls("AddService", 3)
        }
    }

    @Test func `A new host name and a new certificate are announced`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { announcer in
            await bus.waitForCalls("AddService")
            machine.rename("barn.example.com")
            announcer.check()
            await bus.waitForCalls("AddService", 2)
            machine.certify(nil)
            announcer.check()
            await bus.waitForCalls("AddService", 3)
        }
        #expect(bus.calls("AddService").map { $0.arguments[3].string } == ["shed", "barn", "barn"])
        #expect(bus.calls("AddService").map(Self.text).last == ["txtvers=1"])
        #expect(bus.calls("Free").count == 3)
    }

    @Test func `New addresses are written`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { announcer in
            try await machine.wait { machine.lines("names").contains("192.168.7.4") }
            machine.move(to: ["10.0.0.9", "fd00::9"])
            announcer.check()
            try await machine.wait { machine.lines("names") == ["shed", "shed.local", "10.0.0.9", "fd00::9"] }
        }
    }

    @Test(arguments: ["shed\n[x].local", "sh ed.local", "", "-.local"])
    func `A published name that is not a host name is not written`(name: String) async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        bus.answer("GetHostNameFqdn", .string(name))
        try await machine.announcing(on: bus) { _ in
            await bus.waitForCalls("Commit")
            Self.establish(bus)
            try await machine.wait { machine.status == "announced as shed on this host by Avahi" }
            try await machine.wait { machine.lines("names") == ["shed", "192.168.7.4"] }
            #expect(machine.lines("name").isEmpty)
        }
    }

    @Test func `Devices that take every name are not competed with without end`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        bus.answer("AddService") { (_) throws(DBusError) in
            throw DBusError(name: "org.freedesktop.Avahi.CollisionError", message: "Local name collision")
        }
        try await machine.announcing(on: bus) { _ in
            try await machine.wait { machine.status.contains("names were taken by other devices") }
        }
    }

    @Test func `After a failure nothing is tried until the time to retry, or another name`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        bus.answer("AddService") { (_) throws(DBusError) in throw DBusError(message: "not today") }
        try await machine.announcing(on: bus, retry: .seconds(3600)) { announcer in
            try await machine.wait { machine.status == "not announced: not today" }
            for _ in 0..<100 { announcer.check() }
            machine.rename("barn")
            announcer.check()
            await bus.waitForCalls("AddService", 2)
        }
        #expect(bus.calls("AddService").map { $0.arguments[3].string } == ["shed", "barn"])
    }

    @Test func `Without the facts of the kernel the former name stays`() async throws {
        let (bus, machine) = (Self.avahi(), try Machine())
        try await machine.announcing(on: bus) { announcer in
            await bus.waitForCalls("Commit")
            machine.isBlind = true
            announcer.check()
            Self.establish(bus)
            try await machine.wait { machine.status == "announced as shed on shed.local by Avahi" }
        }
        #expect(bus.calls("AddService").count == 1)
    }
}
