import JSONText
import Testing

@testable import Jet

@Suite("Session: what a new connection restores")
struct SessionReconnectTests {
    @Test("all elements come back with their newest values, in the order in which they were added")
    func elements() throws {
        var scene = Scene(reconnects: true)
        for path in ["c", "a", "b"] { try scene.addDone(path, 1) }
        try scene.change("a", 2)
        _ = scene.linkBreaks()
        try scene.change("b", 3)
        #expect(scene.sent() == [], "there is nobody to tell")
        #expect(scene.session.isAdded("b", owner: 0))

        scene.session.linkUp(now: scene.now)
        #expect(
            scene.sent().map { $0["params"] } == [
                ["path": "c", "value": 1], ["path": "a", "value": 2], ["path": "b", "value": 3],
            ])
    }

    @Test("a Method comes back as a Method")
    func method() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("m", nil)
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent().map { $0["params"] } == [["path": "m"]])
    }

    @Test("what was removed while there was no connection does not come back")
    func removedMeanwhile() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("a")
        _ = scene.linkBreaks()
        #expect(try scene.remove("a") == "remove gets true")
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent() == [])
    }

    @Test(
        "a removal that the break of the connection overtook has succeeded: the daemon removes what a lost peer owned")
    func removalOvertaken() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("a")
        _ = try scene.remove("a")
        #expect(scene.linkBreaks() == ["remove gets true"])
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent() == [])
    }

    @Test("an add that the break of the connection overtook has failed, and does not come back")
    func addOvertaken() throws {
        var scene = Scene(reconnects: true)
        _ = try scene.add("a")
        #expect(scene.linkBreaks() == ["add fails: notConnected"])
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent() == [])
    }

    @Test("an element that the daemon still has from the lost connection is tried again until it is free")
    func pathStillTaken() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("a", 1)
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        var log: [String?] = []
        var waited = Duration.zero
        for _ in 0..<12 {
            let add = try #require(scene.sent().first)
            #expect(add["method"] == "add")
            log.append(
                scene.comes([
                    "id": add["id"] ?? .null,
                    "error": ["code": -32602, "message": "", "data": ["pathAlreadyExists": "a"]],
                ]))
            let due = try #require(scene.session.nextDeadline)
            waited += due - scene.now
            try scene.change("a", .number(log.count))
            #expect(scene.sent() == [], "the value waits with the State")
            #expect(scene.passes(due - scene.now) == [])
        }
        #expect(log.compactMap(\.self) == ["log: a delayed"], "the log hears of it once")
        #expect(waited > .seconds(20), "ever more rarely")
        let add = try #require(scene.sent().first)
        #expect(add["params"]?["value"] == 12)
        #expect(scene.comes(["id": add["id"] ?? .null, "result": true]) == nil)
        #expect(scene.session.nextDeadline == nil)
        try scene.change("a", 13)
        #expect(scene.sent().first?["params"] == ["path": "a", "value": 13])
    }

    @Test("an element that will never be taken is given up, and the log says so")
    func refusedForGood() throws {
        var scene = Scene(reconnects: true)
        try scene.addDone("a")
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        let id = scene.sent().first?["id"] ?? .null
        #expect(
            scene.comes(["id": id, "error": ["code": -32602, "message": "", "data": ["noAccess": "a"]]])
                == "log: a refused")
        #expect(!scene.session.isAdded("a", owner: 0))
    }

    @Test("without reconnecting, the end of the connection is the end of everything")
    func never() throws {
        var scene = Scene(reconnects: false)
        try scene.addDone("a")
        _ = try scene.fetchDone()
        _ = try scene.request("info", nil, "A")
        #expect(scene.linkBreaks() == ["A fails: notConnected", "feed ends: notConnected"])
        #expect(!scene.session.isAdded("a", owner: 0))
        #expect(throws: JetError.self) { try scene.change("a", 2) }
    }
}
