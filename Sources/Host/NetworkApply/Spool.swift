internal import Files
internal import Glibc
public import Handover
internal import JSONText

/// The files through which the agent asks and the root program answers.
///
/// The agent may do in its directory what it likes, so that nothing in there is believed before it is looked at: no
/// symbolic link is followed on the way, the request must be a plain file of the agent's own, and not long. Who the agent
/// is, its runtime directory tells: the service manager made it for it, in a place where only root may make one.
public struct Spool: Sendable {
    private let disk: Disk

    /// The spool on `disk`.
    public init(_ disk: Disk) { self.disk = disk }

    /// The request that the agent left for `verb`.
    ///
    /// - Throws: `DiskError` if there is none that can be trusted to be the agent's.
    public func request(_ verb: NetworkVerb) throws(DiskError) -> ChangeRequest {
        let path = disk.files.request(verb)
        let bytes = try trusted(verb.fileName, path)
        guard let value = try? JSON(parsing: bytes), let request = ChangeRequest(value) else {
            throw DiskError("\(path): is not a request")
        }
        return request
    }

    /// Leaves an answer for the agent.
    public func answer(_ verb: NetworkVerb, _ answer: ChangeAnswer) throws(DiskError) {
        try disk.write(disk.files.answer(verb), answer.json.text, isDurable: false)
    }

    /// The bytes of a request, if they are the agent's.
    private func trusted(_ name: String, _ path: String) throws(DiskError) -> [UInt8] {
        let bytes: [UInt8]
        let problem: String?
        do throws(SystemCallError) {
            let agent = try Folder(disk.root + disk.files.agentDirectory, followsLink: false)
            let file = try agent.folder(NetworkFiles.requestDirectory).file(name)
            problem = Self.problem(with: try file.status(), of: try agent.status())
            bytes = problem == nil ? try file.contents(limit: ChangeRequest.maximumLength) : []
        } catch {
            throw DiskError(path, error.code)
        }
        if let problem { throw DiskError("\(path): \(problem)") }
        return bytes
    }

    /// Why a file cannot be a request of the agent; `nil` if it can.
    private static func problem(with file: stat, of agent: stat) -> String? {
        if file.st_mode & S_IFMT != S_IFREG { return "is not a regular file" }
        if file.st_uid != agent.st_uid { return "is not the agent's own" }
        return file.st_nlink == 1 ? nil : "has other names"
    }
}
