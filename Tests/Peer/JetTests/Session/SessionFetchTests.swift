import JSONText
import Testing

@testable import Jet

@Suite("Session: fetches")
struct SessionFetchTests {
    private func notice(_ fetch: Int, _ event: String, _ path: String, _ value: JSON? = nil) -> JSON {
        var params: JSON.Object = ["path": .string(path), "event": .string(event)]
        params["value"] = value
        return ["method": .number(fetch), "params": .object(params)]
    }

    @Test("a fetch says its id and rule; what is told under that id reaches the listener")
    func plain() throws {
        var scene = Scene()
        let fetch = try scene.fetch(#""path":{"startsWith":"a"}"#)
        let sent = scene.sent()
        #expect(sent.first?["params"] == ["id": .number(fetch), "path": ["startsWith": "a"]])
        #expect(scene.comes(["id": sent.first?["id"] ?? .null, "result": true]) == "fetch gets true")
        #expect(scene.comes(notice(fetch, "add", "a", 1)) == "feed hears add a 1")
        #expect(scene.comes(notice(fetch, "change", "a", 2)) == "feed hears change a 2")
        #expect(scene.comes(notice(fetch, "remove", "a", 2)) == "feed hears remove a 2")
        #expect(scene.comes(notice(fetch, "add", "method")) == "feed hears add method")
        #expect(scene.comes(notice(fetch + 1, "add", "a", 1)) == nil, "somebody else's")
    }

    @Test("notifications that make no sense are ignored")
    func nonsense() throws {
        var scene = Scene()
        let fetch = try scene.fetchDone()
        #expect(scene.comes(notice(fetch, "explode", "a", 1)) == nil)
        #expect(scene.comes(["method": .number(fetch), "params": ["event": "add"]]) == nil)
        #expect(scene.comes(["method": .number(fetch), "params": ["path": 1, "event": "add"]]) == nil)
        #expect(scene.comes(["method": .number(fetch), "params": [1, 2]]) == nil)
        #expect(scene.comes(["method": .number(fetch)]) == nil)
        #expect(scene.comes(["method": [], "params": [:]]) == nil)
    }

    @Test("after unfetch nothing is delivered, whatever is still on its way")
    func unfetch() throws {
        var scene = Scene()
        let fetch = try scene.fetchDone()
        _ = try scene.session.unfetch(scene.session.newID(), fetch, deadline: scene.now, reply: "unfetch")
        #expect(scene.sent().first?["params"] == ["id": .number(fetch)])
        #expect(scene.comes(notice(fetch, "add", "a", 1)) == nil)
    }

    @Test("after a reconnect the listener hears what is new: changes, comings and goings, and nothing else")
    func reconcile() throws {
        var scene = Scene(reconnects: true)
        let fetch = try scene.fetchDone()
        for path in ["same", "changed", "gone", "also gone"] { _ = scene.comes(notice(fetch, "add", path, 1)) }
        _ = scene.comes(notice(fetch, "change", "gone", 7))
        #expect(scene.linkBreaks() == [])

        scene.session.linkUp(now: scene.now)
        let sent = scene.sent()
        #expect(sent.map { $0["method"] } == ["fetch", "echo"])
        #expect(scene.comes(["id": sent[0]["id"] ?? .null, "result": true]) == nil)
        #expect(scene.comes(notice(fetch, "add", "same", 1)) == nil)
        #expect(scene.comes(notice(fetch, "add", "changed", 2)) == "feed hears change changed 2")
        #expect(scene.comes(notice(fetch, "add", "new", 3)) == "feed hears add new 3")

        #expect(scene.comes(["id": sent[1]["id"] ?? .null, "result": true]) == nil, "perhaps there is more")
        let again = scene.sent()
        #expect(again.map { $0["method"] } == ["echo"])
        #expect(
            scene.comes(["id": again[0]["id"] ?? .null, "result": true])
                == "feed hears remove also gone 1, remove gone 7")
        #expect(scene.sent() == [])
        #expect(scene.comes(notice(fetch, "change", "same", 5)) == "feed hears change same 5")
    }

    @Test("a connection that breaks again before everything was told loses nothing")
    func reconcileTwice() throws {
        var scene = Scene(reconnects: true)
        let fetch = try scene.fetchDone()
        for path in ["a", "b"] { _ = scene.comes(notice(fetch, "add", path, 1)) }
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        #expect(scene.comes(notice(fetch, "add", "a", 1)) == nil)
        _ = scene.sent()
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        let echo = try #require(scene.sent().last)
        #expect(scene.comes(["id": echo["id"] ?? .null, "result": true]) == "feed hears remove a 1, remove b 1")
    }

    @Test("a change that comes before everything was told again is heard")
    func changeWhileReconciling() throws {
        var scene = Scene(reconnects: true)
        let fetch = try scene.fetchDone()
        _ = scene.comes(notice(fetch, "add", "a", 1))
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        #expect(scene.comes(notice(fetch, "add", "a", 1)) == nil)
        #expect(scene.comes(notice(fetch, "change", "a", 1)) == "feed hears change a 1")
    }

    @Test("a fetch that the new daemon refuses ends with its error")
    func refusedAgain() throws {
        var scene = Scene(reconnects: true)
        _ = try scene.fetchDone()
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        let id = scene.sent().first?["id"] ?? .null
        #expect(scene.comes(["id": id, "error": ["code": -32602, "message": "bad"]]) == "feed ends: -32602")
    }

    @Test("a fetch that is no longer awaited is undone")
    func abandoned() throws {
        var scene = Scene()
        let fetch = try scene.fetch()
        _ = scene.sent()
        #expect(scene.passes(.seconds(5)) == ["fetch fails: timeout"])
        #expect(scene.sent() == [["method": "unfetch", "params": ["id": .number(fetch)]]])
    }
}
