import Files
import Glibc
import Handover
import TestSupport
import Testing

/// Which files of the agent the programs that run as root believe.
@Suite("A file of the agent")
struct AgentFileTests {
    private let folder: TemporaryFolder
    private var agent: String { folder.path + "/run/jet-agent" }
    private var path: String { agent + "/update-request.json" }

    init() throws {
        folder = try TemporaryFolder()
        folder.makeFolder("run/jet-agent")
    }

    private func write(_ path: String, _ text: String = "text") throws {
        try File.replace(path, with: Array(text.utf8), mode: 0o644)
    }

    private func refusal(limit: Int = 100) -> RefusedFile? {
        do {
            _ = try AgentFile.contents(path, in: agent, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test("is read if it is a plain file of its own, in its directory or in a folder there")
    func plain() throws {
        try write(path)
        #expect(refusal() == nil)
        folder.makeFolder("run/jet-agent/network")
        try write(agent + "/network/a")
        #expect(try AgentFile.contents(agent + "/network/a", in: agent, limit: 4) == Array("text".utf8))
    }

    @Test("that does not exist is missing, and not refused for another reason")
    func missing() { #expect(refusal()?.isMissing == true) }

    @Test("is refused with another name, as a link, as a folder, as a FIFO, and if it is too long")
    func kinds() throws {
        try write(folder.path + "/other")
        #expect(link(folder.path + "/other", path) == 0)
        #expect(refusal()?.reason == "has other names")
        #expect(unlink(path) == 0 && symlink(folder.path + "/other", path) == 0)
        #expect(refusal()?.isMissing == false)
        #expect(unlink(path) == 0 && mkdir(path, 0o755) == 0)
        #expect(refusal()?.reason == "is not a regular file")
        #expect(rmdir(path) == 0 && mkfifo(path, 0o644) == 0)
        #expect(refusal()?.reason == "is not a regular file")
        #expect(unlink(path) == 0)
        try write(path)
        #expect(refusal(limit: 3)?.reason == "has more than 3 bytes")
    }

    @Test("is refused beyond a link on the way, and outside of its directory")
    func ways() throws {
        folder.makeFolder("elsewhere")
        try write(folder.path + "/elsewhere/a")
        #expect(symlink(folder.path + "/elsewhere", agent + "/network") == 0)
        for path in [agent + "/network/a", folder.path + "/elsewhere/a", agent, agent + "-other/a"] {
            #expect(throws: RefusedFile.self) { try AgentFile.contents(path, in: agent, limit: 100) }
        }
    }

    @Test("is refused if another user owns it", .enabled(if: getuid() == 0, "only root can give files away"))
    func owner() throws {
        try write(path)
        #expect(chown(path, 65534, 65534) == 0)
        #expect(refusal()?.reason == "is not the agent's own")
        // Who the agent is, its directory tells.
        #expect(chown(agent, 65534, 65534) == 0)
        #expect(refusal() == nil)
    }

    @Test("with a request for an update is read with the same checks")
    func request() throws {
        #expect(try UpdateRequest(file: path, in: agent) == nil)
        try write(path, #"{"id":"a1","by":"alice"}"#)
        #expect(try UpdateRequest(file: path, in: agent)?.id == "a1")
        try write(path, #"{"id":"A 1","by":"alice"}"#)
        #expect(throws: RefusedFile.self) { try UpdateRequest(file: path, in: agent) }
        try write(path, #"{"id":"a1","by":"alice"}"#)
        #expect(link(path, folder.path + "/second") == 0)
        #expect(throws: RefusedFile.self) { try UpdateRequest(file: path, in: agent) }
    }
}
