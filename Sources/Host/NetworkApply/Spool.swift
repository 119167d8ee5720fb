public import Handover
internal import JSONText

/// The files through which the agent asks and the root program answers.
///
/// What the agent writes is read as data, and only from a file that is certainly its own: see `AgentFile`.
public struct Spool: Sendable {
    private let disk: Disk

    /// The spool on `disk`.
    public init(_ disk: Disk) { self.disk = disk }

    /// The request that the agent left for `verb`.
    ///
    /// - Throws: `DiskError` if there is none that can be trusted to be the agent's.
    public func request(_ verb: NetworkVerb) throws(DiskError) -> ChangeRequest {
        let path = disk.files.request(verb)
        let bytes: [UInt8]
        do throws(RefusedFile) {
            bytes = try AgentFile.contents(
                disk.root + path, in: disk.root + disk.files.agentDirectory, limit: ChangeRequest.maximumLength)
        } catch {
            throw DiskError("\(path): \(error.reason)")
        }
        guard let value = try? JSON(parsing: bytes), let request = ChangeRequest(value) else {
            throw DiskError("\(path): is not a request")
        }
        return request
    }

    /// Leaves an answer for the agent.
    public func answer(_ verb: NetworkVerb, _ answer: ChangeAnswer) throws(DiskError) {
        try disk.write(disk.files.answer(verb), answer.json.text, isDurable: false)
    }
}
