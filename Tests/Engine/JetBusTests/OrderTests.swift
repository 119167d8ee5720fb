import JSONText
import JetBus
import Testing

/// jet-protocol(7) §2.4, **Order**.
@Suite("jet-protocol(7) §2.4: order")
struct OrderTests {
    let bus = TestBus()
    let peer: TestPeer

    init() { peer = bus.connect() }

    @Test("add, change, remove: the sender's own notifications come before its response")
    func ownNotificationsFirst() {
        peer.send(["id": 1, "method": "fetch", "params": ["id": "f"]])
        peer.send(["id": 2, "method": "add", "params": ["path": "a", "value": 1]])
        peer.send(["id": 3, "method": "change", "params": ["path": "a", "value": 2]])
        peer.send(["id": 4, "method": "remove", "params": ["path": "a"]])
        #expect(
            peer.received() == [
                ["id": 1, "result": true], .event("f", "add", "a", 1), ["id": 2, "result": true],
                .event("f", "change", "a", 2), ["id": 3, "result": true], .event("f", "remove", "a", 2),
                ["id": 4, "result": true],
            ])
    }

    @Test("so they do while the sender's snapshot is under way, and each comes once")
    func ownNotificationsFirstInSnapshot() {
        let bus = TestBus { $0.snapshotChunk = 200 }
        let other = bus.connect()
        let peer = bus.connect()
        for number in 0..<50 { other.notify("add", ["path": .string("other/\(number)"), "value": 0]) }
        peer.notify("add", ["path": "mine/old", "value": 1])
        for number in 50..<60 { other.notify("add", ["path": .string("other/\(number)"), "value": 0]) }
        let some: JSON = ["equalsOneOf": ["mine/old", "mine/new"]]
        let batch: [JSON] = [
            ["id": 1, "method": "fetch", "params": ["id": "f"]],
            ["id": 2, "method": "fetch", "params": ["id": "exact", "path": some]],
            ["id": 3, "method": "add", "params": ["path": "mine/new", "value": 1]],
            ["id": 4, "method": "change", "params": ["path": "mine/new", "value": 2]],
            ["id": 5, "method": "change", "params": ["path": "mine/old", "value": 2]],
            ["id": 6, "method": "add", "params": ["path": "mine/brief", "value": 1]],
            ["id": 7, "method": "remove", "params": ["path": "mine/brief"]],
        ]
        peer.send(.array(batch))
        let received = peer.received()
        let mine = received.filter { message in
            let path = message["params"]?["path"]?.string ?? ""
            return message["id"] != nil || path.hasPrefix("mine/")
        }
        func isBefore(_ event: JSON, _ id: JSON) -> Bool {
            guard let place = mine.firstIndex(of: event) else { return false }
            let response: JSON = ["id": id, "result": true]
            return place < mine.firstIndex(of: response) ?? 0
        }
        for fetch in ["f", "exact"] as [JSON] {
            #expect(isBefore(.event(fetch, "add", "mine/new", 1), 3))
            #expect(isBefore(.event(fetch, "change", "mine/new", 2), 4))
            #expect(isBefore(.event(fetch, "add", "mine/old", 2), 5))
            let expected = fetch == "f" ? 5 : 3
            #expect(mine.count { $0["method"] == fetch } == expected)
        }
        #expect(isBefore(.event("f", "add", "mine/brief", 1), 6))
        #expect(isBefore(.event("f", "remove", "mine/brief", 1), 7))
        #expect(received.count { $0["method"] == "f" } == 65)
    }

    @Test("fetch: the response comes before the first notification")
    func fetchResponseFirst() {
        peer.notify("add", ["path": "a", "value": 1])
        peer.send(["id": 1, "method": "fetch", "params": ["id": "f"]])
        #expect(peer.received() == [["id": 1, "result": true], .event("f", "add", "a", 1)])
    }

    @Test("what one peer sends is handled in its order")
    func senderOrder() {
        let owner = bus.connect()
        for path in 0..<7 { owner.notify("add", ["path": .string("\(path)"), "value": 1]) }
        peer.ask("fetch", ["id": "f"])
        _ = peer.received()
        for value in 0..<1000 { owner.notify("change", ["path": .string("\(value % 7)"), "value": .number(value)]) }
        #expect(peer.received().map { $0["params"]?["value"]?.int } == Array(0..<1000))
    }

    @Test("what reaches one peer about one path keeps the order in which it happened, whoever caused it")
    func pathOrder() {
        let one = bus.connect()
        let two = bus.connect()
        peer.ask("fetch", ["id": "f", "path": ["startsWith": ""]])
        peer.ask("fetch", ["id": "g", "path": ["equals": "a"]])
        one.ask("add", ["path": "a", "value": 1])
        one.ask("remove", ["path": "a"])
        two.ask("add", ["path": "a", "value": 2])
        two.disconnect()
        one.ask("add", ["path": "a", "value": 3])
        let received = peer.received()
        for id in ["f", "g"] as [JSON] {
            let events: [JSON] = [
                .event(id, "add", "a", 1), .event(id, "remove", "a", 1), .event(id, "add", "a", 2),
                .event(id, "remove", "a", 2), .event(id, "add", "a", 3),
            ]
            #expect(received.filter { $0["method"] == id } == events)
        }
    }

    @Test("a peer's end removes what it owned in the order in which it was added")
    func endOrder() {
        let owner = bus.connect()
        for path in ["d", "b", "x", "a", "c"] { owner.ask("add", ["path": .string(path), "value": 1]) }
        owner.ask("remove", ["path": "x"])
        peer.ask("fetch", ["id": "f"])
        _ = peer.received()
        owner.disconnect()
        #expect(peer.received().map { $0["params"]?["path"]?.string } == ["d", "b", "a", "c"])
    }
}
