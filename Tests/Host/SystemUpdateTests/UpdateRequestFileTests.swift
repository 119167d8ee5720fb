import Files
import Glibc
import Handover
import Synchronization
import TestSupport
import Testing

@testable import SystemUpdate

/// What a job makes of the file in which the agent asks for it.
struct UpdateRequestFileTests {
    private let folder: TemporaryFolder
    private let files: UpdateFiles

    init() throws {
        folder = try TemporaryFolder()
        files = UpdateFiles(root: folder.path)
        for path in ["run/jet-agent", "run/jet-update", "var/lib/jet-update"] { folder.makeFolder(path) }
        let request = #"{"id":"a1","by":"alice"}"#
        try File.replace(files.request, with: Array(request.utf8), mode: 0o644)
    }

    /// The record of a job that begins now, and what was logged.
    private func begin() throws -> (record: JobRecord, log: [String]) {
        let log = Mutex<[String]>([])
        let machine = UpdateMachine(
            files: files, log: { line in log.withLock { $0.append(line) } }, isInterrupted: { false })
        let job = try #require(try UpdateJob(.check, on: machine))
        return (job.record, log.withLock { $0 })
    }

    @Test("a request of the agent gives the job its id, and says whose it is")
    func request() throws {
        let (record, log) = try begin()
        #expect(record.id == "a1" && record.by == "alice" && log.isEmpty)
    }

    @Test("a request with a second name is ignored, which is logged: the job is the system's")
    func otherNames() throws {
        #expect(link(files.request, folder.path + "/second") == 0)
        let (record, log) = try begin()
        #expect(record.id != "a1" && record.by == "the system")
        #expect(log == ["the request is ignored: \(files.request): has other names"])
    }

    @Test("a request of another user is ignored", .enabled(if: getuid() == 0, "only root can give files away"))
    func owner() throws {
        #expect(chown(files.request, 65534, 65534) == 0)
        let (record, log) = try begin()
        #expect(record.by == "the system")
        #expect(log == ["the request is ignored: \(files.request): is not the agent's own"])
    }
}
