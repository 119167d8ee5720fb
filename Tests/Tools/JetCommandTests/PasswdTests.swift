import Glibc
import Jet
import JetUsers
import TestSupport
import Testing

@testable import JetCommand

/// `jet passwd` as a process, with a users file.
@Suite("jet passwd")
struct PasswdTests {
    /// Runs `jet passwd` with a line of standard input.
    private func passwd(
        _ bus: TestBus, _ line: String, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, error: String) {
        let jet = try TestBus.binary("jet")
        let variables = ["JET_CONNECT": bus.endpoint.description].merging(environment) { $1 }
        let shell = try ChildProcess(
            "/bin/sh", ["-c", #"printf '%s' "$0" | "$@""#, line, jet, "passwd"] + arguments, environment: variables)
        let status = try await shell.end()
        return (status, shell.text(), shell.text(.error))
    }

    /// Whether a password is a user's, by the file.
    private func login(_ file: UserFile, _ user: String, _ password: String) throws -> Bool {
        guard let user = try file.read()[user], let hash = user.hash else { return false }
        return Crypt.matches(Secret(password), hash)
    }

    @Test("makes the file, adds users, changes and removes them, and lists them without their hashes")
    func file() async throws {
        let bus = try await TestBus()
        let file = bus.usersFile
        defer { unlink(file.path) }
        #expect(try await passwd(bus, "one\n", "john", "--file", file.path, "--groups", "b,a").status == 0)
        #expect(try login(file, "john", "one"))
        #expect(try await passwd(bus, "two", "john", "--file", file.path).status == 0)
        #expect(try login(file, "john", "two"))
        let run = try await passwd(
            bus, "three", "john", "--file", file.path, "--set-groups", "", "--admin", "--readonly")
        #expect(run.status == 0)
        #expect(run.error.contains("systemctl reload jetd"))
        #expect(try login(file, "john", "two"), "only what was named is changed")
        #expect(try await passwd(bus, "x", "jane", "--file", file.path).status == 0)
        let list = try await passwd(bus, "", "--list", "--file", file.path)
        #expect(
            list.output == "jane  groups -\n"
                || list.output.hasPrefix("john  fetch a,b  set -  call a,b  admin  readonly\n"))
        let json = try await passwd(bus, "", "--list", "--json", "--file", file.path).output.split(separator: "\n")
        #expect(
            json.first
                == #"{"user":"john","fetchGroups":["a","b"],"setGroups":[],"callGroups":["a","b"],"admin":true,"readonly":true}"#
        )
        #expect(try await passwd(bus, "", "john", "--delete", "--file", file.path).status == 0)
        #expect(try file.read().names == ["jane"])
    }

    @Test("what cannot be done ends with 1 or 2 and says why")
    func refused() async throws {
        let bus = try await TestBus()
        let file = bus.usersFile
        defer { unlink(file.path) }
        #expect(try await passwd(bus, "", "john", "--file", file.path).status == 2)
        #expect(try await passwd(bus, "\n", "john", "--file", file.path).status == 2)
        #expect(!file.exists)
        let none = try await passwd(bus, "", "--list", "--file", file.path)
        #expect(none.status == 1)
        #expect(none.error == "jet: The users file \(file.path) cannot be opened: No such file or directory.\n")
        #expect(try await passwd(bus, "x", "john", "--file", file.path).status == 0)
        let unknown = try await passwd(bus, "", "jim", "--delete", "--file", file.path)
        #expect(unknown.status == 1)
        #expect(unknown.error == "jet: There is no user 'jim' in \(file.path).\n")
        #expect(try await passwd(bus, "", "--list", "john").status == 2)
        #expect(try await passwd(bus, "", "--list", "--online").status == 2)
        #expect(try await passwd(bus, "").status == 2)
    }

    @Test("on a terminal it asks twice, and shows nothing of what is typed")
    func terminal() async throws {
        let bus = try await TestBus()
        let file = bus.usersFile
        defer { unlink(file.path) }
        let typing = try bus.start(
            ["passwd", "john", "--file", file.path], streams: .terminal(columns: 80, lines: 24))
        try await typing.wait { $0.contains("New password of john: ") }
        typing.type("sekrex\u{7F}t\n")
        try await typing.wait { $0.contains("Again: ") }
        typing.type("sekret\n")
        #expect(try await typing.end() == 0)
        #expect(!typing.text().contains("sek"))
        #expect(try login(file, "john", "sekret"))
        let leaving = try bus.start(
            ["passwd", "john", "--file", file.path], streams: .terminal(columns: 80, lines: 24))
        try await leaving.wait { $0.contains("New password of john: ") }
        leaving.type("\u{3}")
        #expect(try await leaving.end() == 2)
        #expect(try login(file, "john", "sekret"))
    }

    @Test("--online: a user changes the own password over the bus, and is who it is with --user in every command")
    func online() async throws {
        let bus = try await TestBus(withUsers: true)
        let file = bus.usersFile
        defer { unlink(file.path) }
        try await bus.peer.addState("s", 1, options: ElementOptions(access: Access(fetchGroups: ["johns"])))
        #expect(try await passwd(bus, "new", "--online", "john", environment: ["JET_PASSWORD": "john's"]).status == 0)
        #expect(try login(file, "john", "new"))
        let again = try await passwd(bus, "x", "--online", "john", environment: ["JET_PASSWORD": "john's"])
        #expect(again.status == 1)
        #expect(again.error.contains("The password is wrong"))
        let other = try await passwd(
            bus, "x", "--online", "ops", "--user", "john", environment: ["JET_PASSWORD": "new"])
        #expect(other.status == 1)
        #expect(try await bus.jet("get", "s").status == 5)
        #expect(try await bus.jet("get", "s", "--user", "john", environment: ["JET_PASSWORD": "new"]).output == "1\n")
        let nameless = try await bus.jet("get", "s", "--password-file", "/dev/null")
        #expect(nameless.status == 2)
        let silent = try await bus.jet("get", "s", "--user", "john")
        #expect(silent.status == 2)
        #expect(silent.error.contains("JET_PASSWORD"))
    }
}
