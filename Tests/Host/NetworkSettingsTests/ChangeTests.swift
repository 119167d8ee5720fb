import JSONText
import Handover
import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("A change of a link's settings")
struct ChangeTests {
    static let staticSettings: JSON = [
        "mode": "static", "addresses": ["192.0.2.7/24"], "gateway": "192.0.2.1", "mtu": 1400,
    ]

    @Test("is made, shown as pending with a timer behind it, and is for good when its author confirms it")
    func confirmed() async throws {
        let machine = try Machine()
        let pending = try #require(await machine.changer.apply(.of("eth0", Self.staticSettings)).pending)
        #expect(machine.settings(of: "eth0")?.addresses.map(\.description) == ["192.0.2.7/24"])
        #expect(machine.timer != nil)
        #expect(pending["deadline"] == "2027-01-15T08:02:00Z")
        let shown = try #require(try machine.records.pending()?.shown)
        #expect(shown["by"] == "alice")
        #expect(shown["from"]?["mode"] == "dhcp")
        #expect(shown["to"]?["mode"] == "static")
        let token = try #require(pending["token"]?.string)
        #expect(!shown.description.contains(token))

        let answer = await machine.changer.confirm(
            ChangeRequest(id: "r2", by: Author(user: "alice"), token: token))
        let outcome = try #require(machine.records.last())
        #expect(answer.result == .done(outcome.shown))
        #expect(try machine.records.pending() == nil)
        #expect(machine.timer == nil)
        #expect(machine.records.last()?.result == .confirmed)
        #expect(try await machine.changer.rollback() == nil)
        #expect(machine.settings(of: "eth0")?.mode == .static)
    }

    @Test("has the id of the request for it, while it is pending and in the result, and the result says whose it was")
    func identifier() async throws {
        let machine = try Machine()
        let request = ChangeRequest.of("eth0", Self.staticSettings, by: Author(user: "alice", uid: 1000))
        let answer = await machine.changer.apply(request)
        #expect(answer.id == request.id && answer.pending?["id"]?.string == request.id)
        #expect(try machine.records.pending()?.id == request.id)
        machine.pass(milliseconds: 120_000)
        _ = try await machine.changer.rollback()
        #expect(machine.records.last()?.id == request.id)
        #expect(machine.records.last()?.by == Author(user: "alice", uid: 1000))
        #expect(machine.records.last()?.shown["by"] == "alice")
    }

    @Test("has one id in all entries of the log, which is that on the bus")
    func loggedIdentifier() async throws {
        let machine = try Machine()
        let request = ChangeRequest.of("eth0", Self.staticSettings)
        let answer = await machine.changer.apply(request)
        let token = try #require(answer.pending?["token"]?.string)
        let applied = NetworkEvent.fields(of: answer, to: request)
        #expect(applied == ["id": "r1", "by": "alice", "link": "eth0"])
        let wrong = ChangeRequest(id: "r2", by: request.by, token: "x")
        #expect(NetworkEvent.fields(of: await machine.changer.confirm(wrong), to: wrong)["id"] == nil)
        let right = ChangeRequest(id: "r3", by: request.by, token: token)
        #expect(NetworkEvent.fields(of: await machine.changer.confirm(right), to: right) == applied)
        let last = try #require(machine.records.last())
        #expect(NetworkEvent.fields(of: last) == ["id": "r1", "link": "eth0"])
        #expect(last.shown["id"] == "r1")
        let refused = ChangeRequest.of("eth0", ["mtu": 1])
        let fields = NetworkEvent.fields(of: await machine.changer.apply(refused), to: refused)
        #expect(fields["id"] == refused.id && fields["field"] == "mtu" && fields["reason"] != nil)
    }

    @Test("that nobody confirms is undone, and so is what networkd leaves behind", arguments: ["eth0", "eth1"])
    func undone(link: String) async throws {
        let machine = try Machine()
        let before = machine.files
        let kernel = try machine.state(of: link)
        _ = try #require(await machine.changer.apply(.of(link, Self.staticSettings)).pending)
        #expect(machine.files != before)
        machine.pass(milliseconds: 120_000)
        let outcome = try #require(try await machine.changer.rollback())
        #expect(outcome.result == .rolledBack)
        #expect(outcome.reason == "it was not confirmed in time")
        #expect(outcome.restored == true)
        #expect(machine.files == before)
        #expect(try machine.state(of: link) == kernel)
        #expect(machine.records.last() == outcome)
        #expect(try machine.records.pending() == nil)
    }

