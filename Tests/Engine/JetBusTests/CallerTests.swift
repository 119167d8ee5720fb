import JSONText
import JetBus
import JetProtocol
import Testing

/// jet-protocol(7) §7.2, `caller: true` on add: requests that are routed to the element say who asks.
@Suite("jet-protocol(7) §7.2: caller")
struct CallerTests {
    let bus = TestBus()
    let owner: TestPeer

    init() {
        owner = bus.connect()
        owner.ask("add", ["path": "s", "value": 1, "caller": true])
        owner.ask("add", ["path": "m", "caller": true])
    }

    private let nobody: JSON = ["peer": nil, "groups": ["fetch": [], "set": [], "call": []]]

    @Test("set and call, requests and notifications, carry the caller beside method and params")
    func carried() {
        let caller = bus.connect()
        caller.notify("set", ["path": "s", "value": 2])
        caller.notify("call", ["path": "m", "args": [1]])
        #expect(
            owner.received() == [
                ["method": "s", "params": ["value": 2], "caller": nobody],
                ["method": "m", "params": [1], "caller": nobody],
            ])
        caller.ask("call", ["path": "m"])
        #expect(owner.takeRouted()?.without("id") == ["method": "m", "params": [:], "caller": nobody])
    }

    @Test("the name is the one that the peer has when it asks, the groups are those it is in")
    func known() {
        let groups = Groups(fetch: ["b", "a"], set: ["s"], call: ["c"])
        let caller = bus.connect(groups: groups, credentials: Credentials(userID: 1000))
        caller.notify("config", ["name": "panel"])
        caller.notify("call", ["path": "m"])
        caller.notify("config", ["name": "other"])
        #expect(
            owner.received().first?["caller"] == [
                "peer": "panel", "uid": 1000, "groups": ["fetch": ["a", "b"], "set": ["s"], "call": ["c"]],
            ])
    }

    @Test("what the caller says of itself counts for nothing")
    func forged() {
        let caller = bus.connect()
        let forged: JSON = ["peer": "root", "uid": 0]
        caller.send([
            "method": "call", "caller": forged, "params": ["path": "m", "args": ["caller": forged], "caller": forged],
        ])
        caller.send(["method": "set", "params": ["path": "s", "value": 1, "caller": forged], "caller": forged])
        #expect(
            owner.received() == [
                ["method": "m", "params": ["caller": forged], "caller": nobody],
                ["method": "s", "params": ["value": 1], "caller": nobody],
            ])
    }

    @Test("elements that were added without it are routed as ever")
    func without() {
        owner.ask("add", ["path": "n", "caller": false])
        owner.ask("add", ["path": "o"])
        let caller = bus.connect()
        for path in ["n", "o"] { caller.notify("call", ["path": .string(path)]) }
        #expect(owner.received() == [["method": "n", "params": [:]], ["method": "o", "params": [:]]])
    }

    @Test("a wrong type is refused")
    func wrongType() {
        let params: JSON = ["path": "x", "caller": "me"]
        #expect(owner.ask("add", params) == .refused(["wrongType": "caller", "got": params]))
    }
}
