internal import JSONText
public import NetworkSettings

/// What the root program knows over its own end, and over that of the machine: the pending change and what became of
/// the last one.
public struct Records: Sendable {
    private let disk: Disk

    static let directory = "/var/lib/jet-network"
    static let pendingPath = directory + "/pending.json"
    static let lastPath = directory + "/last.json"
    static let viewPath = Spool.answerDirectory + "/links.json"

    /// The records on `disk`.
    public init(_ disk: Disk) { self.disk = disk }

    /// The change that is pending; `nil` if none is.
    ///
    /// - Throws: `DiskError` if there is one that cannot be read: then nothing must be changed.
    public func pending() throws(DiskError) -> PendingChange? {
        guard let bytes = try disk.read(Self.pendingPath, limit: 16 << 20) else { return nil }
        guard let value = try? JSON(parsing: bytes), let change = PendingChange(value) else {
            throw DiskError("\(Self.pendingPath): is no pending change; remove it if its files are as they should be")
        }
        return change
    }

    /// Writes a pending change down.
    func put(_ change: PendingChange) throws(DiskError) { try disk.write(Self.pendingPath, change.json.text) }

    /// Nothing is pending any more.
    func removePending() throws(DiskError) { try disk.remove(Self.pendingPath) }

    /// What became of the last change; `nil` if there was none, or nobody can read it any more.
    public func last() -> ChangeOutcome? {
        guard let bytes = try? disk.read(Self.lastPath), let value = try? JSON(parsing: bytes) else { return nil }
        return ChangeOutcome(value)
    }

    /// Writes down what became of a change.
    func put(_ outcome: ChangeOutcome) throws(DiskError) { try disk.write(Self.lastPath, outcome.json.text) }

    /// Writes down what the links are told to be.
    func put(_ views: [LinkView]) throws(DiskError) {
        try disk.write(Self.viewPath, JSON.array(views.map(\.json)).text, isDurable: false)
    }
}
