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
}
