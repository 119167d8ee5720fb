internal import Files
internal import Glibc

/// The files that the agent leaves for the programs that run as root.
///
/// The agent may do in its directory what it likes, so that nothing in there is believed before it is looked at: no
/// symbolic link is followed on the way, the file must be a plain one, the agent's own, without a second name, and not
/// long. Who the agent is, its runtime directory tells: the service manager made it for it, in a place where only root may
/// make one.
package enum AgentFile {
    /// The contents of a file below the agent's directory.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - directory: The agent's runtime directory, in which the file is.
    ///   - limit: The most bytes that it may have.
    /// - Throws: `RefusedFile` if it cannot be read, or cannot be trusted to be the agent's.
    package static func contents(
        _ path: String, in directory: String, limit: Int
    ) throws(RefusedFile) -> [UInt8] {
        let names = path.dropFirst(directory.utf8.count).split(separator: "/").map(String.init)
        guard path.hasPrefix(directory + "/"), let name = names.last else {
            throw RefusedFile(path, "is not in the agent's directory")
        }
        let bytes: [UInt8]
        let problem: String?
        do throws(SystemCallError) {
            var folder = try Folder(directory, followsLink: false)
            let owner = try folder.status().st_uid
            for name in names.dropLast() { folder = try folder.folder(name) }
            let file = try folder.file(name)
            problem = Self.problem(with: try file.status(), of: owner)
            bytes = problem == nil ? try file.contents(limit: limit) : []
        } catch {
            let reason = error.code == EFBIG ? "has more than \(limit) bytes" : error.reason
            throw RefusedFile(path, reason, isMissing: error.isMissing)
        }
        if let problem { throw RefusedFile(path, problem) }
        return bytes
    }

    /// Why a file cannot be one of the agent; `nil` if it can.
    private static func problem(with file: stat, of agent: uid_t) -> String? {
        if file.st_mode & S_IFMT != S_IFREG { return "is not a regular file" }
        if file.st_uid != agent { return "is not the agent's own" }
        return file.st_nlink == 1 ? nil : "has other names"
    }
}

/// Why a file of the agent is not used.
package struct RefusedFile: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The reason.
    package let reason: String
    /// Whether there is no such file.
    package let isMissing: Bool

    init(_ path: String, _ reason: String, isMissing: Bool = false) {
        (self.path, self.reason, self.isMissing) = (path, reason, isMissing)
    }

    /// The file and the reason.
    package var description: String { "\(path): \(reason)" }
}
