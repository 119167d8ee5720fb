import JSONText
import Testing

@testable import Jet

@Suite("A session's sorted fetches")
struct SessionSortedTests {
    @Test("what a window becomes reaches the listener in the order of places, however it came")
    func delivered() throws {
        var scene = Scene()
        let fetch = try scene.fetchDone()
        #expect(
            scene.comes([
                "method": .number(fetch),
                "params": [
                    "n": 3,
                    "changes": [
                        ["path": "c", "index": 3, "fetchOnly": true], ["path": "a", "value": [1], "index": 1],
                    ],
                ],
            ]) == "feed hears n 3, 1 a [1], 3 c")
        #expect(
            scene.comes(["method": .number(fetch), "params": ["n": 0, "changes": []]]) == "feed hears n 0")
    }

    @Test("a daemon in Lua writes an empty list as an empty object")
    func lua() throws {
        var scene = Scene()
        let fetch = try scene.fetchDone()
        #expect(scene.comes(["method": .number(fetch), "params": ["n": 1, "changes": [:]]]) == "feed hears n 1")
    }

    @Test(
        "what is no sorted notification is ignored, and of one what makes no sense",
        arguments: [
            (#"{"n":-1,"changes":[]}"#, nil), (#"{"n":"1","changes":[]}"#, nil), (#"{"n":1}"#, nil),
            (#"{"changes":[]}"#, nil), (#"{"n":1.5,"changes":[]}"#, nil),
            (#"{"n":2,"changes":[1,null,{},{"path":"a"},{"index":1},{"path":"b","index":2}]}"#, "feed hears n 2, 2 b"),
            (#"{"n":1e0,"changes":[{"path":"a","index":1.0,"value":null}]}"#, "feed hears n 1, 1 a null"),
        ] as [(String, String?)])
    func nonsense(params: String, heard: String?) throws {
        var scene = Scene()
        let fetch = try scene.fetchDone()
        #expect(scene.comes(["method": .number(fetch), "params": try JSON(parsing: Array(params.utf8))]) == heard)
    }

    @Test("after a reconnect it is begun again, and nobody needs to ask when all has been told")
    func again() throws {
        var scene = Scene(reconnects: true)
        let fetch = try scene.fetchDone()
        _ = scene.comes(["method": .number(fetch), "params": ["n": 1, "changes": [["path": "a", "index": 1]]]])
        #expect(scene.linkBreaks() == [])
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent().map { $0["method"] } == ["fetch"])
        #expect(
            scene.comes(["method": .number(fetch), "params": ["n": 1, "changes": [["path": "b", "index": 1]]]])
                == "feed hears n 1, 1 b")
    }
}
