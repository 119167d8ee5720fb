import Digests
import Glibc
import Jet
import JetProtocol
import JetUsers
import TestSupport
import Testing

@testable import JetCommand

/// Names for daemons.
@Suite("Contexts")
struct ContextTests {
    private func folder(_ bus: TestBus) -> UserFolder { UserFolder(bus.home.path + "/jet") }

    @Test("are added, listed, shown, made the default and removed")
    func verbs() async throws {
        let bus = try await TestBus()
        let key = Fingerprint(ofKey: [1])
        #expect(try await bus.jet("context", "list").error.contains("jet context add NAME"))
        #expect(try await bus.jet("context", "add", "shed", "--connect", "shed.local", "--user", "ada").status == 0)
        #expect(
            try await bus.jet("context", "add", "plant", "--connect", "tcp://plant:1", "--fingerprint", "\(key)").status
                == 0)
        #expect(try await bus.jet("context", "use", "shed").status == 0)
        #expect(
            try await bus.jet("context").lines
                == ["  plant  tcp://plant:1", "* shed   wss://shed.local:11124 as ada"])
        #expect(
            try await bus.jet("context", "list", "--json").lines == [
                #"{"name":"plant","default":false,"connect":"tcp://plant:1","fingerprints":["\#(key)"]}"#,
                #"{"name":"shed","default":true,"connect":"wss://shed.local:11124","user":"ada"}"#,
            ])
        #expect(
            try await bus.jet("context", "show", "shed").lines
                == ["connect  wss://shed.local:11124", "user     ada", "default  yes"])
        #expect(try await bus.jet("context", "remove", "shed").status == 0)
        let gone = try await bus.jet("context", "show", "shed")
        #expect(gone.status == 2)
        #expect(gone.error == "jet: There is no context 'shed'.\nThese exist: plant.\n")
        #expect(try ContextFile(in: folder(bus)).defaultName == nil)
        #expect(try await bus.jet("context", "use", "shed").status == 2)
    }

    @Test("a stored password is in the file that only the user can read, and is never printed")
    func password() async throws {
        let bus = try await TestBus()
        let typing = try bus.start(
            ["context", "add", "shed", "--connect", "shed", "--user", "ada", "--store-password"],
            streams: .terminal(columns: 80, lines: 24))
        try await typing.wait { $0.contains("Password of ada: ") }
        typing.type("sekret\n")
        #expect(try await typing.end() == 0)
        #expect(!typing.text().contains("sekret"))
        let folder = folder(bus)
        #expect(try ContextFile(in: folder).existing("shed").password == "sekret")
        var status = stat()
        #expect(stat(folder.file("contexts.json"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        for arguments in [["list"], ["list", "--json"], ["show", "shed"], ["show", "shed", "--json"]] {
            let process = try bus.start(["context"] + arguments)
            #expect(try await process.end() == 0)
            #expect(!process.text().contains("sekret"))
        }
        #expect(!"\(try ContextFile(in: folder).existing("shed"))".contains("sekret"))
        chmod(folder.file("contexts.json"), 0o644)
        let open = try await bus.jet("ls", "-c", "shed")
        #expect(open.status == 2)
        #expect(open.error.contains("chmod 600"))
    }

    @Test(
        "what cannot be a context is refused",
        arguments: [
            ["add", "a/b", "--connect", "h"], ["add", "-x", "--connect", "h"], ["add", "a"],
            ["add", "a", "--connect", "a b"],
            ["add", "a", "--connect", "h", "--password-file", "f"], ["add", "a", "--connect", "h", "--store-password"],
            ["add", "a", "--connect", "h", "--fingerprint", "SHA256:x"],
            ["add", "a", "--connect", "h", "--password", "p", "--user", "u"], ["use"], ["use", "a", "--none"],
        ])
    func usage(arguments: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(["context"] + arguments)
        #expect(try await process.end() == 2)
        #expect(access(folder(bus).file("contexts.json"), F_OK) != 0)
    }

    @Test("-c names the daemon and its user; a path is completed there")
    func using() async throws {
        let bus = try await TestBus(withUsers: true)
        defer { unlink(bus.usersFile.path) }
        try await bus.peer.addState("s", 1, options: ElementOptions(access: Access(fetchGroups: ["johns"])))
        let folder = folder(bus)
        try folder.make()
        try folder.write(Array("john's\n".utf8), to: "password")
        let added = try await bus.jet(
            "context", "add", "here", "--connect", "\(bus.endpoint)", "--user", "john", "--password-file",
            folder.file("password"))
        #expect(added.status == 0)
        let nowhere = ["JET_CONNECT": "unix:/nowhere"]
        #expect(try await bus.jet("get", "s", "-c", "here", environment: nowhere).output == "1\n")
        #expect(try await bus.jet("get", "s", environment: nowhere).status == 3)
        #expect(try await bus.jet("context", "use", "here").status == 0)
        #expect(try await bus.jet("get", "s", environment: nowhere).status == 3, "JET_CONNECT precedes the default")
        #expect(try await bus.jet("get", "s", environment: ["JET_CONNECT": ""]).output == "1\n")
        let paths = try await bus.jet(
            "---completion", "get", "--", "positional@0", "4", "0", "jet", "get", "-c", "here", "", environment: nowhere
        )
        #expect(paths.lines == ["s"])
        let names = try await bus.jet("---completion", "ls", "--", "--context", "3", "0", "jet", "ls", "-c", "")
        #expect(names.lines == ["here"])
    }

    @Test("options precede the environment, and this the default context")
    func precedence() throws {
        let home = try TemporaryFolder()
        let folder = UserFolder(home.path)
        let (one, two) = (Endpoint.tcp(host: "one", port: 1), Endpoint.unix(path: "/two"))
        try ContextFile.update(in: folder) { file in
            file.set(Context(endpoint: one), named: "a")
            file.set(Context(endpoint: two), named: "b")
            file.defaultName = "b"
        }
        func find(
            _ connect: Endpoint?, _ context: String?, _ environment: String?, _ usesDefault: Bool = true
        ) throws -> (Endpoint?, String?) {
            let destination = try Destination(
                connect: connect, context: context, environment: environment, in: folder, usesDefault: usesDefault)
            return (destination.endpoint, destination.context?.name)
        }
        let host = Endpoint.secureWebSocket(host: "h", port: 11124)
        #expect(try find(host, nil, "unix:/x") == (host, nil))
        #expect(try find(nil, "a", "unix:/x") == (one, "a"))
        #expect(try find(host, "a", nil) == (host, "a"), "the same daemon at another address")
        #expect(try find(nil, nil, "h") == (host, nil))
        #expect(try find(nil, nil, nil) == (two, "b"))
        #expect(try find(nil, nil, "") == (two, "b"))
        #expect(try find(nil, nil, nil, false) == (nil, nil))
        #expect(throws: Failure.self) { try find(nil, "c", nil) }
        #expect(throws: Failure.self) { try find(nil, nil, "http://h") }
    }

    @Test("a file that is not right is named, and is not replaced; what is not understood is kept")
    func files() throws {
        let home = try TemporaryFolder()
        let folder = UserFolder(home.path)
        for text in ["{", "[]", "3"] {
            try folder.write(Array(text.utf8), to: "contexts.json")
            let failure = #expect(throws: Failure.self) { try ContextFile(in: folder) }
            #expect(failure?.message.contains(folder.file("contexts.json")) == true)
            #expect(throws: Failure.self) { try ContextFile.update(in: folder) { $0.defaultName = "x" } }
            #expect(try folder.contents("contexts.json") == Array(text.utf8))
        }
        let text = #"{"later":1,"contexts":{"a":{"connect":"h","fingerprints":["SHA256:bad"]},"b":{"connect":"h"}}}"#
        try folder.write(Array(text.utf8), to: "contexts.json")
        let file = try ContextFile(in: folder)
        #expect(throws: Failure.self, "a key that is not understood does not mean any key") { try file.existing("a") }
        #expect(try file.existing("b").endpoint == .secureWebSocket(host: "h", port: 11124))
        try ContextFile.update(in: folder) { $0.defaultName = "b" }
        let kept = String(decoding: try folder.contents("contexts.json") ?? [], as: UTF8.self)
        #expect(kept.contains("\"later\": 1") && kept.contains("SHA256:bad"))
    }
}
