internal import Files
public import JSONText

/// The record of an update job: its progress while it runs, and its result afterwards.
///
/// The record is the only thing that the job and its observers share. It is a file (`UpdateFiles`), so that it outlives
/// the peer that asked for the job, the agent and the daemon, and is kept over a restart of the machine.
public struct JobRecord: Hashable, Sendable {
    /// Which job: lower-case letters, digits and hyphens.
    public var id: String
    /// What it is for.
    public var kind: JobKind
    /// How far it is.
    public var phase = JobPhase.checking
    /// How much of it is done, from 0 to 100, never falling, and 100 only of a job that has succeeded; `nil` if that is
    /// not known.
    public var percent: Int?
    /// The package that is being worked on.
    public var package: String?
    /// What is being done, or how it ended: a sentence for people.
    public var message: String?
    /// When it began, by ISO 8601.
    public var startedAt: String
    /// When it ended.
    public var finishedAt: String?
    /// Who asked for it.
    public var by: String
    /// Who called it off.
    public var cancelledBy: String?
    /// Whether it can be called off now.
    public var cancellable = false
    /// What can be updated, as far as is known.
    public var upgradable: [Upgradable] = []
    /// When that was found out.
    public var checkedAt: String?

    /// The record of a job that begins now.
    public init(id: String, kind: JobKind, by: String, startedAt: String) {
        self.id = id
        self.kind = kind
        self.by = by
        self.startedAt = startedAt
    }
}

extension JobRecord {
    /// The record as it is written down.
    public var json: JSON {
        [
            "id": .string(id), "kind": .string(kind.rawValue), "phase": .string(phase.rawValue),
            "percent": percent.map { .number($0) } ?? .null, "package": .optional(package),
            "message": .optional(message), "startedAt": .string(startedAt), "finishedAt": .optional(finishedAt),
            "by": .string(by), "cancelledBy": .optional(cancelledBy), "cancellable": .boolean(cancellable),
            "upgradable": .array(upgradable.map(\.json)), "checkedAt": .optional(checkedAt),
        ]
    }

    /// Reads a record; `nil` if it is none.
    public init?(_ json: JSON) {
        guard let id = json["id"]?.string, let kind = (json["kind"]?.string).flatMap(JobKind.init(rawValue:)),
            let phase = (json["phase"]?.string).flatMap(JobPhase.init(rawValue:))
        else { return nil }
        self.init(id: id, kind: kind, by: json["by"]?.string ?? "", startedAt: json["startedAt"]?.string ?? "")
        self.phase = phase
        percent = json["percent"]?.int
        package = json["package"]?.string
        message = json["message"]?.string
        finishedAt = json["finishedAt"]?.string
        cancelledBy = json["cancelledBy"]?.string
        cancellable = json["cancellable"]?.bool ?? false
        upgradable = (json["upgradable"]?.array ?? []).compactMap { Upgradable($0) }
        checkedAt = json["checkedAt"]?.string
    }
}

extension JSON {
    /// A string, or `null` in the place of one.
    public static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}

extension JobRecord {
    /// The record of the job that runs, or ran last; `nil` if there was none.
    ///
    /// The one in `/run` goes when the machine is restarted. Where there is only the one on disk, it was: that completes
    /// a job which waited for it, and is the end of one that ran.
    public static func last(_ files: UpdateFiles) -> JobRecord? {
        if let record = read(files.record) { return record }
        guard var record = read(files.lastRecord) else { return nil }
        if record.phase.isRunning {
            record.fail("The machine was restarted before the job was done. The next update repairs what it left.")
        } else if record.phase == .restartRequired {
            record.phase = .succeeded
        }
        return record
    }

    /// The job came to an end that it did not see itself.
    public mutating func fail(_ reason: String) {
        phase = .failed
        message = reason
        cancellable = false
        package = nil
    }

    private static func read(_ path: String) -> JobRecord? {
        guard let bytes = try? File.regularContents(path, limit: sizeLimit), let json = try? JSON(parsing: bytes) else {
            return nil
        }
        return JobRecord(json)
    }

    /// A record is not longer, in bytes: some thousands of packages.
    private static let sizeLimit = 4 << 20
}
