import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §6.3: who may add elements where.
@Suite("jet-protocol(7) §6.3: owners of paths")
struct PathOwnerTests {
    private static func rule(_ prefix: String, _ owners: PathOwner.Owner...) -> PathOwner {
        PathOwner(prefix: Array(prefix.utf8), owners: Set(owners))
    }

    private static let rules = [
        rule("settings/", .userID(10)), rule("settings/open/", .userID(10), .userID(20)), rule("led", .groupID(7)),
        rule("net/", .login("john")), rule("closed/"),
    ]

    private func peer(_ bus: TestBus, user: UInt32?, groups: Set<UInt32> = []) -> TestPeer {
        var credentials = Credentials(userID: user)
        credentials.groupIDs = groups
        return bus.connect(credentials: credentials)
    }

    private func mayAdd(_ peer: TestPeer, _ path: String) -> Bool {
        let answer = peer.ask("add", ["path": .string(path), "value": 1])
        if answer == .done {
            peer.ask("remove", ["path": .string(path)])
            return true
        }
        #expect(answer == .refused(["noAccess": .string(path)]))
        return false
    }

    @Test("the longest prefix of a path decides, and a prefix without a slash is compared by bytes")
    func longestPrefix() {
        let bus = TestBus { $0.pathOwners = Self.rules }
        let (owner, other, nobody) = (peer(bus, user: 10), peer(bus, user: 20), bus.connect())
        let paths = [
            "settings/a", "settings/open/a", "settings", "setting/a", "Settings/a", "a", "closed/a", "led", "ledger",
        ]
        #expect(paths.map { mayAdd(owner, $0) } == [true, true, true, true, true, true, false, false, false])
        #expect(paths.map { mayAdd(other, $0) } == [false, true, true, true, true, true, false, false, false])
        #expect(paths.map { mayAdd(nobody, $0) } == [false, false, true, true, true, true, false, false, false])
    }

    @Test("root may add everywhere, a member of a group and a user that has authenticated where they are named")
    func kinds() {
        let bus = TestBus {
            $0.pathOwners = Self.rules
            $0.hasUsers = true
        }
        let root = peer(bus, user: 0), member = peer(bus, user: 30, groups: [1, 7])
        #expect(["settings/a", "led/a", "net/a", "closed/a"].allSatisfy { mayAdd(root, $0) })
        #expect(
            ["settings/a", "led/a", "net/a", "closed/a"].map { mayAdd(member, $0) } == [false, true, false, false])
        #expect(!mayAdd(member, "net/a"))
        member.send(#"{"id":1,"method":"authenticate","params":{"user":"john","password":"p"}}"#)
        bus.answerAll(with: .granted(Groups()))
        _ = member.received()
        #expect(mayAdd(member, "net/a"))
    }

    @Test("the refusal does not depend on whether there is an element")
    func sameForExisting() {
        let bus = TestBus { $0.pathOwners = Self.rules }
        let owner = peer(bus, user: 10), other = bus.connect()
        #expect(owner.ask("add", ["path": "settings/a", "value": 1]) == .done)
        #expect(!mayAdd(other, "settings/a"))
        #expect(!mayAdd(other, "settings/b"))
        #expect(owner.ask("add", ["path": "settings/a"]) == .refused(["pathAlreadyExists": "settings/a"]))
    }

    @Test("rules that are replaced apply to what is added then; elements that exist are kept")
    func reload() {
        let bus = TestBus()
        let first = peer(bus, user: 10), second = peer(bus, user: 20)
        #expect(second.ask("add", ["path": "settings/a", "value": 1]) == .done)
        bus.bus.setPathOwners(Self.rules)
        #expect(second.ask("change", ["path": "settings/a", "value": 2]) == .done)
        #expect(!mayAdd(second, "settings/b"))
        #expect(mayAdd(first, "settings/b"))
        bus.bus.setPathOwners([Self.rule("", .userID(10))])
        #expect(!mayAdd(second, "x"))
        #expect(!mayAdd(second, "settings/b"))
        #expect(mayAdd(first, "x"))
        bus.bus.setPathOwners([])
        #expect(mayAdd(second, "settings/b"))
    }
}
