import Glibc
import Jet
import JetProtocol
import TestSupport
import Testing

/// The programs of `Sources/Examples`, run as their readers will.
@Suite("Examples", .timeLimit(.minutes(1)))
struct ExampleTests {
    @Test("the lamp and the script that dims it say what the article says")
    func lampAndDim() async throws {
        let article = try Repository.text("Sources/Peer/Jet/Jet.docc/FromLuaJet.md")
        try await withDaemon { endpoint in
            let environment = ["JET_CONNECT": "\(endpoint)"]
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let lamp = try ChildProcess(ChildProcess.path(ofProduct: "ExampleLamp"), [], environment: environment)
            for try await event in try await user.fetch(.path("lamp/toggle")) where event.kind == .add { break }

            let script = try ChildProcess(ChildProcess.path(ofProduct: "ExampleDim"), [], environment: environment)
            #expect(try await script.end() == 0)
            #expect(script.text(.error) == "")
            #expect(article.contains("```\n\(script.text())```"), "the article quotes \(script.text())")
            #expect(try await user.get(.path("lamp/level"), as: Int.self).first?.value == 0)
            lamp.send(SIGTERM)
            await user.close()
        }
    }

    @Test("the article quotes the programs as they are", arguments: ["Lamp/Lamp.swift", "Dim/main.swift"])
    func quoted(program: String) throws {
        let article = try Repository.text("Sources/Peer/Jet/Jet.docc/FromLuaJet.md")
        #expect(article.contains("```swift\n\(try Repository.text("Sources/Examples/\(program)"))```"))
    }
}
