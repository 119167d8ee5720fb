package import Files
public import JSONText
internal import Text

/// What the agent hands to the root program, and all of it: the name that the job shall have, and for whom it is.
///
/// Neither means anything to apt or dpkg. The agent is not trusted with more: what it wrote is read as data, of a fixed
/// form and a bounded length.
public struct UpdateRequest: Hashable, Sendable {
    /// The job: its name-to-be, or that of the one to call off.
    public let id: String
    /// Who asks.
    public let by: String

    /// A request; `nil` if `id` cannot be a job's name. Characters of `by` that are not printable are left out.
    public init?(id: String, by: String) {
        guard Self.isName(id) else { return nil }
        self.id = id
        let text = by.printable(atMost: Self.longestCaller)
        self.by = text.isEmpty ? "an unknown peer" : text
    }

    /// Reads a request; `nil` if it is none.
    public init?(parsing bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), let id = json["id"]?.string, let by = json["by"]?.string else {
            return nil
        }
        self.init(id: id, by: by)
    }

    /// The request as it is written.
    public var json: JSON { ["id": .string(id), "by": .string(by)] }

    /// A request is not longer, in bytes.
    public static let sizeLimit = 2048
    private static let longestCaller = 128

    private static func isName(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Writes the request to a file.
    package func write(to path: String) throws(SystemCallError) {
        try File.replace(path, with: json.text, mode: 0o644)
    }

    /// Reads the request that the agent left in a file.
    ///
    /// - Returns: `nil` if there is none.
    /// - Throws: Why the file cannot be trusted to be the agent's, or is not a request.
    package init?(file path: String, in directory: String) throws(RefusedFile) {
        let bytes: [UInt8]
        do {
            bytes = try AgentFile.contents(path, in: directory, limit: Self.sizeLimit)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        guard let request = UpdateRequest(parsing: bytes) else { throw RefusedFile(path, "is not a request") }
        self = request
    }
}
