import Files
import JSONText
import Jet
import JetProtocol
import Handover
import NetworkSettings
import Systemd
import Testing

@testable import AgentCore
@testable import Providers

@Suite("The settings of network links")
struct NetworkSettingsProviderTests {
    private static let caller = Caller(user: "alice", uid: 1000)

    /// A machine whose root program has looked at a card of networkd's and at one of NetworkManager's.
    private let tree: Tree

    init() throws {
        tree = try Tree()
        let views = [
            LinkView(link: "eth0", owner: .networkd, settings: LinkSettings(), base: LinkSettings()),
            LinkView(link: "wlan0", owner: .networkManager, settings: nil, base: nil),
        ]
        tree.write("run/jet-network/links.json", JSON.array(views.map(\.json)).description)
        tree.write("run/jet-agent/ready", "")
    }

    private func provider(_ bus: FakeBus) -> NetworkSettingsProvider {
        NetworkSettingsProvider(
            ProviderContext(host: Host(tree), bus: bus, logger: MemoryLog().logger), clock: VirtualClock())
    }

    /// Lets the root program answer a service's requests.
    private func answering(
        _ bus: FakeBus, _ answer: @escaping @Sendable (ChangeRequest) -> ChangeAnswer.Result
    ) {
        let host = Host(tree)
        let root = tree.root
        bus.answer("StartUnit") { call throws(DBusError) in
            let service = call.arguments[0].string?.split(separator: "-").last?.split(separator: ".").first ?? ""
            let path = host.file("run/jet-agent/network/\(service).json")
            guard let bytes = try? HostFile.bytes(path), let value = try? JSON(parsing: bytes),
                let request = ChangeRequest(value)
            else { return [.objectPath("/job/1")] }
            write(ChangeAnswer(id: request.id, answer(request)).json.description, root, String(service))
            return [.objectPath("/job/1")]
        }
        @Sendable func write(_ text: String, _ root: String, _ service: String) {
            TextFile.write("\(root)/run/jet-network/\(service).json", text)
        }
    }

    private func set(_ provider: NetworkSettingsProvider, _ link: String, _ value: JSON) async throws
        -> SetDecision<JSON>
    {
        let current: JSON = ["managedBy": link == "eth0" ? "networkd" : "NetworkManager"]
        return try await provider.controls.set(
            "settings/net/\(link)", SetRequest(value: value, current: current, caller: Self.caller))
    }

