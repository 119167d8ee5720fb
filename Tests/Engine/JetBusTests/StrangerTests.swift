import Digests
import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §8.3: what a peer of another machine may do as long as it has not logged in.
@Suite("jet-protocol(7) §8.3: strangers")
struct StrangerTests {
    let bus = TestBus { $0.hasUsers = true }
    let owner: TestPeer
    let stranger: TestPeer
    let reader: TestPeer

    static let refused = JSON.refused(["loginRequired": true])
    static let login: JSON = ["user": "john", "password": "p"]
    static let open = ["authenticate", "pair", "config", "info", "echo"]
    static let reading = ["fetch", "unfetch", "moveWindow", "get", "branches"]

    init() {
        owner = bus.connect(groups: Groups(fetch: ["g"]))
        owner.ask("add", ["path": "open", "value": 1])
        owner.ask("add", ["path": "method"])
        owner.ask("add", ["path": "closed", "value": 2, "access": ["fetchGroups": ["g"]]])
        var remote = Credentials()
        remote.address = "192.0.2.7"
        remote.channel = .encrypted
        // Whatever groups a shell names: a stranger is in none.
        let groups = Groups(fetch: ["g"], set: ["g"], call: ["g", "operator"])
        stranger = bus.connect(groups: groups, credentials: remote, permission: .none)
        reader = bus.connect(groups: groups, credentials: remote, permission: .read)
    }

    @Test("a stranger can use the five methods that are open to it", arguments: open)
    func openMethods(method: String) {
        #expect(stranger.ask(method, [:]) != Self.refused)
        #expect(reader.ask(method, [:]) != Self.refused)
    }

    @Test(
        "each other method fails with loginRequired, whatever its params are, and has no effect",
        arguments: MethodName.daemon.map(\.rawValue) + ["add!", "nonsense", "", "changes", "\0"])
    func others(method: String) {
        guard !Self.open.contains(method) else { return }
        for params: JSON? in [nil, [:], [], ["path": "open", "value": 3], ["path": "new"], ["id": 1]] {
            #expect(stranger.ask(method, params) == Self.refused)
            guard !Self.reading.contains(method) else { continue }
            #expect(reader.ask(method, params) == Self.refused)
        }
        #expect(stranger.received() == [])
        #expect(owner.received() == [])
        #expect(owner.ask("get")?["result"]?.array?.count == 3)
        #expect(bus.statistics.fetchers == 0)
    }

