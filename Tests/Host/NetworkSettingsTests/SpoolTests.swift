import Glibc
import JSONText
import Handover
import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("The spool")
struct SpoolTests {
    private static let request = ChangeRequest.of("eth0", ["mtu": 1400], by: Author(user: "alice", uid: 1000))
    private static let path = "run/jet-agent/network/apply.json"

    private func spool(_ machine: Machine) -> Spool { Spool(Disk(root: machine.root)) }

    @Test("hands over what the agent has left")
    func plain() throws {
        let machine = try Machine()
        machine.write(Self.path, Self.request.json.description)
        #expect(try spool(machine).request(.apply) == Self.request)
    }

    @Test("follows no symbolic link on the way, wherever it leads")
    func links() throws {
        let machine = try Machine()
        let (path, directory) = ("\(machine.root)/\(Self.path)", "\(machine.root)/run/jet-agent/network")
        machine.write("secret.json", Self.request.json.description)
        #expect(symlink("\(machine.root)/secret.json", path) == 0)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
        #expect(unlink(path) == 0 && rmdir(directory) == 0)
        machine.write("elsewhere/apply.json", Self.request.json.description)
        #expect(symlink("\(machine.root)/elsewhere", directory) == 0)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
    }

    @Test("takes no FIFO, no directory, no second name of a file and no file of somebody else")
    func kinds() throws {
        let machine = try Machine()
        let path = "\(machine.root)/\(Self.path)"
        #expect(mkfifo(path, 0o644) == 0)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
        #expect(unlink(path) == 0 && mkdir(path, 0o755) == 0)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
        #expect(rmdir(path) == 0)
        machine.write("other.json", Self.request.json.description)
        #expect(link("\(machine.root)/other.json", path) == 0)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
        #expect(unlink(path) == 0)
        machine.write(Self.path, Self.request.json.description)
        guard getuid() == 0 else { return }
        #expect(chown(path, 65534, 65534) == 0)
        #expect(throws: DiskError("/\(Self.path): is not the agent's own")) { try spool(machine).request(.apply) }
    }

    @Test(
        "takes nothing that is no request",
        arguments: [
            "", "{", "[]", "{}", #"{"id":"../x","by":{},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{"user":7},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{"user":"a\nroot: all is well"},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{"user":"\u009b2J"},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{"user":"\#(String(repeating: "a", count: 257))"},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{"uid":-1},"link":"eth0","set":{},"confirmWithin":60,"token":null}"#,
            #"{"id":"1","by":{},"link":"eth0","set":{},"confirmWithin":"60","token":null}"#,
            #"{"id":"1","by":{},"link":"eth0","set":{},"confirmWithin":60,"token":1}"#,
            String(repeating: " ", count: ChangeRequest.maximumLength + 1),
        ])
    func malformed(text: String) throws {
        let machine = try Machine()
        machine.write(Self.path, text)
        #expect(throws: DiskError.self) { try spool(machine).request(.apply) }
    }

    @Test("hands the answer over")
    func answer() throws {
        let machine = try Machine()
        for result in [
            ChangeAnswer.Result.done(["pending": nil]), .refused(field: "mtu", reason: "is odd"), .failed(reason: "no"),
        ] {
            try spool(machine).answer(.apply, ChangeAnswer(id: "r1", result))
            let text = try #require(machine.read("run/jet-network/apply.json"))
            #expect(ChangeAnswer(try JSON(parsing: text))?.result == result)
        }
    }

    @Test(
        "knows the names that a link can have",
        arguments: [
            ("eth0", true), ("enp0s31f6", true), ("br-lan.7", true), ("wg0@if2", true), ("", false), (".", false),
            ("..", false), ("a/b", false), ("a b", false), ("a\nb", false), ("0123456789abcdef", false), ("ä", false),
        ])
    func names(name: String, isOne: Bool) { #expect(ChangeRequest.isLinkName(name) == isOne) }
}
