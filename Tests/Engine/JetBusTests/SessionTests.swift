import JSONText
import JetBus
import Testing

/// jet-protocol(7) §2: the rows `config`, `info`, `authenticate`, `passwd` and `echo`.
@Suite("jet-protocol(7) §2: config, info, authenticate, passwd, echo")
struct SessionTests {
    let bus = TestBus {
        $0.name = "a daemon"
        $0.version = "1.2.3"
    }
    let peer: TestPeer

    init() { peer = bus.connect() }

    // MARK: config | name?, debug?, encoding? ("json", "msgpack") | true | any other field

    @Test("config: name, debug and encoding are taken, all of them or none")
    func config() {
        #expect(peer.ask("config", ["name": "a peer", "debug": true, "encoding": "json"]) == .done)
        #expect(peer.name == "a peer")
        #expect(peer.ask("config", [:]) == .done)
        #expect(peer.ask("config") == .done)
        #expect(peer.name == "a peer")
        #expect(peer.ask("config", ["name": "another name"]) == .done)
        #expect(peer.name == "another name")
    }

    @Test("config: a name that is too long or has control characters is refused, and the old one stays")
    func configName() {
        #expect(peer.ask("config", ["name": "panel"]) == .done)
        for name in ["a\nb", "\u{1B}[2J", String(repeating: "x", count: 257)] {
            let params: JSON = ["name": .string(name)]
            #expect(peer.ask("config", params) == .refused(["wrongType": "name", "got": params]))
        }
        #expect(peer.name == "panel")
    }

    @Test("fetch: params of more than 512 KiB are refused before they are read")
    func longRule() {
        let params: JSON = ["id": 1, "path": ["equals": .string(String(repeating: "x", count: 1 << 20))]]
        #expect(
            peer.ask("fetch", params)
                == .refused(["badRule": ["at": "params", "reason": "must have at most 524288 bytes"]]))
    }

    @Test("config: any other field is refused, and nothing of the request is done")
    func configRefused() {
        #expect(peer.ask("config", ["name": "x", "colour": 1]) == .refused(["unknownParam": "colour"]))
        #expect(peer.name == nil)
    }

    @Test(
        "config: fields of wrong types are refused, and an encoding that is not spoken",
        arguments: [("name", 1), ("debug", "yes"), ("encoding", "xml"), ("encoding", 1)]
            as [(String, JSON)])
    func configWrongType(name: String, value: JSON) {
        let params: JSON = .object(["name": "x", name: value])
        #expect(peer.ask("config", params) == .refused(["wrongType": .string(name), "got": params]))
        #expect(peer.ask("config", [1]) == .refused(["wrongType": "params", "got": [1]]))
        #expect(peer.name == nil)
    }

    // MARK: info | none | {name, version, protocolVersion: "1.1.0", features}

    @Test("info: name, version, protocolVersion and features")
    func info() {
        let info = peer.ask("info")?["result"]
        #expect(
            info?.without("features").without("statistics") == [
                "name": "a daemon", "version": "1.2.3", "protocolVersion": "1.1.0",
            ])
        #expect(info?["features"]?["batches"] == true)
        #expect(info?["features"]?["authentication"] == false)
        #expect(info?["features"]?["fetch"]?.string != nil)
        #expect(peer.ask("info", [1])?["result"]?.without("statistics") == info?.without("statistics"))
    }

    @Test("info: the statistics say what the bus has done and holds")
    func statistics() {
        let viewer = bus.connect()
        viewer.ask("fetch", ["id": "f"])
        peer.ask("add", ["path": "a", "value": 1])
        peer.ask("change", ["path": "a", "value": 2])
        viewer.notify("set", ["path": "a", "value": 3])
        viewer.send(["id": "pending", "method": "set", "params": ["path": "a", "value": 4]])
        #expect(
            peer.ask("info")?["result"]?["statistics"] == [
                "peers": 2, "slowPeers": 0, "elements": 1, "fetchers": 1, "pendingRequests": 1, "waitingBytes": 0,
                "messages": 6, "notifications": 2, "conflated": 0, "paced": 0, "droppedAnswers": 0,
            ])
    }

    // MARK: authenticate | user, password | {fetchGroups, setGroups, callGroups} | invalidUser, invalidPassword, …

    @Test("authenticate: without users everybody is an invalidUser")
    func authenticate() {
        #expect(peer.ask("authenticate", ["user": "u", "password": "p"]) == .refused(["invalidUser": true]))
    }

    @Test("authenticate: refused with alreadyFetching while the peer has fetches")
    func alreadyFetching() {
        peer.ask("fetch", ["id": 1])
        #expect(peer.ask("authenticate", ["user": "u", "password": "p"]) == .refused(["alreadyFetching": true]))
        peer.ask("unfetch", ["id": 1])
        #expect(peer.ask("authenticate", ["user": "u", "password": "p"]) == .refused(["invalidUser": true]))
    }

    @Test("passwd: without users there is no password to change")
    func passwd() {
        #expect(peer.ask("passwd", ["user": "u", "password": "p"]) == .refused(["invalidUser": true]))
    }

    @Test(
        "authenticate, passwd: user and password are strings, and both are there",
        arguments: ["authenticate", "passwd"])
    func credentials(method: String) {
        #expect(peer.ask(method, ["user": "u"]) == .refused(["missingParam": "password", "got": ["user": "u"]]))
        #expect(peer.ask(method) == .refused(["missingParam": "user", "got": nil]))
        let params: JSON = ["user": "u", "password": 1]
        #expect(peer.ask(method, params) == .refused(["wrongType": "password", "got": params]))
    }

    // MARK: echo | anything | the params; true when absent

    @Test(
        "echo: the params as they were written",
        arguments: ["1.50", #""\u0041""#, "[ ]", "null", #"{ "b":1 , "a":2 }"#])
    func echo(params: String) {
        peer.send(#"{"id":1,"method":"echo","params":\#(params)}"#)
        #expect(peer.receivedTexts() == [#"{"id":1,"result":\#(params)}"#])
    }

    @Test("echo: true when they are absent")
    func echoNothing() {
        #expect(peer.ask("echo") == .done)
    }
}