    @Test("a method's name in escapes is no way around")
    func escapes() {
        stranger.send(#"{"id":1,"method":"g\u0065t","params":{}}"#)
        stranger.send(#"{"id":2,"method":"\u0061dd","params":{"path":"x","value":1}}"#)
        stranger.send(#"{"id":3,"method":"\u0061uthenticate","params":{}}"#)
        let received = stranger.received()
        #expect(received.prefix(2).map { $0["error"]?["data"] } == [["loginRequired": true], ["loginRequired": true]])
        #expect(received.last?["error"]?["data"]?["missingParam"] == "user")
    }

    @Test("a batch is no way around, and notifications are ignored")
    func batches() {
        stranger.send([
            ["id": 1, "method": "echo", "params": 7], ["method": "add", "params": ["path": "x", "value": 1]],
            ["id": 2, "method": "get"], ["method": "set", "params": ["path": "open", "value": 5]],
            ["method": "call", "params": ["path": "method"]], ["id": 3, "method": "fetch", "params": ["id": "f"]],
        ])
        #expect(
            stranger.received() == [
                ["id": 1, "result": 7], .idError(2, ["loginRequired": true]), .idError(3, ["loginRequired": true]),
            ])
        #expect(owner.received() == [])
        #expect(owner.ask("get")?["result"]?.array?.count == 3)
    }

    @Test("MessagePack is no way around")
    func messagePack() {
        let packed = PackedPeer(switching: stranger)
        #expect(packed.ask("get") == Self.refused)
        #expect(packed.ask("add", ["path": "x", "value": 1]) == Self.refused)
        #expect(packed.ask("echo", [1]) == .result([1]))
        packed.send([
            ["id": 1, "method": "fetch", "params": ["id": 1]], ["id": 2, "method": "peers", "params": [:]],
        ])
        #expect(packed.received() == [.idError(1, ["loginRequired": true]), .idError(2, ["loginRequired": true])])
    }

    @Test("info says nothing of what is on the bus; to a reader, how many elements it may read")
    func info() {
        owner.ask("fetch", ["id": 1])
        let figures = stranger.ask("info")?["result"]?["statistics"]?.object
        #expect(figures?.isEmpty == false)
        #expect(figures?.allSatisfy { $0.value == 0 } == true)
        let read = reader.ask("info")?["result"]?["statistics"]?.object
        #expect(read?["elements"] == 2)
        #expect(read?.allSatisfy { $0.name == "elements" || $0.value == 0 } == true)
    }

    @Test("a reader sees the elements without fetchGroups, as ones that it cannot set or call")
    func reading() {
        let seen: [JSON] = [
            .entry("add", "open", 1, ["fetchOnly": true]), .entry("add", "method", nil, ["fetchOnly": true]),
        ]
        #expect(reader.ask("get") == .result(.array(seen)))
        #expect(reader.ask("fetch", ["id": "f"]) == .done)
        #expect(reader.ask("fetch", ["id": "s", "sort": [:], "path": ["startsWith": "o"]]) == .done)
        #expect(
            reader.received() == [
                ["method": "f", "params": seen[0]], ["method": "f", "params": seen[1]],
                [
                    "method": "s",
                    "params": [
                        "n": 1, "changes": [["path": "open", "value": 1, "index": 1, "fetchOnly": true]],
                    ],
                ],
            ])
        owner.ask("change", ["path": "closed", "value": 3])
        #expect(reader.received() == [])
        owner.ask("add", ["path": "p", "value": 1])
        #expect(reader.received() == [.event("f", "add", "p", 1, ["fetchOnly": true])])
        #expect(reader.ask("set", ["path": "open", "value": 1]) == Self.refused)
        #expect(reader.ask("unfetch", ["id": "f"]) == .done)
    }

    @Test("a login gives the rights of the user; a wrong password leaves a stranger a stranger")
    func login() {
        let groups = Groups(fetch: ["g"])
        stranger.send(["id": 1, "method": "authenticate", "params": Self.login])
        bus.answerAll(with: .wrongPassword)
        #expect(stranger.answer(to: 1) == .refused(["invalidPassword": true]))
        #expect(stranger.ask("get") == Self.refused)
        // The rest of the batch waits, and is handled with the new rights.
        stranger.send([
            ["id": 2, "method": "get"], ["id": 3, "method": "authenticate", "params": Self.login],
            ["id": 4, "method": "get"],
        ])
        bus.answerAll(with: .granted(groups))
        let received = stranger.received()
        #expect(received.first == .idError(2, ["loginRequired": true]))
        #expect(received.last?["result"]?.array?.count == 3)
        #expect(stranger.ask("add", ["path": "x", "value": 1]) == .done)
        #expect(bus.bus.user(of: stranger.id) == "john")
        // What one has, another has not.
        #expect(reader.ask("add", ["path": "y", "value": 1]) == Self.refused)
    }

    @Test("answers to requests that it never had are dropped")
    func answers() {
        stranger.send(["id": "1", "result": true])
        stranger.send(["id": "1", "error": ["code": 1]])
        #expect(stranger.received() == [])
        #expect(bus.statistics.droppedAnswers == 2)
    }

    @Test("the place of a peer that has logged in gives a stranger nothing")
    func reuse() {
        owner.disconnect()
        let next = bus.connect(permission: .none)
        #expect(next.id == owner.id)
        #expect(next.ask("get") == Self.refused)
        next.disconnect()
        #expect(bus.connect().ask("get") == .result([]))
    }

    // MARK: Passwords

    @Test("a password over a connection that others can read is refused with unencrypted, without a request")
    func unencrypted() {
        var credentials = Credentials()
        credentials.channel = .unencrypted
        let refused = JSON.refused(["unencrypted": true])
        for user in [nil, "john"] {
            let peer = bus.connect(credentials: credentials, user: user)
            #expect(peer.ask("authenticate", Self.login) == refused)
            #expect(peer.ask("passwd", Self.login) == refused)
            #expect(peer.ask("offerPairing", [:]) == refused)
            peer.notify("authenticate", Self.login)
            #expect(peer.ask("authenticate", ["key": true]) == .refused(["invalidKey": true]))
        }
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test(
        "a password is accepted over an encrypted or local connection",
        arguments: [.local, .encrypted] as [Credentials.Channel])
    func encrypted(channel: Credentials.Channel) {
        var credentials = Credentials()
        credentials.channel = channel
        let peer = bus.connect(credentials: credentials, permission: .none)
        peer.send(["id": 1, "method": "authenticate", "params": Self.login])
        #expect(bus.answerAll(with: .granted(Groups())) == 1)
        #expect(peer.answer(to: 1) != nil)
    }
}
