import Digests
import Systemd
import Testing

@testable import Announcement

@Suite("Discovering devices", .timeLimit(.minutes(1)))
struct DiscoveryTests {
    private static let fingerprint = Fingerprint(ofKey: Array("a key".utf8))

    private static func entry(_ text: String) -> DBusValue { .array(element: "y", text.utf8.map(DBusValue.byte)) }

    private static func texts(_ texts: [String]) -> DBusValue { .array(element: "ay", texts.map(entry)) }

    /// An Avahi that finds these instances on the loopback link, by IPv4 and IPv6.
    private static func avahi(_ names: [String], _ resolve: @escaping FakeResponder.Answer) -> FakeResponder {
        let bus = FakeResponder(running: "org.freedesktop.Avahi")
        bus.answer("ServiceBrowserNew") { (_) throws(DBusError) in
            for name in names {
                for family: Int32 in [0, 1] {
                    bus.emit(
                        "org.freedesktop.Avahi.ServiceBrowser", "ItemNew", path: "/browser", .int32(1), .int32(family),
                        .string(name), .string("_jet._tcp"), .string("local"), .uint32(0))
                }
            }
            // The end of the browser, so that no test waits.
            bus.disconnect()
            return [.objectPath("/browser")]
        }
        bus.answer("ResolveService", resolve)
        return bus
    }

    private static func answer(
        _ call: MethodCall, host: String, port: UInt16 = 11124, text: [String]
    ) -> [DBusValue] {
        let isFour = call.arguments[1].int == 0
        return [
            call.arguments[0], call.arguments[1], call.arguments[2], call.arguments[3], call.arguments[4],
            .string(host), call.arguments[1], .string(isFour ? "192.168.7.4" : "fe80::7"), .uint16(port), texts(text),
            .uint32(0),
        ]
    }

    @Test func `Over Avahi a device is found once, with all its addresses`() async throws {
        let bus = Self.avahi(["shed"]) { (call) throws(DBusError) in
            Self.answer(call, host: "Shed.local", text: ["txtvers=1", "fp=\(Self.fingerprint)"])
        }
        let devices = try await discover(timeout: .seconds(20), on: bus)
        #expect(
            devices == [
                DiscoveredDevice(
                    name: "shed", host: "shed.local", addresses: ["192.168.7.4", "fe80::7%lo"], port: 11124,
                    fingerprint: Self.fingerprint, text: ["txtvers": "1", "fp": "\(Self.fingerprint)"])
            ])
    }

    @Test func `What a hostile device claims is printable and bounded`() async throws {
        let bus = Self.avahi(["a\u{1B}[2Jb\u{202E}c"]) { (call) throws(DBusError) in
            Self.answer(
                call, host: "shed.local",
                text: ["fp=SHA256:nonsense", "x=\u{1B}]0;owned\u{7}", "=empty", "no\u{7}=x", "flag"]
                    + [String(repeating: "k", count: 100) + "=1", "long=" + String(repeating: "v", count: 100_000)]
                    + (0..<10_000).map { "key\($0)=1" })
        }
        let device = try #require(try await discover(timeout: .seconds(20), on: bus).first)
        #expect(device.name == "a[2Jbc")
        #expect(device.fingerprint == nil)
        #expect(device.text["x"] == "]0;owned")
        #expect(device.text["flag"] == "")
        #expect(device.text["long"]?.count == 200)
        #expect(device.text.count <= 16)
        #expect(!device.text.keys.contains { $0.count > 32 || $0.isEmpty || $0.contains("\u{7}") })
    }

    @Test(arguments: [("shed local", 11124), ("", 11124), ("-x.local", 11124), ("shed.local", 0)])
    func `A device without a valid host or port is left out`(host: String, port: UInt16) async throws {
        let bus = Self.avahi(["shed"]) { (call) throws(DBusError) in
            Self.answer(call, host: host, port: port, text: [])
        }
        #expect(try await discover(timeout: .seconds(20), on: bus).isEmpty)
    }

    @Test func `No more than 256 devices are kept`() async throws {
        let found = DiscoveredDevices()
        for number in 0..<1000 {
            await found.add(name: "d\(number)", host: "shed.local", addresses: [], port: 1, text: [])
        }
        #expect(await found.sorted.count == 256)
    }

    /// A PTR record of `_jet._tcp.local` in the format of DNS.
    private static func record(_ instance: String) -> [UInt8] {
        func name(_ labels: [String]) -> [UInt8] { labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0] }
        let target = name([instance, "_jet", "_tcp", "local"])
        return name(["_jet", "_tcp", "local"]) + [0, 12, 0, 1, 0, 0, 0, 120, 0, UInt8(target.count)] + target
    }

    @Test func `Over systemd-resolved a device is found by its PTR record`() async throws {
        let bus = ResolvedTests.resolved()
        bus.answer("ResolveRecord") { (_) throws(DBusError) in
            let bytes = DBusValue.array(element: "y", Self.record("The shed").map(DBusValue.byte))
            return [
                .array(
                    element: "(iqqay)", [.structure([.int32(1), .uint16(1), .uint16(12), bytes])]), .uint64(0),
            ]
        }
        bus.answer("ResolveService") { (call) throws(DBusError) in
            let address = DBusValue.array(element: "y", [10, 0, 0, 4].map(DBusValue.byte))
            let service = DBusValue.structure([
                .uint16(0), .uint16(0), .uint16(11124), .string("shed.local"),
                .array(element: "(iiay)", [.structure([.int32(1), .int32(2), address])]), .string("shed.local"),
            ])
            return [
                .array(element: "(qqqsa(iiay)s)", [service]), Self.texts(["fp=\(Self.fingerprint)"]), call.arguments[1],
                call.arguments[2], call.arguments[3], .uint64(0),
            ]
        }
        let device = try #require(try await discover(timeout: .seconds(20), on: bus).first)
        #expect(device.name == "The shed")
        #expect(device.addresses == ["10.0.0.4"])
        #expect(device.fingerprint == Self.fingerprint)
        #expect(
            bus.calls("ResolveService").first?.arguments.map(\.signature).joined() == "isssit")
    }

    @Test func `No answer over systemd-resolved means no devices`() async throws {
        let bus = ResolvedTests.resolved()
        bus.answer("ResolveRecord") { (_) throws(DBusError) in
            throw DBusError(name: "org.freedesktop.resolve1.QueryTimedOut", message: "Query timed out")
        }
        #expect(try await discover(timeout: .seconds(20), on: bus).isEmpty)
    }

    @Test func `Without a responder an error says what to install`() async throws {
        let error = await #expect(throws: DiscoveryError.self) {
            try await discover(timeout: .seconds(1), on: FakeResponder())
        }
        #expect(error?.description.contains("apt install avahi-daemon") == true)
    }

    @Test func `A record that is cut short or nonsense has no name`() {
        let whole = Self.record("shed")
        #expect(PointerRecord.instance(in: whole) == "shed")
        for length in 0..<whole.count { _ = PointerRecord.instance(in: Array(whole.prefix(length))) }
        #expect(PointerRecord.instance(in: [0xC0, 12, 0, 12]) == nil)
        #expect(PointerRecord.instance(in: []) == nil)
    }
}
