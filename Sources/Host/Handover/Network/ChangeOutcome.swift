internal import Moments
public import JSONText

/// What became of the last change.
public struct ChangeOutcome: Hashable, Sendable {
    /// How it ended.
    public enum Result: String, Hashable, Sendable, CaseIterable {
        /// Its author has confirmed it: it is for good.
        case confirmed
        /// It was undone.
        case rolledBack = "rolled-back"
        /// It could not be made, and what was made of it was undone.
        case failed
    }

    /// The change's id.
    public var id: String
    /// The link that was changed.
    public var link: String
    /// Who asked for the change; `nil` in a record of an older version.
    public var by: Author?
    /// How it ended.
    public var result: Result
    /// Why, as a sentence; `nil` for one that was confirmed.
    public var reason: String?
    /// After one that was undone: whether the kernel's state of the link is what it was before. `nil` if that is not
    /// known yet, or nothing was to be restored.
    public var restored: Bool?
    /// What differs, if it is not restored.
    public var difference: String?
    /// When it ended, in seconds since 1970.
    public var at: Int
    /// What the kernel's state is to be compared with, as long as that has not been done.
    public var awaited: KernelState?

    /// An outcome of these parts.
    public init(
        id: String, link: String, by: Author? = nil, result: Result, reason: String? = nil, restored: Bool? = nil,
        difference: String? = nil, at: Int, awaited: KernelState? = nil
    ) {
        self.id = id
        self.link = link
        self.by = by
        self.result = result
        self.reason = reason
        self.restored = restored
        self.difference = difference
        self.at = at
        self.awaited = awaited
    }

    /// What stands on the bus: `{id, link, by?, result, reason, restored, difference?, at}`.
    public var shown: JSON {
        var object: JSON.Object = [
            "id": .string(id), "link": .string(link), "result": .string(result.rawValue),
            "reason": reason.map(JSON.string) ?? .null, "restored": restored.map(JSON.boolean) ?? .null,
        ]
        object["by"] = by.map { .string($0.description) }
        object["difference"] = difference.map(JSON.string)
        object["at"] = .string(Moment.text(seconds: at))
        return .object(object)
    }

    /// All of it, for the disk.
    public var json: JSON {
        var object = shown.object ?? [:]
        object["atUnix"] = .number(at)
        object["by"] = by?.json
        object["awaited"] = awaited?.json
        return .object(object)
    }

    /// Reads what `json` writes.
    public init?(_ value: JSON) {
        guard let id = value["id"]?.string, let link = value["link"]?.string,
            let result = value["result"]?.string.flatMap(Result.init(rawValue:)), let at = value["atUnix"]?.int
        else { return nil }
        self.init(
            id: id, link: link, by: Author(value["by"]), result: result, reason: value["reason"]?.string,
            restored: value["restored"]?.bool,
            difference: value["difference"]?.string, at: at, awaited: KernelState(value["awaited"]))
    }
}
