import JSONText
import Testing

@testable import Jet

@Suite("Session: requests")
struct SessionRequestTests {
    @Test("a request has a number of its own, and its answer finds who asked")
    func answer() throws {
        var scene = Scene()
        let first = try scene.request("info", nil, "A")
        let second = try scene.request("echo", ["x": 1], "B")
        #expect(
            scene.sent() == [
                ["id": .number(first), "method": "info"],
                ["id": .number(second), "method": "echo", "params": ["x": 1]],
            ])
        #expect(scene.comes(["id": .number(second), "result": ["x": 1]]) == #"B gets {"x":1}"#)
        #expect(scene.comes(["id": .number(first), "error": ["code": -32603, "message": "no"]]) == "A fails: -32603")
    }

    @Test("the digits of a result come through as they were written")
    func digits() throws {
        var scene = Scene()
        let id = try scene.request("echo", nil, "A")
        let result = try JSON(parsing: "[1.50,1e400,12345678901234567890123]")
        #expect(scene.comes(["id": .number(id), "result": result]) == "A gets [1.50,1e400,12345678901234567890123]")
    }

    @Test("late, repeated and unknown answers are ignored")
    func late() throws {
        var scene = Scene()
        let id = try scene.request("info", nil, "A")
        _ = scene.session.cancel(id)
        #expect(scene.comes(["id": .number(id), "result": 1]) == nil)
        #expect(scene.comes(["id": 4711, "result": 1]) == nil)
        #expect(scene.comes(["id": "1", "result": 1]) == nil)
        #expect(scene.comes(["id": 1e300, "result": 1]) == nil)
    }

    @Test("a request that is not answered fails at its deadline, not before")
    func timeout() throws {
        var scene = Scene()
        _ = try scene.request("info", nil, within: .seconds(5), "slow")
        _ = try scene.request("info", nil, within: .seconds(2), "quick")
        #expect(scene.session.nextDeadline == scene.now + .seconds(2))
        #expect(scene.passes(.milliseconds(1999)) == [])
        #expect(scene.passes(.milliseconds(1)) == ["quick fails: timeout"])
        #expect(scene.passes(.seconds(3)) == ["slow fails: timeout"])
        #expect(scene.session.nextDeadline == nil)
    }

    @Test("who waits for another peer waits as long as the daemon shows that it is alive")
    func openEnded() throws {
        var scene = Scene()
        try scene.session.request(
            scene.session.newID(), "call", params: nil, deadline: scene.now + .seconds(5), isOpenEnded: true, reply: "A"
        )
        _ = scene.sent()
        for _ in 0..<10 {
            #expect(scene.passes(.seconds(5)) == [])
            let probe = try #require(scene.sent().first)
            #expect(probe["method"] == "echo")
            scene.now += .milliseconds(1)
            scene.session.heard(at: scene.now)
            #expect(scene.comes(["id": probe["id"] ?? .null, "result": true]) == nil)
        }
        #expect(scene.passes(.seconds(5)) == [], "asked once more")
        #expect(scene.passes(.seconds(5)) == ["A fails: timeout"], "and there was no sign of life")
    }

    @Test("without a connection a request is refused at once")
    func notConnected() throws {
        var scene = Scene(reconnects: true)
        _ = scene.linkBreaks()
        #expect(throws: JetError.self) { _ = try scene.request("info", nil, "A") }
        #expect(scene.sent() == [])
    }

    @Test("when the connection breaks, everybody who waits is told, in the order of asking")
    func linkBreaks() throws {
        var scene = Scene(reconnects: true)
        for name in ["A", "B", "C"] { _ = try scene.request("info", nil, name) }
        #expect(scene.linkBreaks() == ["A", "B", "C"].map { "\($0) fails: notConnected" })
        #expect(scene.session.nextDeadline == nil)
    }

    @Test("closing tells everybody who waits, and what was said before is still sent")
    func close() throws {
        var scene = Scene()
        _ = try scene.request("info", nil, "A")
        #expect(scene.session.end().count == 1)
        #expect(scene.sent().count == 1)
        #expect(throws: JetError.self) { _ = try scene.request("info", nil, "B") }
    }

    @Test("an error that belongs to no request is for the log")
    func complaint() {
        var scene = Scene()
        #expect(scene.comes(["error": ["code": -32700, "message": "Parse error"]]) == "log: complaint -32700")
    }

    @Test("the name is told on every connect, before anything else")
    func name() {
        var scene = Scene(reconnects: true, name: "lamp")
        for _ in 0..<2 {
            let config = scene.sent()
            #expect(config.count == 1)
            #expect(config.first?["method"] == "config")
            #expect(config.first?["params"] == ["name": "lamp"])
            _ = scene.linkBreaks()
            scene.session.linkUp(now: scene.now)
        }
    }
}
