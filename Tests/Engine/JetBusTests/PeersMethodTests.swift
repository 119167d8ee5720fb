import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §2.8: `peers`.
@Suite("jet-protocol(7) §2.8: peers")
struct PeersMethodTests {
    @Test("operators, root and the daemon's user may see all peers; others are refused")
    func access() {
        let bus = TestBus { $0.ownUserID = 99 }
        let allowed = [
            bus.connect(groups: Groups(call: ["operator"])), bus.connect(credentials: Credentials(userID: 0)),
            bus.connect(credentials: Credentials(userID: 99)),
        ]
        let others = [
            bus.connect(), bus.connect(groups: Groups(fetch: ["operator"], set: ["operator"])),
            bus.connect(credentials: Credentials(userID: 100)),
        ]
        for peer in allowed { #expect(peer.ask("peers")?["result"]?["peers"]?.array?.count == 6) }
        for peer in others { #expect(peer.ask("peers") == .refused(["noAccess": "peers"])) }
        let plain = TestBus()
        #expect(plain.connect().ask("peers") == .refused(["noAccess": "peers"]))
    }

    @Test("each peer and each account is shown with what it uses")
    func figures() throws {
        let bus = TestBus()
        var credentials = Credentials(userID: 1000)
        credentials.processID = 123
        credentials.address = "::1"
        credentials.port = 5555
        let owner = bus.connect(credentials: credentials)
        let root = bus.connect(credentials: Credentials(userID: 0))
        let probe = bus.bus.connectProbe()
        owner.ask("config", ["name": "lamp"])
        owner.ask("add", ["path": "m"])
        owner.ask("fetch", ["id": "f", "path": ["equals": "m"]])
        root.ask("call", ["path": "m"])
        let element = try #require(bus.bus.peer(owner.id)?.owned.first).takeUnretainedValue()
        let fetcher = try #require(bus.bus.peer(owner.id)?.fetchers.last)
        let result = try #require(root.ask("peers")?["result"])
        let bytes = element.size + Fetcher.size
        let shown: JSON = [
            "peer": .number(owner.id.index), "name": "lamp", "uid": 1000, "pid": 123, "address": "[::1]:5555",
            "account": "uid 1000", "messages": 3, "work": 0, "elements": 1, "bytes": .number(bytes), "fetches": 1,
            "ruleBytes": .number(fetcher.ruleSize), "pendingRequests": 0, "unread": 0, "conflated": 0, "refused": 0,
            "slow": false,
        ]
        #expect(result["peers"]?[0] == shown)
        #expect(result["peers"]?[1]?["pendingRequests"] == 1)
        #expect(result["peers"]?.array?.count == 2, "a probe is not shown")
        let accounts = try #require(result["accounts"]?.array)
        #expect(accounts.map { $0["account"] } == ["uid 0", "uid 1000"])
        #expect(
            accounts[1] == [
                "account": "uid 1000", "connections": 1, "elements": 1, "bytes": .number(bytes), "fetches": 1,
                "ruleBytes": .number(fetcher.ruleSize), "pendingRequests": 0, "unread": 0, "messages": 3, "work": 0,
                "refused": 0,
            ])
        bus.bus.disconnect(probe)
    }

    @Test("what a peer has not read, and how often it was refused, is shown")
    func slow() throws {
        let bus = TestBus {
            $0.outboxLimit = 1000
            $0.quotas.elements = 4
        }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        let slow = bus.connect(credentials: Credentials(userID: 2))
        let root = bus.connect(credentials: Credentials(userID: 0))
        slow.ask("fetch", ["id": "f"])
        slow.isReading = false
        for path in ["a", "b", "c", "d"] { owner.ask("add", ["path": .string(path), "value": 1]) }
        for value in 0..<100 { owner.ask("change", ["path": "a", "value": .number(value)]) }
        let peers = try #require(root.ask("peers")?["result"]?["peers"]?.array)
        #expect(peers[0]["refused"] == 2)
        #expect(peers[1]["slow"] == true)
        #expect((peers[1]["conflated"]?.int ?? 0) > 50)
        #expect((peers[1]["unread"]?.int ?? 0) >= 1000)
    }

    @Test("messages of peers that have left stay counted for their account and for the bus")
    func messages() throws {
        let bus = TestBus { $0.hasUsers = true }
        let first = bus.connect(), second = bus.connect()
        let root = bus.connect(credentials: Credentials(userID: 0))
        for _ in 0..<5 { first.ask("echo") }
        for _ in 0..<3 { second.ask("echo") }
        first.disconnect()
        func messages(of account: String) -> JSON? {
            root.ask("peers")?["result"]?["accounts"]?.array?.first { $0["account"] == .string(account) }?["messages"]
        }
        #expect(messages(of: "unknown") == 8)
        second.send(#"{"id":1,"method":"authenticate","params":{"user":"john","password":"p"}}"#)
        bus.answerAll(with: .granted(Groups()))
        second.ask("echo")
        #expect(messages(of: "user john") == 1)
        #expect(bus.statistics.messages == 12)
    }
}
