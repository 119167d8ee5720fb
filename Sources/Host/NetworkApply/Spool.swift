internal import Glibc
internal import JSONText
public import NetworkSettings

/// The files through which the agent asks and the root program answers.
///
/// The agent may do in its directory what it likes, so that nothing in there is believed before it is looked at: no
/// symbolic link is followed on the way, the request must be a plain file of the agent's own, and not long. Who the agent
/// is, its runtime directory tells: the service manager made it for it, in a place where only root may make one.
public struct Spool: Sendable {
    private let disk: Disk

    /// The agent's runtime directory.
    static let agentDirectory = "/run/jet-agent"
    /// The directory of the requests in it.
    static let requestDirectory = "network"
    /// The root program's runtime directory.
    static let answerDirectory = "/run/jet-network"

    /// The spool on `disk`.
    public init(_ disk: Disk) { self.disk = disk }

    /// The request that the agent left for `verb`.
    ///
    /// - Throws: `DiskError` if there is none that can be trusted to be the agent's.
    public func request(_ verb: Verb) throws(DiskError) -> ChangeRequest {
        let path = "\(Self.agentDirectory)/\(Self.requestDirectory)/\(verb.rawValue).json"
        let bytes = try trusted("\(verb.rawValue).json", path)
        guard let value = try? JSON(parsing: bytes), let request = ChangeRequest(value) else {
            throw DiskError("\(path): is no request")
        }
        return request
    }

    /// Leaves an answer for the agent.
    public func answer(_ verb: Verb, _ answer: ChangeAnswer) throws(DiskError) {
        try disk.write("\(Self.answerDirectory)/\(verb.rawValue).json", answer.json.text, isDurable: false)
    }

    private func trusted(_ name: String, _ path: String) throws(DiskError) -> [UInt8] {
        let directoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let agent = open(disk.root + Self.agentDirectory, directoryFlags)
        guard agent >= 0 else { throw DiskError(Self.agentDirectory) }
        defer { close(agent) }
        let directory = openat(agent, Self.requestDirectory, directoryFlags)
        guard directory >= 0 else { throw DiskError("\(Self.agentDirectory)/\(Self.requestDirectory)") }
        defer { close(directory) }
        // Opening a FIFO must not wait for its other end.
        let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw DiskError(path) }
        defer { close(file) }
        var owner = stat()
        var status = stat()
        guard fstat(agent, &owner) == 0, fstat(file, &status) == 0 else { throw DiskError(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw DiskError("\(path): is no regular file") }
        guard status.st_uid == owner.st_uid else { throw DiskError("\(path): is not the agent's own") }
        guard status.st_nlink == 1 else { throw DiskError("\(path): has other names") }
        return try Disk.content(of: file, path, limit: ChangeRequest.maximumLength)
    }
}

/// What the root program can do; each is a service of its own, so that no word of the bus is on its command line.
public enum Verb: String, Hashable, Sendable, CaseIterable {
    /// Makes a change, until it is confirmed.
    case apply
    /// Makes the pending change one for good.
    case confirm
    /// Undoes the pending change.
    case rollback
    /// Writes down what the links are told to be, for the agent.
    case show
}
