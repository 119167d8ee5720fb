import Digests
import Files
import Glibc
import TestSupport
import Testing

@testable import JetCommand

/// The file of known daemons.
@Suite("Known daemons")
struct KnownDaemonsTests {
    private let one = Fingerprint(ofKey: [1])
    private let two = Fingerprint(ofKey: [2])
    private let shed = DaemonAddress(host: "shed.local", port: 11124)

    @Test(
        "an address is compared without upper case, a full stop at its end, and the default port",
        arguments: [
            ("shed.local", "shed.local:11124"), ("Shed.LOCAL.", "shed.local:11124"), ("shed:1", "shed:1"),
            ("::1", "[::1]:11124"), ("[FE80::1]:7", "[fe80::1]:7"), ("192.0.2.7", "192.0.2.7:11124"),
            ("wss://shed:9", "shed:9"), ("jets://shed", "shed:11124"),
        ])
    func addresses(text: String, expected: String) {
        #expect(DaemonAddress(parsing: text)?.description == expected)
    }

    @Test(
        "what is no host on another machine has no address",
        arguments: ["", "unix:/a", "/a", "tcp://shed:1", "ws://shed", "a b", "shed:0", "shed:99999", "http://shed"])
    func noAddresses(text: String) { #expect(DaemonAddress(parsing: text) == nil) }

    @Test("lines are read as they are documented; those that are not understood are ignored, and kept")
    func garbage() {
        let text = """
            # a remark
            shed.local:11124 \(one) paired # the shed

            Shed.local \(two)
            shed.local:11124
            shed.local:11124 SHA256:short
            \tplant:1 \(one)  unknown-word\t# a # b
            \u{1B}[2J \(one)
            """
        var bytes = Array(text.utf8) + [10, 0xFF, 0xFE, 0, 10]
        bytes += [UInt8](repeating: 0x41, count: 100_000)
        var known = KnownDaemons(bytes)
        #expect(
            known.entries == [
                .init(address: shed, fingerprint: one, isPaired: true, title: "the shed", line: 2),
                .init(address: shed, fingerprint: two, isPaired: false, title: "", line: 4),
                .init(
                    address: DaemonAddress(host: "plant", port: 1), fingerprint: one, isPaired: false, title: "a # b",
                    line: 7),
            ])
        #expect(known.forget(shed).map(\.line) == [2, 4])
        let kept = String(decoding: known.contents, as: UTF8.self)
        #expect(kept.hasPrefix("# a remark\n\nshed.local:11124\nshed.local:11124 SHA256:short\n"))
        #expect(known.contents.contains(0xFF) && known.contents.count > 100_000)
        #expect(known.entries.map(\.line) == [5])
    }

    @Test("a key that is noted replaces the others of its address, and stays paired if it was")
    func noting() {
        var known = KnownDaemons([])
        known.note(one, at: shed, isPaired: true, title: "x")
        known.note(one, at: shed, isPaired: false, title: "a\nb # c")
        #expect(known.contents == Array("shed.local:11124 \(one) paired # ab  c\n".utf8))
        known.note(two, at: shed, isPaired: false, title: "")
        #expect(known.contents == Array("shed.local:11124 \(two)\n".utf8))
        #expect(!known.isPaired(withAnyOf: [one, two]))
    }

    @Test("the folder and the file are the user's alone, whatever the umask is")
    func modes() throws {
        let home = try TemporaryFolder()
        let folder = UserFolder(environment: ["XDG_CONFIG_HOME": home.path + "/new/config"], home: nil)
        let before = umask(0)
        defer { umask(before) }
        try KnownDaemons.update(in: folder) { $0.note(one, at: shed, isPaired: false, title: "") }
        var status = stat()
        #expect(stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat(folder.file("known_daemons"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try KnownDaemons(in: folder).entries.count == 1)
    }

    @Test("programs that change the file at the same time lose nothing")
    func concurrent() async throws {
        let home = try TemporaryFolder()
        let folder = UserFolder(home.path + "/jet")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...40 {
                group.addTask {
                    try KnownDaemons.update(in: folder) {
                        $0.note(one, at: DaemonAddress(host: "h", port: number), isPaired: false, title: "")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try KnownDaemons(in: folder).entries.map(\.address.port)) == Set(1...40))
    }

    @Test("the folder is $XDG_CONFIG_HOME/jet, else ~/.config/jet")
    func place() {
        func path(_ environment: [String: String], _ home: String?) -> String {
            UserFolder(environment: environment, home: home).path
        }
        #expect(path(["XDG_CONFIG_HOME": "/c", "HOME": "/h"], "/x") == "/c/jet")
        #expect(path(["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/x") == "/h/.config/jet")
        #expect(path(["HOME": ""], "/x") == "/x/.config/jet")
        #expect(path([:], nil) == "/.config/jet")
    }

    @Test("forget removes the lines of a host, and says if there is none")
    func forgetting() async throws {
        let bus = try await TestBus()
        let folder = UserFolder(bus.home.path + "/jet")
        try KnownDaemons.update(in: folder) {
            $0.note(one, at: shed, isPaired: true, title: "")
            $0.note(two, at: DaemonAddress(host: "plant", port: 1), isPaired: false, title: "")
        }
        let run = try await bus.jet("forget", "shed.local", "--json")
        #expect(run.output == "{\"address\":\"shed.local:11124\",\"fingerprint\":\"\(one)\",\"paired\":true}\n")
        #expect(try KnownDaemons(in: folder).entries.map(\.fingerprint) == [two])
        let none = try await bus.jet("forget", "shed.local")
        #expect(none.status == 5)
        #expect(none.error.contains("There is no daemon at shed.local:11124"))
        #expect(try await bus.jet("forget", "a b").status == 2)
        #expect(try await bus.jet("forget", "plant:1").error == "plant:1 is forgotten.\n")
    }
}
