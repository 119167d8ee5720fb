import Glibc
import Jet
import JetProtocol
import TestSupport
import Testing

/// The programs of `Sources/Examples`, run as their readers will.
@Suite("Examples", .timeLimit(.minutes(1)))
struct ExampleTests {
    private static let fromLuaJet = "Sources/Peer/Jet/Jet.docc/FromLuaJet.md"
    private static let overview = "Sources/Peer/Jet/Jet.docc/Jet.md"

    @Test("the lamp and the script that dims it say what the article says")
    func lampAndDim() async throws {
        let article = try Repository.text(Self.fromLuaJet)
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

    @Test("the lamp survives the daemon: what it provides is there again")
    func restart() async throws {
        let endpoint = Endpoint.unix(path: socketPath())
        let lamp = try await withDaemon(at: endpoint) { endpoint in
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let lamp = try ChildProcess(
                ChildProcess.path(ofProduct: "ExampleLamp"), [], environment: ["JET_CONNECT": "\(endpoint)"],
                streams: .terminal(columns: 80, lines: 24))
            try await lamp.wait { $0.contains("add lamp/level 0") }
            try await user.set("lamp/level", to: 70)
            try await lamp.wait { $0.contains("change lamp/level 70") }
            await user.close()
            return lamp
        }
        try await withDaemon(at: endpoint) { endpoint in
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            for try await event in try await user.fetch(.path("lamp/toggle")) where event.kind == .add { break }
            #expect(try await user.get(.path("lamp/level"), as: Int.self).first?.value == 70)
            #expect(try await user.call("lamp/toggle", as: Int.self) == 0)
            try await lamp.wait { $0.contains("change lamp/level 0") }
            lamp.send(SIGINT)
            #expect(try await lamp.end() == 128 + SIGINT)
            await user.close()
        }
    }

    @Test("without a daemon the lamp says so in one line, and ends with 1")
    func noDaemon() async throws {
        let environment = ["JET_CONNECT": "unix:\(socketPath())"]
        let lamp = try ChildProcess(ChildProcess.path(ofProduct: "ExampleLamp"), [], environment: environment)
        #expect(try await lamp.end() == 1)
        #expect(lamp.text(.error) == "")
        #expect(lamp.text().hasPrefix("lamp: ") && lamp.text().split(separator: "\n").count == 1, "\(lamp.text())")
    }

    @Test(
        "the documents quote the programs as they are",
        arguments: [
            ("README.md", "Lamp"), (overview, "Lamp"), (fromLuaJet, "Lamp"), (fromLuaJet, "Dim"),
        ])
    func quoted(document: String, program: String) throws {
        let source = try Repository.text("Sources/Examples/\(program)/main.swift")
        #expect(try Repository.text(document).contains("```swift\n\(source)```"))
    }

    @Test("the README and the library's documentation declare the dependency alike, on the version that this is")
    func dependency() throws {
        let manifest = try #require(
            try Repository.text(Self.overview).firstMatch(of: /```swift\n(\/\/ swift-tools-version[^`]*)```/)?.1)
        #expect(manifest.contains("from: \"\(Release.version)\""))
        #expect(try Repository.text("README.md").contains("```swift\n\(manifest)```"))
        let tools = try Repository.text("Package.swift").prefix { $0 != "\n" }
        #expect(manifest.hasPrefix(tools))
    }
}