    @Test("is undone earlier when somebody asks for it")
    func asked() async throws {
        let machine = try Machine()
        let pending = try #require(await machine.changer.apply(.of("eth0", Self.staticSettings)).pending)
        let set: JSON = ["pending": try #require(pending["id"])]
        let request = ChangeRequest(id: "r2", by: Author(user: "bob"), set: set)
        #expect(try await machine.changer.rollback(request)?.reason == "bob asked for it")
        let late = try await machine.changer.rollback(request)
        #expect(late == nil)
    }

    @Test("that could not be restored says what differs")
    func different() async throws {
        let machine = try Machine()
        _ = try #require(await machine.changer.apply(.of("eth0", Self.staticSettings)).pending)
        machine.change { $0.failing = ["reload"] }
        let outcome = try #require(try await machine.changer.rollback())
        #expect(outcome.restored == false)
        #expect(outcome.difference == "reload failed")
        #expect(try machine.records.pending() == nil)
    }

    @Test(
        "that meets an error is undone at once, and says which",
        arguments: [
            ("timer", "timer failed"), ("reload", "reload failed"), ("reconfigure", "reconfigure failed"),
            ("configure", "systemd-networkd could not configure eth0"),
        ])
    func error(failing: String, reason: String) async throws {
        let machine = try Machine()
        let before = machine.files
        machine.change { $0.failing = [failing] }
        guard case .failed(let words) = await machine.changer.apply(.of("eth0", Self.staticSettings)).result else {
            Issue.record("it did not fail")
            return
        }
        #expect(words.hasPrefix(reason))
        #expect(machine.files == before)
        #expect(try machine.records.pending() == nil)
        #expect(machine.records.last()?.result == .failed)
    }

    @Test("that went wrong and could not be undone at once has the rollback go on, and no other has")
    func notUndone() async throws {
        let machine = try Machine()
        let made = await machine.changer.apply(.of("eth0", Self.staticSettings))
        #expect(!machine.changer.needsRollback(after: made))
        let refused = await machine.changer.apply(.of("eth1", ["mode": "dhcp"]))
        #expect(!machine.changer.needsRollback(after: refused))
        _ = try await machine.changer.rollback()

        machine.change { $0.failing = ["timer"] }
        let undone = await machine.changer.apply(.of("eth0", Self.staticSettings))
        #expect(!machine.changer.needsRollback(after: undone))

        // The record is written with the first two steps; then nothing works any more.
        machine.cutPower(after: 2)
        let failed = await machine.changer.apply(.of("eth0", Self.staticSettings))
        #expect(machine.changer.needsRollback(after: failed))
    }

    @Test("keeps a second one from being made, and says whose it is")
    func second() async throws {
        let machine = try Machine()
        _ = try #require(await machine.changer.apply(.of("eth0", Self.staticSettings)).pending)
        let files = machine.files
        #expect(
            await machine.changer.apply(.of("eth1", ["mode": "dhcp"], by: Author(uid: 1000))).result
                == .refused(
                    field: "",
                    reason: """
                        A change of eth0 by alice is pending until 2027-01-15T08:02:00Z; it must be confirmed or rolled \
                        back first.
                        """))
        #expect(machine.files == files)
    }

    @Test("is refused where it makes no sense, and touches nothing")
    func refused() async throws {
        let machine = try Machine()
        let before = machine.files
        let requests: [(ChangeRequest, String)] = [
            (.of("lo", Self.staticSettings), "link"), (.of("eth9", Self.staticSettings), "link"),
            (.of("../eth0", Self.staticSettings), "link"), (.of("", Self.staticSettings), "link"),
            (.of("eth0", ["mode": "static"]), "addresses"), (.of("eth0", ["mtu": 1]), "mtu"),
            (.of("eth0", ["managedBy": "networkd"]), "managedBy"), (.of("eth0", []), ""),
            (.of("eth0", Self.staticSettings, within: 9), "confirmWithin"),
            (.of("eth0", Self.staticSettings, within: 3601), "confirmWithin"),
        ]
        for (request, wrong) in requests {
            guard case .refused(let field, _) = await machine.changer.apply(request).result else {
                Issue.record("\(request) was not refused")
                continue
            }
            #expect(field == wrong)
        }
        #expect(machine.files == before)
        #expect(machine.steps == 0)
    }

