import JSONText
import JetBus
import JetProtocol
import Testing

/// jet-protocol(7) §6: what groups let a peer see and do.
@Suite("jet-protocol(7) §6: access")
struct AccessTests {
    let bus = TestBus()
    let owner: TestPeer
    /// In no group.
    let guest: TestPeer
    /// In a group of each kind.
    let member: TestPeer

    init() {
        owner = bus.connect()
        guest = bus.connect()
        member = bus.connect(groups: Groups(fetch: ["see"], set: ["turn"], call: ["press"]))
    }

    @Test("an absent list does not restrict")
    func absent() {
        owner.ask("add", ["path": "s", "value": 1, "access": [:]])
        owner.ask("add", ["path": "m", "access": ["setGroups": []]])
        #expect(guest.ask("get") == .result([.entry("add", "s", 1), .entry("add", "m")]))
        #expect(guest.ask("set", ["path": "s", "value": 2]) == nil)
        #expect(guest.ask("call", ["path": "m"]) == nil)
    }

    @Test("a list restricts to peers that are in one of its groups; [] shuts everyone out")
    func lists() {
        for (path, groups) in [("both", ["other", "turn"]), ("none", []), ("other", ["other"])] as [(String, JSON)] {
            owner.ask("add", ["path": .string(path), "value": 1, "access": ["setGroups": groups]])
        }
        #expect(member.ask("set", ["path": "both", "value": 2]) == nil)
        for path in ["none", "other"] {
            let refused = JSON.refused(["noAccess": .string(path)])
            #expect(member.ask("set", ["path": .string(path), "value": 2]) == refused)
        }
        for path in ["both", "none", "other"] {
            let refused = JSON.refused(["noAccess": .string(path)])
            #expect(guest.ask("set", ["path": .string(path), "value": 2]) == refused)
        }
        #expect(owner.received().count == 1)
    }

    @Test("groups count for what they are for: one for fetching lets nobody set")
    func kinds() {
        let access: JSON = ["setGroups": ["see", "press"], "callGroups": ["see", "turn"]]
        owner.ask("add", ["path": "s", "value": 1, "access": access])
        owner.ask("add", ["path": "m", "access": access])
        #expect(member.ask("set", ["path": "s", "value": 2]) == .refused(["noAccess": "s"]))
        #expect(member.ask("call", ["path": "m"]) == .refused(["noAccess": "m"]))
    }

    @Test("the owner of an element has no rights but those of its groups")
    func ownersToo() {
        owner.ask("add", ["path": "s", "value": 1, "access": ["setGroups": ["turn"], "fetchGroups": ["see"]]])
        #expect(owner.ask("get") == .result([]))
        #expect(owner.ask("set", ["path": "s", "value": 2]) == .refused(["noAccess": "s"]))
        #expect(owner.ask("change", ["path": "s", "value": 2]) == .done)
    }

    @Test("what a peer may not fetch does not exist for it, in fetch and in get")
    func hidden() {
        let rules: [JSON] = [
            [:], ["equals": "s"], ["startsWith": "s"], ["contains": "s"], ["equalsOneOf": ["s", "x"]],
        ]
        for (number, rule) in rules.enumerated() {
            for peer in [guest, member] { peer.ask("fetch", ["id": .number(number), "path": rule]) }
        }
        owner.ask("add", ["path": "s", "value": 1, "access": ["fetchGroups": ["see"]]])
        owner.ask("change", ["path": "s", "value": 2])
        for peer in [guest, member] { peer.ask("fetch", ["id": "late"]) }
        owner.ask("remove", ["path": "s"])
        #expect(guest.received() == [])
        let received = member.received()
        for number in rules.indices {
            let id = JSON.number(number)
            #expect(
                received.filter { $0["method"] == id } == [
                    .event(id, "add", "s", 1), .event(id, "change", "s", 2), .event(id, "remove", "s", 2),
                ])
        }
        #expect(
            received.filter { $0["method"] == "late" } == [
                .event("late", "add", "s", 2), .event("late", "remove", "s", 2),
            ])
        owner.ask("add", ["path": "t", "value": 1, "access": ["fetchGroups": ["see"]]])
        for rule in [[:], ["equals": "t"]] as [JSON] {
            #expect(guest.ask("get", ["path": rule]) == .result([]))
            #expect(member.ask("get", ["path": rule]) == .result([.entry("add", "t", 1)]))
        }
    }

    @Test("an element is fetchOnly for a peer without the right to set (call) it")
    func fetchOnlyAsSeen() {
        owner.ask("add", ["path": "s", "value": 1, "access": ["setGroups": ["turn"]]])
        owner.ask("add", ["path": "m", "access": ["callGroups": ["press"]]])
        // A State's callGroups and a Method's setGroups say nothing.
        owner.ask("add", ["path": "s2", "value": 1, "access": ["callGroups": []]])
        owner.ask("add", ["path": "m2", "access": ["setGroups": []]])
        owner.ask("add", ["path": "all", "value": 1, "fetchOnly": true, "access": ["setGroups": ["turn"]]])
        let marked: JSON.Object = ["fetchOnly": true]
        let forGuest: [JSON] = [
            .entry("add", "s", 1, marked), .entry("add", "m", nil, marked), .entry("add", "s2", 1), .entry("add", "m2"),
            .entry("add", "all", 1, marked),
        ]
        let forMember: [JSON] = [
            .entry("add", "s", 1), .entry("add", "m"), .entry("add", "s2", 1), .entry("add", "m2"),
            .entry("add", "all", 1, marked),
        ]
        #expect(guest.ask("get") == .result(.array(forGuest)))
        #expect(member.ask("get") == .result(.array(forMember)))
        for (peer, entries) in [(guest, forGuest), (member, forMember)] {
            peer.ask("fetch", ["id": "f"])
            #expect(peer.received().compactMap { $0["params"] } == entries)
        }
    }

    @Test("who fetches side by side is told what each may do")
    func mixedFetchers() {
        // They alternate, so that what is rendered for one must not be taken for the next.
        let peers = [guest, member, owner, bus.connect(groups: Groups(set: ["turn"])), bus.connect()]
        for peer in peers { peer.ask("fetch", ["id": "f"]) }
        owner.ask("add", ["path": "s", "value": 1, "access": ["setGroups": ["turn"]]])
        let marked = peers.map { $0.received().compactMap { $0["params"]?["fetchOnly"]?.bool ?? false } }
        #expect(marked == [[true], [false], [true], [false], [true]])
    }

    @Test("nothing of one connection's rights ever reaches another")
    func nothingInherited() {
        owner.ask("add", ["path": "s", "value": 1, "access": ["fetchGroups": ["see"], "setGroups": ["turn"]]])
        let id = member.id
        member.disconnect()
        let next = bus.connect()
        #expect(next.id == id)
        #expect(next.ask("get") == .result([]))
        #expect(next.ask("set", ["path": "s", "value": 2]) == .refused(["pathNotExists": "s"]))
    }
}
