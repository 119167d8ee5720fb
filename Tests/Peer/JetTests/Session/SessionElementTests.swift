import JSONText
import Testing

@testable import Jet

@Suite("Session: elements")
struct SessionElementTests {
    @Test("add, change and remove say what jet-protocol(7) says")
    func messages() throws {
        var scene = Scene()
        let add = try scene.add("a\"b", ["x": 1])
        try scene.change("a\"b", 2)
        #expect(try scene.remove("a\"b") == nil)
        let sent = scene.sent()
        #expect(
            sent.prefix(2) == [
                ["id": .number(add), "method": "add", "params": ["path": "a\"b", "value": ["x": 1]]],
                ["method": "change", "params": ["path": "a\"b", "value": 2]],
            ])
        #expect(sent.last?["method"] == "remove")
        #expect(sent.last?["params"] == ["path": "a\"b"])
    }

    @Test("what was said in one turn is one run of bytes")
    func batch() throws {
        var scene = Scene()
        try scene.addDone("a")
        for value in 0..<1000 { try scene.change("a", .number(value)) }
        #expect(scene.sent().count == 1000)
        #expect(scene.sent() == [])
    }

    @Test("a path that this peer has is refused without asking the daemon")
    func twice() throws {
        var scene = Scene()
        try scene.addDone("a", owner: 1)
        #expect(throws: JetError.self) { _ = try scene.add("a", owner: 2) }
        #expect(scene.sent() == [])
    }

    @Test("an element that the daemon refuses is forgotten")
    func refused() throws {
        var scene = Scene()
        let id = try scene.add("a")
        #expect(
            scene.comes([
                "id": .number(id), "error": ["code": -32602, "message": "", "data": ["pathAlreadyExists": "a"]],
            ])
                == "add fails: -32602")
        #expect(!scene.session.isAdded("a", owner: 0))
        #expect(throws: JetError.self) { try scene.change("a", 1) }
    }

    @Test("an add that is no longer awaited is undone if the daemon adds the element after all")
    func abandonedAdd() throws {
        var scene = Scene()
        _ = try scene.add("a")
        _ = scene.sent()
        #expect(scene.passes(.seconds(5)) == ["add fails: timeout"])
        #expect(scene.sent() == [["method": "remove", "params": ["path": "a"]]])
        #expect(!scene.session.isAdded("a", owner: 0))
    }

    @Test("two paths that look the same are two elements when their code points differ")
    func codePoints() throws {
        var scene = Scene()
        try scene.addDone("\u{E9}")
        try scene.addDone("e\u{301}")
        #expect(scene.comes(["id": 1, "method": "e\u{301}", "params": [:]]) == "element e\u{301} serves {}")
    }

    @Test("a removed State that is added anew is not touched by the answer to the removal")
    func removeAndAdd() throws {
        var scene = Scene()
        try scene.addDone("a", owner: 1)
        _ = try scene.remove("a", owner: 1)
        let removal = try #require(scene.sent().first?["id"])
        let add = try scene.add("a", owner: 2)
        #expect(scene.comes(["id": removal, "result": true]) == "remove gets true")
        #expect(scene.comes(["id": .number(add), "result": true]) == "add gets true")
        #expect(scene.session.isAdded("a", owner: 2))
        #expect(!scene.session.isAdded("a", owner: 1), "the former State is another one")
        #expect(throws: JetError.self) { try scene.change("a", 5, owner: 1) }
    }

    // MARK: Routed requests

    @Test("a routed request is served, and answered under its id as it came")
    func routed() throws {
        var scene = Scene()
        try scene.addDone("a")
        for id in ["\"x\\u0041\"", "17", "1.50"] {
            let message = try JSON(parsing: #"{"id":\#(id),"method":"a","params":{"value":3}}"#)
            #expect(scene.comes(message) == #"element a serves {"value":3}"#)
            scene.session.answer(
                RoutedRequest(epoch: scene.session.epoch, id: Array(id.utf8), params: []), .success(Array("true".utf8)))
            let bytes = scene.session.outbox.take() ?? []
            #expect(String(decoding: bytes.dropFirst(4), as: UTF8.self) == #"{"id":\#(id),"result":true}"#)
            scene.session.written()
        }
    }

    @Test("a request without an id is served and not answered")
    func routedNotification() throws {
        var scene = Scene()
        try scene.addDone("a")
        #expect(scene.comes(["method": "a", "params": ["value": 3]]) == #"element a serves {"value":3}"#)
        scene.session.answer(RoutedRequest(epoch: scene.session.epoch, id: nil, params: []), .success([]))
        #expect(scene.sent() == [])
    }

    @Test("a request for an element that is not here any more is refused at once, so that nobody waits in vain")
    func routedToNobody() {
        var scene = Scene()
        #expect(scene.comes(["id": "r1", "method": "gone", "params": [:]]) == nil)
        #expect(scene.sent().first?["error"]?["data"] == ["pathNotExists": "gone"])
        #expect(scene.comes(["method": "gone", "params": [:]]) == nil)
        #expect(scene.sent() == [])
    }

    @Test("an answer to a request of a former connection is not sent on the new one")
    func formerConnection() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("a")
        let former = RoutedRequest(epoch: scene.session.epoch, id: Array("7".utf8), params: [])
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        _ = scene.sent()
        scene.session.answer(former, .success(Array("true".utf8)))
        #expect(scene.sent() == [])
    }

    // MARK: A daemon that does not read

    @Test("beyond the limit of the outbox the newest value of each State waits, and is sent as soon as there is room")
    func congestion() throws {
        var scene = Scene(outboxLimit: 1000)
        try scene.addDone("a")
        try scene.addDone("b")
        try scene.change("a", 0)
        let stuck = scene.session.outbox.take()
        #expect(stuck != nil)
        for value in 1...10_000 {
            try scene.change("a", .number(value))
            try scene.change("b", .number(-value))
        }
        #expect(scene.session.outbox.bytes.count < 1100, "memory is bounded")
        #expect(throws: JetError.self) { try scene.session.notify("set", params: Text.emptyObject) }

        scene.session.written()
        var seen: [JSON] = []
        while case let more = scene.sent(), !more.isEmpty { seen += more }
        #expect(seen.last { $0["params"]?["path"] == "a" }?["params"]?["value"] == 10_000)
        #expect(seen.last { $0["params"]?["path"] == "b" }?["params"]?["value"] == -10_000)
        let values = seen.filter { $0["params"]?["path"] == "a" }.compactMap { $0["params"]?["value"]?.int }
        #expect(values == values.sorted(), "never an older value after a newer one")
    }

    @Test("a State that is removed while its value waits is not changed afterwards")
    func congestedRemoval() throws {
        var scene = Scene(outboxLimit: 10)
        try scene.addDone("a")
        try scene.change("a", 1)
        try scene.change("a", 2)
        _ = try scene.remove("a")
        var methods: [JSON?] = []
        while case let more = scene.sent(), !more.isEmpty { methods += more.map { $0["method"] } }
        #expect(methods == ["change", "remove"])
    }
}
