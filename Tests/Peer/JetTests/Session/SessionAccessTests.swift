import JSONText
import Testing

@testable import Jet

@Suite("Session: who the peer is")
struct SessionAccessTests {
    private func reconnected() throws -> Scene {
        var scene = Scene(reconnects: true)
        try scene.addDone("a")
        scene.session.login = .password(Peer.Credentials(user: "u", password: "p"))
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        return scene
    }

    @Test("is said on a new connection before anything else is asked for")
    func order() throws {
        var scene = try reconnected()
        let sent = scene.sent()
        #expect(sent.map { $0["method"] } == ["authenticate", "add"])
        #expect(sent.first?["params"] == ["user": "u", "password": "p"])
        #expect(scene.comes(["id": sent.first?["id"] ?? nil, "result": [:]]) == nil)
    }

    @Test("if the daemon does not believe it any more, the log says so; if it has no time, the connection is given up")
    func refused() throws {
        for (code, action) in [(-32602, "log: not authenticated: -32602"), (-32010, "hang up")] {
            var scene = try reconnected()
            let id = scene.sent().first?["id"] ?? nil
            let error: JSON = ["code": .number(code), "message": "", "data": nil]
            #expect(scene.comes(["id": id, "error": error]) == action)
        }
        var scene = try reconnected()
        #expect(scene.passes(.seconds(60)).contains("hang up"))
    }

    @Test("with a key too; where only those who have logged in may do anything, a refusal ends the connection")
    func key() throws {
        var scene = Scene(reconnects: true, demandsLogin: true)
        try scene.addDone("a")
        scene.session.login = .key
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        let sent = scene.sent()
        #expect(sent.map { $0["method"] } == ["authenticate", "add"])
        #expect(sent.first?["params"] == ["key": true])
        let error: JSON = ["code": -32602, "message": "Invalid params", "data": ["invalidKey": true]]
        #expect(scene.comes(["id": sent.first?["id"] ?? nil, "error": error]) == "hang up")
        // What was sent behind it is refused, too: that is of no account, and the element comes back later.
        #expect(scene.comes(["id": sent.last?["id"] ?? nil, "error": error]) == nil)
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent().map { $0["method"] } == ["authenticate", "add"])
    }
}
