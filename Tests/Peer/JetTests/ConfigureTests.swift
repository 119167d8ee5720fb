import JSONText
import Testing

@testable import Jet

@Suite("What a peer says about itself", .timeLimit(.minutes(1)))
struct ConfigureTests {
    @Test("a name that is given later is told at once, and again after a reconnect")
    func later() throws {
        var scene = Scene(reconnects: true, name: "first")
        #expect(scene.sent().map { $0["params"] } == [["name": "first"]])
        try scene.session.configure(
            scene.session.newID(), Identity(name: "second", debug: nil), deadline: scene.now, reply: "A")
        try scene.session.configure(
            scene.session.newID(), Identity(name: nil, debug: true), deadline: scene.now, reply: "B")
        #expect(scene.sent().map { $0["params"] } == [["name": "second"], ["debug": true]])
        _ = scene.linkBreaks()
        scene.session.linkUp(now: scene.now)
        #expect(scene.sent().map { $0["params"] } == [["name": "second", "debug": true]])
    }

    @Test("the daemon takes it")
    func taken() async throws {
        try await withPeers { _, user in
            try await user.configure(name: "thermostat", debug: false)
            try await user.configure(name: "thermostat (kitchen)")
        }
    }
}