    @Test("are shown with who decides about the link, and can be asked to change")
    func shown() throws {
        var provider = provider(FakeBus())
        let readings = provider.readings()
        #expect(
            readings.map { "\($0.role) \($0.path)" } == [
                "shown settings/net/pending", "shown settings/net/last", "method settings/net/confirm",
                "method settings/net/rollback", "settable settings/net/eth0", "settable settings/net/wlan0",
            ])
        #expect(
            readings[4].value == [
                "mode": "dhcp", "addresses": [], "gateway": nil, "dns": [], "ipv6": "auto", "mtu": nil,
                "managedBy": "networkd",
            ])
        #expect(readings[5].value["managedBy"] == "NetworkManager")
    }

    @Test("are confirmed with a token that stands in no log, however it is given")
    func secret() throws {
        let controls = provider(FakeBus()).controls
        let confirmations: [JSON] = [["token": "s3cret"], ["s3cret"], "s3cret"]
        for argument in confirmations {
            #expect(!controls.loggable(argument, at: "settings/net/confirm").description.contains("s3cret"))
        }
        #expect(controls.loggable(["mtu": 1400], at: "settings/net/eth0") == ["mtu": 1400])
    }

    @Test("have a place of their own, whatever the link is called")
    func names() throws {
        let views = ["pending", "confirm", "last", "rollback", "eth0.7"].map {
            LinkView(link: $0, owner: .networkd, settings: LinkSettings(), base: LinkSettings())
        }
        tree.write("run/jet-network/links.json", JSON.array(views.map(\.json)).description)
        var provider = provider(FakeBus())
        let paths = provider.readings().map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(
            paths.suffix(5) == [
                "settings/net/%70ending", "settings/net/%63onfirm", "settings/net/%6cast", "settings/net/%72ollback",
                "settings/net/eth0.7",
            ])
    }

    @Test("are not there where the root program is not")
    func absent() throws {
        tree.remove("run/jet-network/links.json")
        var provider = provider(FakeBus())
        #expect(provider.readings().isEmpty)
    }

    @Test("go to the root program by a file, and their author gets the token")
    func set() async throws {
        let bus = FakeBus()
        answering(bus) { request in
            #expect(request.by == Author(user: "alice", uid: 1000))
            #expect(request.link == "eth0")
            #expect(request.set == ["mtu": 1400])
            #expect(request.confirmWithin == 60)
            return .done(["pending": ["id": "1", "token": "t"]])
        }
        let decision = try await set(provider(bus), "eth0", ["mtu": 1400, "confirmWithin": 60])
        #expect(decision == .answer(["pending": ["id": "1", "token": "t"]]))
        let started = bus.calls.filter { $0.member == "StartUnit" }.map(\.arguments)
        #expect(started == [[.string("jet-network-apply.service"), .string("replace")]])
        #expect(File.names(in: FilePath(tree.path("run/jet-agent/network"))).isEmpty)
    }

    @Test(
        "are refused with the field that is wrong before anybody else is asked",
        arguments: [
            (#"{"mtu":1}"#, "mtu"), (#"{"addresses":["1.2.3"]}"#, "addresses[0]"), (#"{"mode":"static"}"#, "addresses"),
            (#"{"managedBy":null}"#, "managedBy"), (#"{"confirmWithin":5}"#, "confirmWithin"),
            (#"{"confirmWithin":"60"}"#, "confirmWithin"), (#"{"colour":"red"}"#, "colour"),
        ])
    func refused(text: String, field: String) async throws {
        let value = try JSON(parsing: text)
        let bus = FakeBus()
        let provider = provider(bus)
        let error = await #expect(throws: JetError.self) { try await set(provider, "eth0", value) }
        #expect(error?.code == .invalidParams)
        #expect(error?.data?["field"]?.string == field)
        #expect(bus.calls.isEmpty)
    }

    @Test("of a link that another manager owns are refused with its name")
    func owned() async throws {
        let bus = FakeBus()
        let provider = provider(bus)
        let error = await #expect(throws: JetError.self) { try await set(provider, "wlan0", ["mode": "dhcp"]) }
        #expect(error?.message == "wlan0 is managed by NetworkManager; change it there, for example with nmcli.")
        #expect(bus.calls.isEmpty)
    }

    @Test("that the root program refuses or cannot make say why")
    func answers() async throws {
        let bus = FakeBus()
        let provider = provider(bus)
        answering(bus) { _ in .refused(field: "gateway", reason: "is in the way.") }
        let refused = await #expect(throws: JetError.self) { try await set(provider, "eth0", ["mtu": 1400]) }
        #expect(refused?.data == ["field": "gateway", "reason": "is in the way."])
        answering(bus) { _ in .failed(reason: "networkd is away") }
        let failed = await #expect(throws: JetError.self) { try await set(provider, "eth0", ["mtu": 1400]) }
        #expect(failed?.code == .internalError)
        #expect(failed?.message == "The change failed: networkd is away.")
    }

    @Test("say so when the root program may not be started, or never answers")
    func silent() async throws {
        let bus = FakeBus()
        let provider = provider(bus)
        bus.answer("StartUnit") { _ throws(DBusError) in
            throw DBusError(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Access denied")
        }
        let denied = await #expect(throws: JetError.self) { try await set(provider, "eth0", ["mtu": 1400]) }
        #expect(denied?.message.contains("Access denied") == true)
        bus.answer("StartUnit") { _ throws(DBusError) in [.objectPath("/job/1")] }
        let silent = await #expect(throws: JetError.self) { try await set(provider, "eth0", ["mtu": 1400]) }
        #expect(silent?.message == "The service that changes the network did not answer in time.")
    }

    @Test("are confirmed with the token, by whoever calls")
    func confirmed() async throws {
        let bus = FakeBus()
        answering(bus) { .done(["token": .string($0.token ?? ""), "by": $0.by.json]) }
        let controls = provider(bus).controls
        for arguments in [["token": "t"], ["t"]] as [JSON] {
            let result = try await controls.call(
                "settings/net/confirm", CallRequest(arguments: arguments, caller: Self.caller))
            #expect(result == ["token": "t", "by": ["user": "alice", "uid": 1000]])
        }
        let error = await #expect(throws: JetError.self) {
            try await controls.call("settings/net/confirm", CallRequest(arguments: [], caller: Self.caller))
        }
        #expect(error?.data?["field"] == "token")
        await #expect(throws: JetError.self) {
            try await controls.call("settings/net/rollback", CallRequest(arguments: [], caller: Self.caller))
        }
    }

    @Test("show the change that is pending, without its token, to an agent that has just been started")
    func pending() throws {
        let change = PendingChange(
            id: "c1", token: "secret", link: "eth0", by: Author(user: "alice"), from: LinkSettings(),
            to: LinkSettings(mtu: 1400), deadline: 1_800_000_120, deadlineSinceBoot: 1, bootID: "b", files: [],
            kernel: KernelState(isUp: true, mtu: 1500, addresses: [], routes: []))
        tree.write("var/lib/jet-network/pending.json", change.json.description)
        let outcome = ChangeOutcome(
            id: "c0", link: "eth0", result: .rolledBack, reason: "because", restored: true, at: 0)
        tree.write("var/lib/jet-network/last.json", outcome.json.description)
        var provider = provider(FakeBus())
        let readings = provider.readings()
        #expect(readings[0].value["deadline"] == "2027-01-15T08:02:00Z")
        #expect(readings[0].value["to"]?["mtu"] == 1400)
        #expect(!readings[0].value.description.contains("secret"))
        #expect(
            readings[1].value == [
                "id": "c0", "link": "eth0", "result": "rolled-back", "reason": "because", "restored": true,
                "at": "1970-01-01T00:00:00Z",
            ])
    }

    @Test("are configured by a section of the agent's file")
    func configuration() throws {
        let configuration = try AgentConfiguration(
            parsing: "[network-settings]\nconfirm-within = 30\n", of: HostProviders.all)
        #expect((configuration["network-settings"] as? NetworkSettingsConfiguration)?.confirmWithin == 30)
        #expect(throws: (any Error).self) {
            try AgentConfiguration(parsing: "[network-settings]\nconfirm-within = 5\n", of: HostProviders.all)
        }
    }
}
