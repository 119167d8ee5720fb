import JSONText
import Jet
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

/// What the host is called, and calling it something else.
@Suite(.timeLimit(.minutes(1)))
struct HostnameTests {
    private let tree: Tree
    private let bus = FakeBus()
    private static let service = "org.freedesktop.hostname1"
    private static let path = "/org/freedesktop/hostname1"
    private static let file = "proc/sys/kernel/hostname"

    init() throws {
        tree = try Tree()
        tree.write(Self.file, "lamp\n")
        bus.set(Self.service, Self.path, ["StaticHostname": .string("lamp")])
    }

    @Test("a name that is set is hostnamed's to set, and the kernel's to tell")
    func set() async throws {
        let file = tree.path(Self.file)
        bus.answer("SetStaticHostname") { _ in
            overwrite(file, "door\n")
            return []
        }
        let provider = HostnameProvider(.test(tree, bus))
        let running = RunningProvider(provider)
        try await running.until("it can be set") { $0.reading("system/hostname")?.role == .settable }
        let decision = try await provider.controls.set(
            "system/hostname", SetRequest(value: "door", current: "lamp"))
        #expect(decision == .adjust("door"))
        #expect(bus.calls.map(\.arguments) == [[.string("door"), .boolean(false)]])
        try await running.until("it is told") { $0.reading("system/hostname")?.value == "door" }
    }

    @Test("a name that others give is followed, whether hostnamed tells or not")
    func others() async throws {
        let running = RunningProvider(HostnameProvider(.test(tree, bus)))
        try await running.until("it is there") { $0.reading("system/hostname")?.value == "lamp" }
        overwrite(tree.path(Self.file), "gate\n")
        try await running.until("it is followed") { $0.reading("system/hostname")?.value == "gate" }
        let count = running.count
        bus.set(Self.service, Self.path, ["StaticHostname": .string("gate")])
        try await running.until("it is looked at") { $0.count > count }
    }

    @Test("without hostnamed, and without a bus, there is a name all the same: one that cannot be set")
    func absent() async throws {
        bus.setAbsent(Self.service)
        let running = RunningProvider(HostnameProvider(.test(tree, bus)))
        try await running.until("it is there") { $0.reading("system/hostname")?.role == .shown }
        bus.disconnect()
        overwrite(tree.path(Self.file), "gate\n")
        try await running.until("it is followed") { $0.reading("system/hostname")?.value == "gate" }
        #expect(running.failure == nil)
    }

    @Test("what hostnamed refuses is refused with its words")
    func refused() async throws {
        bus.answer("SetStaticHostname") { _ throws(DBusError) in
            throw DBusError(name: "org.freedesktop.DBus.Error.Failed", message: "/etc is read-only")
        }
        let error = await #expect(throws: JetError.self) {
            try await HostnameProvider(.test(tree, bus)).controls.set(
                "system/hostname", SetRequest(value: "door", current: "lamp"))
        }
        #expect(error?.message == "It was not possible to set the host name: /etc is read-only")
    }

    @Test("names by RFC 1123 are taken", arguments: ["a", "lamp-7", "7", "door.example.org", "A"])
    func valid(name: String) { #expect(Hostname.fault(in: name) == nil) }

    @Test(
        "others are not",
        arguments: [
            "", "-a", "a-", "a b", "a_b", ".a", "a.", "a..b", "tür", "a\n", "a\0", String(repeating: "a", count: 64),
            String(repeating: "ab.", count: 22) + "a",
        ])
    func invalid(name: String) { #expect(Hostname.fault(in: name) != nil) }

    @Test("what is no text is no name")
    func noText() async throws {
        let error = await #expect(throws: JetError.self) {
            try await HostnameProvider(.test(tree, bus)).controls.set(
                "system/hostname", SetRequest(value: 7, current: "lamp"))
        }
        #expect(error?.data?["field"] == "hostname")
    }
}