    @Test("of a link that another manager owns is refused with its name")
    func owned() async throws {
        let machine = try Machine()
        func refusal(_ link: String) async -> String? {
            guard case .refused("", let reason) = await machine.changer.apply(.of(link, Self.staticSettings)).result
            else { return nil }
            return reason
        }
        // What networkd said of a link may be from before it was stopped.
        machine.change { $0.networkManager = ["eth0", "eth1"] }
        #expect(await refusal("eth0")?.contains("NetworkManager") == true)
        #expect(await refusal("eth1")?.contains("NetworkManager") == true)
        machine.change { $0.networkManager = [] }
        machine.write("etc/network/interfaces.d/card", "auto eth1\niface eth1 inet dhcp\n")
        #expect(await refusal("eth1")?.contains("ifupdown") == true)
        machine.write(
            "run/systemd/netif/links/2",
            "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n")
        #expect(await refusal("eth0")?.contains("netplan") == true)
    }

    @Test("of a machine without networkd is refused")
    func noNetworkd() async throws {
        let machine = try Machine()
        machine.restart()
        guard case .refused("", let reason) = await machine.changer.apply(.of("eth0", Self.staticSettings)).result
        else {
            Issue.record("it was not refused")
            return
        }
        #expect(reason.contains("systemd-networkd does not run"))
    }
}

@Suite("A confirmation")
struct ConfirmationTests {
    @Test func `by the id of the change needs the login of its author, and no token`() async throws {
        for (author, other) in [(Author(user: "alice", uid: 0), Author(uid: 0)), (Author(uid: 0), Author(uid: 0))] {
            let machine = try Machine()
            var change = ChangeRequest.of("eth0", ChangeTests.staticSettings)
            change.by = author
            let id = change.id
            guard case .done = await machine.changer.apply(change).result else {
                Issue.record("not applied")
                return
            }
            func confirm(_ by: Author, _ id: String) async -> ChangeAnswer.Result {
                let request = ChangeRequest(id: "r2", by: by, set: ["pending": .string(id)])
                return await machine.changer.confirm(request).result
            }
            guard case .refused("id", _) = await confirm(author, "another") else {
                Issue.record("another change's id was accepted")
                return
            }
            guard author.user != nil else {
                guard case .refused("token", _) = await confirm(other, id) else {
                    Issue.record("accepted without a login")
                    return
                }
                continue
            }
            guard case .refused("", _) = await confirm(other, id) else {
                Issue.record("another user's request was accepted")
                return
            }
            guard case .done = await confirm(Author(user: "alice", uid: 12), id) else {
                Issue.record("not confirmed")
                return
            }
            #expect(machine.records.last()?.result == .confirmed)
        }
    }

    @Test("is taken from nobody but the author who knows the token, before the deadline")
    func refused() async throws {
        let machine = try Machine()
        let pending = try #require(await machine.changer.apply(.of("eth0", ChangeTests.staticSettings)).pending)
        let token = try #require(pending["token"]?.string)
        func confirm(_ by: Author, _ token: String?) async -> ChangeAnswer.Result {
            await machine.changer.confirm(ChangeRequest(id: "r2", by: by, token: token)).result
        }
        let alice = Author(user: "alice")
        for wrong in [nil, "", "0", String(token.dropLast()), token + "0", token.uppercased() + " "] {
            guard case .refused("token", _) = await confirm(alice, wrong) else {
                Issue.record("\(wrong ?? "no token") was taken")
                continue
            }
        }
        for other in [Author(user: "bob"), Author(uid: 0), Author(), Author(user: "Alice")] {
            guard case .refused("", let reason) = await confirm(other, token) else {
                Issue.record("\(other) was taken for alice")
                continue
            }
            #expect(reason == "The change is alice's; no other user can confirm it.")
        }
        #expect(try machine.records.pending() != nil)
        machine.pass(milliseconds: 120_000)
        guard case .refused("", _) = await confirm(alice, token) else {
            Issue.record("it was taken too late")
            return
        }
        #expect(try machine.records.pending() != nil)
    }

    @Test("may come by another connection of the same user of the system")
    func sameUID() async throws {
        let machine = try Machine()
        let pending = try #require(
            await machine.changer.apply(.of("eth0", ChangeTests.staticSettings, by: Author(uid: 1000))).pending)
        let request = ChangeRequest(id: "r2", by: Author(uid: 1000), token: pending["token"]?.string)
        guard case .done = await machine.changer.confirm(request).result else {
            Issue.record("it was refused")
            return
        }
    }

    @Test("of nothing is refused")
    func nothing() async throws {
        let machine = try Machine()
        let answer = await machine.changer.confirm(ChangeRequest(id: "r2", by: Author(), token: "0"))
        #expect(answer.result == .refused(field: "token", reason: "matches no pending change: none is pending."))
    }
}
